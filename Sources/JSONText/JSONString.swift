/// The inside of JSON strings: where it ends, and what its escapes mean.
///
///     "caf\u00e9 \"x\""
///      ▲               ▲
///      start           end: behind the closing quote
///
/// These functions do not throw: they say what is wrong and where, and the caller, who knows the file, explains it.
public enum JSONString {
  /// What can be wrong inside a string.
  public enum Fault: Sendable, Equatable {
    /// The bytes end before the closing quote.
    case unterminated
    /// A byte below 0x20 that is not escaped.
    case controlCharacter
    /// Bytes that are not well-formed UTF-8.
    case invalidUTF8
    /// A backslash before a letter that means nothing, or `\u` without four hexadecimal digits.
    case invalidEscape
    /// Half of a UTF-16 pair without its other half: no Unicode scalar.
    case loneSurrogate
  }

  public enum Outcome: Sendable, Equatable {
    /// The position behind the closing quote.
    case end(Int)
    /// The first offending byte; for escapes, their backslash.
    case fault(Fault, at: Int)
  }

  /// Appends the text of the string whose first byte behind the opening quote is at `start`: valid UTF-8.
  ///
  /// After a fault, what came before it has been appended.
  ///
  /// - Cost: one pass; runs without escapes are found eight bytes at a time and copied whole.
  public static func unescape(_ bytes: Span<UInt8>, from start: Int, into output: inout [UInt8]) -> Outcome {
    var position = start
    while true {
      let stop = endOfPlainRun(bytes, from: position)
      if stop > position {
        unsafe bytes.extracting(position..<stop).withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
      }
      guard stop < bytes.count else { return .fault(.unterminated, at: stop) }
      switch bytes[stop] {
      case UInt8(ascii: "\""): return .end(stop + 1)
      case UInt8(ascii: "\\"):
        switch escape(bytes, at: stop) {
        case .scalar(let scalar, let end):
          append(scalar, to: &output)
          position = end
        case .fault(let fault): return .fault(fault, at: stop)
        }
      case ..<0x20: return .fault(.controlCharacter, at: stop)
      default: return .fault(.invalidUTF8, at: stop)
      }
    }
  }

  /// Finds the end of a string as strictly as `unescape`, without its text.
  public static func skip(_ bytes: Span<UInt8>, from start: Int) -> Outcome {
    var hasEscapes = false
    return skip(bytes, from: start, hasEscapes: &hasEscapes)
  }

  static func skip(_ bytes: Span<UInt8>, from start: Int, hasEscapes: inout Bool) -> Outcome {
    var position = start
    while true {
      let stop = endOfPlainRun(bytes, from: position)
      guard stop < bytes.count else { return .fault(.unterminated, at: stop) }
      switch bytes[stop] {
      case UInt8(ascii: "\""): return .end(stop + 1)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        switch escape(bytes, at: stop) {
        case .scalar(_, let end): position = end
        case .fault(let fault): return .fault(fault, at: stop)
        }
      case ..<0x20: return .fault(.controlCharacter, at: stop)
      default: return .fault(.invalidUTF8, at: stop)
      }
    }
  }

  /// The first position from `start` on that is a quote, a backslash, a control character, ill-formed, or the end.
  private static func endOfPlainRun(_ bytes: Span<UInt8>, from start: Int) -> Int {
    let raw = unsafe bytes.bytes
    var position = start
    while true {
      while position + 8 <= bytes.count {
        let word = unsafe UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
        let stops = stopBits(word)
        position += stops.trailingZeroBitCount >> 3
        if stops != 0 { break }
      }
      // The byte that stopped the words, the bytes of a sequence that is not ASCII, and the last seven one by one.
      guard position < bytes.count else { return position }
      let byte = bytes[position]
      if byte >= 0x80 {
        let length = lengthOfSequence(bytes, at: position)
        guard length > 0 else { return position }
        position += length
      } else if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        return position
      } else {
        position += 1
      }
    }
  }

  /// The high bit of each byte that is a quote, a backslash, a control character or not ASCII; exact up to and with the
  /// lowest such byte, which is all that is asked of it.
  @inline(__always)
  private static func stopBits(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5C)
    let below = (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones)
    return (below | word) & highs
  }

  /// The length of the well-formed UTF-8 sequence at a byte that is not ASCII; 0 when it is ill-formed.
  ///
  /// - Source: The Unicode Standard 15.0, table 3-7.
  private static func lengthOfSequence(_ bytes: Span<UInt8>, at position: Int) -> Int {
    func isContinuation(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      position + offset < bytes.count && range.contains(bytes[position + offset])
    }
    switch bytes[position] {
    case 0xC2...0xDF: return isContinuation(1) ? 2 : 0
    case 0xE0: return isContinuation(1, 0xA0...0xBF) && isContinuation(2) ? 3 : 0
    case 0xED: return isContinuation(1, 0x80...0x9F) && isContinuation(2) ? 3 : 0
    case 0xE1...0xEF: return isContinuation(1) && isContinuation(2) ? 3 : 0
    case 0xF0: return isContinuation(1, 0x90...0xBF) && isContinuation(2) && isContinuation(3) ? 4 : 0
    case 0xF1...0xF3: return isContinuation(1) && isContinuation(2) && isContinuation(3) ? 4 : 0
    case 0xF4: return isContinuation(1, 0x80...0x8F) && isContinuation(2) && isContinuation(3) ? 4 : 0
    default: return 0
    }
  }

  private enum Escape {
    case scalar(UInt32, end: Int)
    case fault(Fault)
  }

  /// What the backslash at `position` and the bytes behind it mean.
  private static func escape(_ bytes: Span<UInt8>, at position: Int) -> Escape {
    guard position + 1 < bytes.count else { return .fault(.unterminated) }
    let simple: UInt32
    switch bytes[position + 1] {
    case UInt8(ascii: "\""): simple = 0x22
    case UInt8(ascii: "\\"): simple = 0x5C
    case UInt8(ascii: "/"): simple = 0x2F
    case UInt8(ascii: "b"): simple = 0x08
    case UInt8(ascii: "f"): simple = 0x0C
    case UInt8(ascii: "n"): simple = 0x0A
    case UInt8(ascii: "r"): simple = 0x0D
    case UInt8(ascii: "t"): simple = 0x09
    case UInt8(ascii: "u"):
      guard let unit = fourHexDigits(bytes, at: position + 2) else { return .fault(.invalidEscape) }
      guard (0xD800...0xDFFF).contains(unit) else { return .scalar(unit, end: position + 6) }
      guard unit <= 0xDBFF, position + 7 < bytes.count, bytes[position + 6] == UInt8(ascii: "\\"),
        bytes[position + 7] == UInt8(ascii: "u"), let low = fourHexDigits(bytes, at: position + 8),
        (0xDC00...0xDFFF).contains(low)
      else { return .fault(.loneSurrogate) }
      return .scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), end: position + 12)
    default: return .fault(.invalidEscape)
    }
    return .scalar(simple, end: position + 2)
  }

  private static func fourHexDigits(_ bytes: Span<UInt8>, at position: Int) -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for index in position..<position + 4 {
      let digit: UInt8
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Appends a scalar value as UTF-8.
  private static func append(_ scalar: UInt32, to output: inout [UInt8]) {
    func continuation(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar >> shift) & 0x3F | 0x80 }
    switch scalar {
    case ..<0x80: output.append(UInt8(truncatingIfNeeded: scalar))
    case ..<0x800:
      output.append(UInt8(truncatingIfNeeded: scalar >> 6) | 0xC0)
      output.append(continuation(0))
    case ..<0x10000:
      output.append(UInt8(truncatingIfNeeded: scalar >> 12) | 0xE0)
      output.append(continuation(6))
      output.append(continuation(0))
    default:
      output.append(UInt8(truncatingIfNeeded: scalar >> 18) | 0xF0)
      output.append(continuation(12))
      output.append(continuation(6))
      output.append(continuation(0))
    }
  }
}
