internal import CKernels

/// The classes of characters that splitting patterns tell apart; numbers, so that a loop can compare them.
enum CharacterClass {
  static let other: UInt8 = 0
  static let letter: UInt8 = 1
  static let number: UInt8 = 2
  /// This class and the next are white space.
  static let space: UInt8 = 3
  static let newline: UInt8 = 4

  /// The class and byte count of the character at `offset`, which lies before `end`.
  @inline(__always)
  static func at(_ offset: Int, of text: UnsafePointer<UInt8>, end: Int) -> (kind: UInt8, byteCount: Int) {
    let byte = unsafe text[offset]
    if byte < 0x80 { return (palimpsest_byte_class(byte), 1) }
    let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: end)
    return (palimpsest_character_class(scalar), byteCount)
  }

  /// Where the run of one class that covers `offset` ends.
  @inline(__always)
  static func runEnd(of kind: UInt8, in text: UnsafePointer<UInt8>, from offset: Int, to end: Int) -> Int {
    var offset = offset
    while offset < end {
      let next = unsafe at(offset, of: text, end: end)
      if next.kind != kind { break }
      offset += next.byteCount
    }
    return offset
  }

  /// `\s+(?!\S)|\s+` from `start`, which holds white space: the whole run at the end of the text; else all but its last
  /// character, unless that is the only one.
  @inline(__always)
  static func whiteSpaceEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    var last = start
    while offset < end {
      let next = unsafe at(offset, of: text, end: end)
      if next.kind < space { return last > start ? last : offset }
      last = offset
      offset += next.byteCount
    }
    return end
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`: through the last newline of the run if it has one.
  @inline(__always)
  static func lineEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var offset = start
    var last = start
    var behindNewline = start
    while offset < end {
      let next = unsafe at(offset, of: text, end: end)
      if next.kind < space { break }
      last = offset
      offset += next.byteCount
      if next.kind == newline { behindNewline = offset }
    }
    if behindNewline > start { return behindNewline }
    return offset == end || last == start ? offset : last
  }
}

/// Says where the piece that starts at an offset ends, for a pattern whose matches leave no gaps.
protocol PieceScanner: Sendable {
  /// - Precondition: `start < end`. The result lies behind `start`, not behind `end`.
  func pieceEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int
}

/// Takes the whole text as one piece.
struct WholeTextScanner: PieceScanner {
  @inline(__always)
  func pieceEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int { end }
}
