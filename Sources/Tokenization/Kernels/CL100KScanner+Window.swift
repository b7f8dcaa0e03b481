extension CL100KScanner: WindowScanner {
  @inline(__always)
  func starts(in window: ByteWindow, _ text: UnsafePointer<UInt8>, remaining: Int) -> UInt64 {
    let (letters, spaces, plainSpaces) = (window.letters, window.spaces, window.plainSpaces)
    let others = window.others
    // Symbols: a run begins, and no U+0020 before it has begun the piece.
    let symbolStarts = others & ~(others << 1 | plainSpaces << 1)
    // Letters take one character before them that is no letter, number or newline, if a piece begins with it: the last
    // of a run of white space, or the first and only one of a run of symbols.
    let blanks = spaces & ~window.newlines
    var singles = symbolStarts
    if window.continuations != 0 {
      for _ in 0..<3 { singles |= singles << 1 & window.continuations }
    }
    var starts = symbolStarts | letters & ~(letters << 1 | blanks << 1 | singles << 1)
    starts |= numberStarts(in: window)
    // Newlines right behind symbols belong to them.
    let taken = window.newlines & ~((others << 1 & window.newlines) &+ window.newlines)
    let runs = spaces & ~taken
    starts |= runs & ~(runs << 1)
    // The rest of a run of white space gives up its last character, unless that is a newline.
    var lasts = blanks & ~(spaces >> 1)
    if window.reachesEnd { lasts &= window.valid >> 1 }
    starts |= window.leads(of: lasts)
    // What stands behind the last newline of a run is apart from it.
    var behindNewlines = blanks & (window.newlines & runs) << 1
    while behindNewlines != 0 {
      let start = behindNewlines & (0 &- behindNewlines)
      behindNewlines ^= start
      // Adding the first bit of a run to it leaves the bit behind its last.
      let behind = (blanks &+ start) & ~blanks
      if behind & window.newlines == 0 { starts |= start }
    }
    starts = (starts | 1) & window.valid
    if !window.reachesEnd {
      // Of a run that goes on behind the window, only the beginning is known.
      let run = window.trailingSpaceStart
      if run < window.count { starts &= (2 &<< UInt64(truncatingIfNeeded: run)) &- 1 }
    }
    var apostrophes = window.apostrophes & symbolStarts
    while apostrophes != 0 {
      let index = apostrophes.trailingZeroBitCount
      apostrophes &= apostrophes &- 1
      guard starts >> UInt64(index) & 1 != 0 else { continue }
      let byteCount = unsafe Contraction.byteCount(in: text, at: index, end: remaining)
      if byteCount > 0 { starts = window.cutting(starts, behind: index, byteCount: byteCount) }
    }
    return starts
  }

  /// Every character of a number that is the first of so many.
  @inline(__always)
  private func numberStarts(in window: ByteWindow) -> UInt64 {
    let numbers = window.numbers
    let leads = numbers & ~window.continuations
    if digitsPerPiece == 1 { return leads }
    var starts = numbers & ~(numbers << 1)
    // Runs of more than one piece: rare enough to go through them.
    var long = starts & numbers >> 1 & numbers >> 2 & numbers >> 3
    while long != 0 {
      let start = long & (0 &- long)
      long ^= start
      let run = numbers & ~(numbers &+ start)
      var rest = leads & run
      while rest != 0 {
        starts |= rest & (0 &- rest)
        for _ in 0..<digitsPerPiece { rest &= rest &- 1 }
      }
    }
    return starts
  }
}
