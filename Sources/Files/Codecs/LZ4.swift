#if LZ4
  import CLZ4

  /// Decodes lz4 frames; the checksums that they have proved.
  ///
  /// The library is fed one block at a time, so that all blocks before a damaged one reach the reader.
  @safe
  final class LZ4Decoder: MemberDecoder {
    static let format = MemberFormat(
      name: "lz4", member: "frame", magic: [0x04, 0x22, 0x4D, 0x18], paddingUnit: nil, continuesBehindPadding: false,
      check: "lz4 -t")

    private let context: OpaquePointer
    /// What the library wants next: a block and the header of the next one.
    private var wantedByteCount = 4

    init?() {
      var context: OpaquePointer?
      let result = unsafe LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
      guard LZ4F_isError(result) == 0, let context = unsafe context else { return nil }
      unsafe self.context = context
    }

    deinit { unsafe LZ4F_freeDecompressionContext(context) }

    func beginMember() -> Bool {
      unsafe LZ4F_resetDecompressionContext(context)
      wantedByteCount = 4
      return true
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
      // The header of the next block, 4 bytes, is held back: damage in it must not take this block along.
      var consumed = min(input.count, wantedByteCount > 4 ? wantedByteCount - 4 : wantedByteCount)
      var produced = output.count
      let result = unsafe LZ4F_decompress(
        context, output.baseAddress, &produced, input.baseAddress, &consumed, nil)
      if LZ4F_isError(result) != 0 {
        let reason = unsafe String(cString: LZ4F_getErrorName(result))
        return DecodingStep(consumed: 0, produced: 0, outcome: .corrupt(reason: reason))
      }
      wantedByteCount = max(1, result)
      return DecodingStep(consumed: consumed, produced: produced, outcome: result == 0 ? .endOfMember : .progress)
    }
  }
#endif
