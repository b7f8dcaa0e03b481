#if Zlib
  import Blocks
  import CZlib

  /// Decodes gzip: any number of members, every header field, lengths and CRC-32 proved, zero padding at the end passed
  /// over.
  ///
  /// - Source: RFC 1952, RFC 1951.
  @safe
  final class GzipSource: ByteSource {
    private enum State {
      /// Inside a member, or at its first byte.
      case inside
      /// Behind a member.
      case between
      /// Behind the last member.
      case end
    }

    private let input: InputBuffer
    /// On the heap: zlib keeps the address of its stream and refuses a moved one.
    private let stream: UnsafeMutablePointer<z_stream>
    private var state = State.inside
    private var decodedByteCount = 0
    private(set) var frame = 0
    private var failure: Diagnostic?

    init(_ input: InputBuffer) throws(Diagnostic) {
      self.input = input
      unsafe stream = .allocate(capacity: 1)
      unsafe stream.initialize(to: z_stream())
      guard unsafe palimpsest_inflate_init(stream, 15 + 16) == Z_OK else { throw Self.noMemory(input.path) }
    }

    deinit {
      unsafe inflateEnd(stream)
      unsafe stream.deallocate()
    }

    var path: String { input.path }
    var compressedByteCount: Int { input.consumedByteCount }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
      var filled = 0
      while failure == nil, filled < buffer.count, state != .end {
        do throws(Diagnostic) {
          if state == .between { try enterNextMember() } else { try unsafe decode(into: buffer, from: &filled) }
        } catch {
          failure = error
        }
      }
      if filled == 0, let failure { throw failure }
      return filled
    }

    private func decode(into buffer: UnsafeMutableRawBufferPointer, from filled: inout Int) throws(Diagnostic) {
      let hasInput = try input.fill()
      let available = unsafe input.available
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      // The buffer of the input is small; that of the caller is cut to what zlib can count.
      let roomByteCount = min(room.count, 1 << 30)
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: available.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(available.count)
      unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = UInt32(roomByteCount)
      let result = unsafe inflate(stream, Z_NO_FLUSH)
      input.consume(available.count - Int(unsafe stream.pointee.avail_in))
      let decoded = roomByteCount - Int(unsafe stream.pointee.avail_out)
      filled += decoded
      decodedByteCount += decoded
      switch result {
      case Z_STREAM_END: state = .between
      case Z_OK: break
      // No progress was possible: for want of input, or because there is none.
      case Z_BUF_ERROR: if !hasInput { throw truncated() }
      case Z_MEM_ERROR: throw Self.noMemory(path)
      default: throw corrupt()
      }
    }

    /// Passes over zero padding, and decides between another member and the end.
    private func enterNextMember() throws(Diagnostic) {
      var sawPadding = false
      while try input.fill() {
        let available = unsafe input.available
        let zeros = unsafe available.prefix { $0 == 0 }.count
        input.consume(zeros)
        if zeros > 0 { sawPadding = true }
        if zeros == available.count { continue }
        frame += 1
        let head = try input.peek(2)
        if !sawPadding, head == [0x1F] { throw truncated() }
        guard !sawPadding, head == [0x1F, 0x8B] else { throw garbage() }
        unsafe inflateReset(stream)
        state = .inside
        return
      }
      state = .end
    }

    private var location: SourceLocation { SourceLocation(path: path, byte: decodedByteCount, frame: frame) }

    private func truncated() -> Diagnostic {
      Diagnostic(
        "files.truncated-stream", "'\(path)' ends inside a gzip member", at: location,
        expected: "the rest of the member and its checksum", found: "end of file", help: incompleteFileHelp)
    }

    private func corrupt() -> Diagnostic {
      Diagnostic(
        "files.corrupt-stream", "'\(path)' is damaged: its gzip data cannot be decoded", at: location,
        found: unsafe stream.pointee.msg.map { unsafe String(cString: $0) },
        help: "fetch or write the file again; `gzip -t FILE` checks it")
    }

    private func garbage() -> Diagnostic {
      Diagnostic(
        "files.corrupt-stream", "'\(path)' goes on with something else after a gzip member", at: location,
        expected: "another member, zero padding or the end of the file", found: "bytes that start no member",
        help: "something was appended to the file, or it was overwritten: fetch or write it again")
    }

    private static func noMemory(_ path: String) -> Diagnostic {
      Diagnostic("files.no-memory", "there is no memory left to unpack '\(path)'", at: SourceLocation(path: path))
    }
  }
#endif
