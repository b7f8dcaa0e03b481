extension GPT2Scanner: WindowScanner {
  @inline(__always)
  func starts(in window: ByteWindow, _ text: UnsafePointer<UInt8>, remaining: Int) -> UInt64 {
    let (letters, numbers, spaces) = (window.letters, window.numbers, window.spaces)
    let others = window.others
    // A run of one class begins, and no U+0020 before it has begun the piece.
    let continued = letters & letters << 1 | numbers & numbers << 1 | others & others << 1
    var starts = ~(spaces | continued | window.plainSpaces << 1)
    // A run of white space begins, and gives up its last character to what follows.
    var lasts = spaces & ~(spaces >> 1)
    if window.reachesEnd { lasts &= window.valid >> 1 }
    starts |= spaces & ~(spaces << 1) | window.leads(of: lasts)
    starts = (starts | 1) & window.valid
    if !window.reachesEnd {
      // Of a run that goes on behind the window, only the beginning is known.
      let run = window.trailingSpaceStart
      if run < window.count { starts &= (2 &<< UInt64(truncatingIfNeeded: run)) &- 1 }
    }
    var apostrophes = window.apostrophes
    while apostrophes != 0 {
      let index = apostrophes.trailingZeroBitCount
      apostrophes &= apostrophes &- 1
      guard starts >> UInt64(index) & 1 != 0 else { continue }
      let byteCount = unsafe Self.contractionByteCount(in: text, at: index, end: remaining)
      if byteCount > 0 { starts = window.cutting(starts, behind: index, byteCount: byteCount) }
    }
    return starts
  }
}

extension ByteWindow {
  /// Starts with a piece of so many bytes at `index`: none inside of it, one behind.
  @inline(__always)
  func cutting(_ starts: UInt64, behind index: Int, byteCount: Int) -> UInt64 {
    let end = index + byteCount
    let before = starts & ((2 &<< UInt64(truncatingIfNeeded: index)) &- 1)
    if end >= count { return before }
    return before | starts & (UInt64.max << UInt64(end)) | 1 << UInt64(end)
  }
}
