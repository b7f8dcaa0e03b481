#if Zlib
  import CZlib

  /// Decodes gzip, every header field of it, BGZF included; lengths and CRC-32 proved.
  ///
  /// - Source: RFC 1952, RFC 1951.
  @safe
  final class GzipDecoder: MemberDecoder {
    static let format = MemberFormat(
      name: "gzip", member: "member", magic: [0x1F, 0x8B], paddingUnit: 1, continuesBehindPadding: false,
      check: "gzip -t")

    /// On the heap: zlib keeps the address of its stream and refuses a moved one.
    private let stream: UnsafeMutablePointer<z_stream>

    init?() {
      unsafe stream = .allocate(capacity: 1)
      unsafe stream.initialize(to: z_stream())
      // 15: any window; 16: the gzip wrapper.
      guard unsafe palimpsest_inflate_init(stream, 15 + 16) == Z_OK else {
        unsafe stream.deallocate()
        return nil
      }
    }

    deinit {
      unsafe inflateEnd(stream)
      unsafe stream.deallocate()
    }

    func beginMember() -> Bool { unsafe inflateReset(stream) == Z_OK }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(input.count)
      unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = UInt32(output.count)
      let result = unsafe inflate(stream, Z_NO_FLUSH)
      let outcome: DecodingStep.Outcome
      switch result {
      case Z_STREAM_END: outcome = .endOfMember
      // A "buffer error" only says that no progress was possible.
      case Z_OK, Z_BUF_ERROR: outcome = .progress
      case Z_MEM_ERROR: outcome = .outOfMemory
      default: outcome = .corrupt(reason: unsafe stream.pointee.msg.map { unsafe String(cString: $0) })
      }
      return unsafe DecodingStep(
        consumed: input.count - Int(stream.pointee.avail_in), produced: output.count - Int(stream.pointee.avail_out),
        outcome: outcome)
    }
  }
#endif
