/// Text that a fused encoder reads, and where it came from.
@unsafe struct SourceText {
  let base: UnsafePointer<UInt8>
  /// One per byte where the text is not the raw text itself.
  let sourceEnds: UnsafePointer<Int>?

  init(raw base: UnsafePointer<UInt8>) {
    unsafe self.base = base
    unsafe sourceEnds = nil
  }

  init(_ base: UnsafePointer<UInt8>, sourceEnds: UnsafePointer<Int>?) {
    unsafe self.base = base
    unsafe self.sourceEnds = sourceEnds
  }

  /// The raw offset at which what ends at `end` ends.
  @inline(__always)
  func sourceEnd(_ end: Int) -> Int {
    if let sourceEnds = unsafe sourceEnds { return unsafe sourceEnds[end - 1] }
    return end
  }
}
