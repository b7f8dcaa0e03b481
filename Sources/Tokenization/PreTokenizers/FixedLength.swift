/// Cuts after every so many characters.
enum FixedLength {
  /// - Parameter length: in characters, at least 1.
  static func apply(_ length: Int, to pieces: inout PieceList) {
    unsafe pieces.split(.removed) { text, range, cuts in
      var start = range.lowerBound
      var offset = start
      var characters = 0
      while offset < range.upperBound {
        offset += unsafe decodeScalar(text, at: offset, end: range.upperBound).byteCount
        characters += 1
        if characters == length || offset == range.upperBound {
          cuts.append(PieceList.Cut(range: start..<offset, isMatch: false))
          start = offset
          characters = 0
        }
      }
    }
  }
}
