package import Blocks
import CZstd

#if Zlib
  import CZlib
#endif
#if LZ4
  import CLZ4
#endif

/// A compression of single blocks whose unpacked size is known, as the pages of Parquet files and the buffers of Arrow
/// files have it.
package enum BlockCodec: String, Sendable {
  case zstd, gzip, snappy
  /// A frame of lz4 with its header.
  case lz4
  /// A bare lz4 block.
  case lz4Raw = "lz4_raw"
  /// Bare lz4 blocks behind their sizes, as Hadoop writes them; or what others wrote under the same name.
  case lz4Hadoop = "lz4 (hadoop)"
}

/// Unpacks blocks, one after the other; keeps what the libraries want kept.
@safe
package final class BlockUnpacker {
  private enum Outcome {
    case done
    case damaged
    /// The program was built without the library.
    case leftOut(trait: String)
  }

  private var zstd: OpaquePointer?

  package init() {}

  deinit { unsafe ZSTD_freeDCtx(zstd) }

  /// Unpacks a block that must give exactly `byteCount` bytes, which the caller has found to be few enough.
  ///
  /// - Parameter location: of the block, for messages.
  /// - Throws: `files.corrupt-stream`, `files.unsupported-codec`.
  package func unpack(
    _ bytes: ArraySlice<UInt8>, _ codec: BlockCodec, byteCount: Int, at location: SourceLocation
  ) throws(Diagnostic) -> [UInt8] {
    var outcome = Outcome.damaged
    let result = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
      unsafe bytes.withUnsafeBytes { source in
        let room = unsafe UnsafeMutableRawBufferPointer(start: target.baseAddress, count: byteCount)
        outcome = unsafe unpack(source, codec, into: room)
      }
      if case .done = outcome { count = byteCount }
    }
    switch outcome {
    case .done: return result
    case .damaged:
      throw Diagnostic(
        "files.corrupt-stream", "'\(location.path)' is damaged: its \(codec.rawValue) data cannot be decoded",
        at: location, expected: "a block of \(byteCount) bytes", help: "fetch or write the file again")
    case .leftOut(let trait):
      throw Diagnostic(
        "files.unsupported-codec",
        "'\(location.path)' is packed with \(codec.rawValue), and this program was built "
          + "without it", at: location, help: "build it with the trait \(trait), or write the file with zstd")
    }
  }

  private func unpack(
    _ input: UnsafeRawBufferPointer, _ codec: BlockCodec, into output: UnsafeMutableRawBufferPointer
  ) -> Outcome {
    switch codec {
    case .zstd:
      if unsafe zstd == nil { unsafe zstd = ZSTD_createDCtx() }
      let count = unsafe ZSTD_decompressDCtx(zstd, output.baseAddress, output.count, input.baseAddress, input.count)
      return ZSTD_isError(count) == 0 && count == output.count ? .done : .damaged
    case .snappy: return unsafe Snappy.decode(input, into: output) ? .done : .damaged
    case .gzip:
      #if Zlib
        return unsafe decodeMembers(of: input, GzipDecoder(), into: output) ? .done : .damaged
      #else
        return .leftOut(trait: "Zlib")
      #endif
    case .lz4, .lz4Raw, .lz4Hadoop:
      #if LZ4
        return unsafe decodeLZ4(input, codec, into: output) ? .done : .damaged
      #else
        return .leftOut(trait: "LZ4")
      #endif
    }
  }

  /// Decodes members until the output is full and the last of them has ended.
  private func decodeMembers(
    of input: UnsafeRawBufferPointer, _ decoder: (some MemberDecoder)?, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard let decoder else { return false }
    var (place, filled) = (0, 0)
    var spare: UInt8 = 0
    while place < input.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: input[place...])
      // A library wants room even where nothing more is to come.
      let step = unsafe withUnsafeMutableBytes(of: &spare) { spare in
        let room = unsafe filled < output.count ? UnsafeMutableRawBufferPointer(rebasing: output[filled...]) : spare
        return unsafe decoder.decode(rest, into: room)
      }
      place += step.consumed
      filled += step.produced
      guard filled <= output.count else { return false }
      switch step.outcome {
      case .progress: if step.consumed == 0, step.produced == 0 { return false }
      case .endOfMember:
        if place == input.count { return filled == output.count }
        guard decoder.beginMember() else { return false }
      default: return false
      }
    }
    return false
  }

  #if LZ4
    private func decodeLZ4(
      _ input: UnsafeRawBufferPointer, _ codec: BlockCodec, into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
      switch codec {
      case .lz4Raw: unsafe decodeBare(input, into: output) == output.count
      case .lz4Hadoop:
        // The name stood for three things over time.
        unsafe decodeHadoop(input, into: output) || decodeBare(input, into: output) == output.count
          || decodeMembers(of: input, LZ4Decoder(), into: output)
      default: unsafe decodeMembers(of: input, LZ4Decoder(), into: output)
      }
    }

    /// Bytes that a bare block gave; nil when it is none, or does not fit.
    private func decodeBare(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
      guard let inputSize = Int32(exactly: input.count), let room = Int32(exactly: output.count) else { return nil }
      let count = unsafe LZ4_decompress_safe(
        input.baseAddress?.assumingMemoryBound(to: CChar.self),
        output.baseAddress?.assumingMemoryBound(to: CChar.self), inputSize, room)
      return count < 0 ? nil : Int(count)
    }

    private func decodeHadoop(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
      var (place, filled) = (0, 0)
      func size(_ offset: Int) -> Int {
        Int(UInt32(bigEndian: unsafe input.loadUnaligned(fromByteOffset: place + offset, as: UInt32.self)))
      }
      while input.count - place >= 8 {
        let (unpacked, packed) = (size(0), size(4))
        place += 8
        guard packed <= input.count - place, unpacked <= output.count - filled else { return false }
        let block = unsafe UnsafeRawBufferPointer(rebasing: input[place..<place + packed])
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: output[filled..<filled + unpacked])
        guard unsafe decodeBare(block, into: room) == unpacked else { return false }
        place += packed
        filled += unpacked
      }
      return place == input.count && filled == output.count
    }
  #endif
}

/// The CRC-32 of gzip and of Parquet's pages.
package func crc32Checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
  #if Zlib
    return unsafe bytes.withUnsafeBytes { bytes in
      UInt32(truncatingIfNeeded: unsafe crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
  #else
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~crc
  #endif
}
