#if XZ
  import CLZMA

  /// Decodes xz; sizes, the index and every checksum proved.
  @safe
  final class XZDecoder: MemberDecoder {
    static let format = MemberFormat(
      name: "xz", member: "stream", magic: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], paddingUnit: 4,
      continuesBehindPadding: true, check: "xz -t")

    /// `LZMA_TELL_UNSUPPORTED_CHECK`, a macro that Swift does not see.
    private static let tellUnsupportedCheck: UInt32 = 2

    /// On the heap, where its address stays what it is.
    private let stream: UnsafeMutablePointer<lzma_stream>
    private let memoryLimit: UInt64

    init?(_ limits: StreamLimits) {
      // What the decoder needs beside its dictionary is far less than this.
      memoryLimit = UInt64(limits.windowByteCount) + 1 << 20
      unsafe stream = .allocate(capacity: 1)
      unsafe stream.initialize(to: lzma_stream())
      guard beginMember() else {
        unsafe stream.deallocate()
        return nil
      }
    }

    deinit {
      unsafe lzma_end(stream)
      unsafe stream.deallocate()
    }

    func beginMember() -> Bool {
      unsafe lzma_stream_decoder(stream, memoryLimit, Self.tellUnsupportedCheck) == LZMA_OK
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
      unsafe stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_in = input.count
      unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = output.count
      let outcome: DecodingStep.Outcome
      switch unsafe lzma_code(stream, LZMA_RUN) {
      case LZMA_STREAM_END: outcome = .endOfMember
      // A "buffer error" only says that no progress was possible.
      case LZMA_OK, LZMA_BUF_ERROR: outcome = .progress
      case LZMA_MEM_ERROR: outcome = .outOfMemory
      case LZMA_MEMLIMIT_ERROR: outcome = .windowTooLarge
      case LZMA_UNSUPPORTED_CHECK: outcome = .corrupt(reason: "a checksum of an unknown kind")
      case LZMA_OPTIONS_ERROR: outcome = .corrupt(reason: "a filter of an unknown kind")
      default: outcome = .corrupt(reason: nil)
      }
      return unsafe DecodingStep(
        consumed: input.count - stream.pointee.avail_in, produced: output.count - stream.pointee.avail_out,
        outcome: outcome)
    }
  }
#endif
