#if Bzip2
  import CBzip2

  /// Decodes bzip2; the CRC of every block and stream proved.
  @safe
  final class Bzip2Decoder: MemberDecoder {
    static let format = MemberFormat(
      name: "bzip2", member: "stream", magic: Array("BZh".utf8), paddingUnit: nil, continuesBehindPadding: false,
      check: "bzip2 -t")

    /// On the heap: the library keeps the address of its stream.
    private let stream: UnsafeMutablePointer<bz_stream>
    private var isOpen = false

    init?() {
      unsafe stream = .allocate(capacity: 1)
      unsafe stream.initialize(to: bz_stream())
      guard beginMember() else {
        unsafe stream.deallocate()
        return nil
      }
    }

    deinit {
      if isOpen { unsafe BZ2_bzDecompressEnd(stream) }
      unsafe stream.deallocate()
    }

    func beginMember() -> Bool {
      if isOpen { unsafe BZ2_bzDecompressEnd(stream) }
      unsafe stream.pointee = bz_stream()
      isOpen = unsafe BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK
      return isOpen
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
      unsafe stream.pointee.avail_in = UInt32(input.count)
      unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
      unsafe stream.pointee.avail_out = UInt32(output.count)
      let outcome: DecodingStep.Outcome
      switch unsafe BZ2_bzDecompress(stream) {
      case BZ_STREAM_END: outcome = .endOfMember
      case BZ_OK: outcome = .progress
      case BZ_MEM_ERROR: outcome = .outOfMemory
      default: outcome = .corrupt(reason: nil)
      }
      return unsafe DecodingStep(
        consumed: input.count - Int(stream.pointee.avail_in), produced: output.count - Int(stream.pointee.avail_out),
        outcome: outcome)
    }
  }
#endif
