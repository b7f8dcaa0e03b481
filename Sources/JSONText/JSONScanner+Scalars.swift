public import Blocks

extension JSONScanner {
  public mutating func readNull() throws(Diagnostic) {
    guard try nextKind() == .null else { throw wrongKind(expected: "null") }
    try readWord("null")
  }

  public mutating func readBool() throws(Diagnostic) -> Bool {
    guard try nextKind() == .bool else { throw wrongKind(expected: "true or false") }
    let value = bytes[byteOffset] == UInt8(ascii: "t")
    try readWord(value ? "true" : "false")
    return value
  }

  /// - Throws: `json.wrong-kind` also for numbers with a fraction or an exponent, and for integers beyond 64 bits.
  public mutating func readInteger() throws(Diagnostic) -> Int {
    guard try nextKind() == .number else { throw wrongKind(expected: "an integer") }
    let start = byteOffset
    guard let value = try scanNumber().integer else {
      byteOffset = start
      throw wrongKind(expected: "an integer of 64 bits")
    }
    return value
  }

  /// A number as the nearest `Double`.
  public mutating func readNumber() throws(Diagnostic) -> Double {
    guard try nextKind() == .number else { throw wrongKind(expected: "a number") }
    return try readAnyNumber().number ?? 0
  }

  public mutating func readString() throws(Diagnostic) -> String {
    guard try nextKind() == .string else { throw wrongKind(expected: "a string") }
    let start = byteOffset + 1
    var hasEscapes = false
    let end = try end(of: JSONString.skip(bytes.span, from: start, hasEscapes: &hasEscapes))
    guard hasEscapes else { return String(decoding: bytes[start..<end - 1], as: UTF8.self) }
    var text: [UInt8] = []
    _ = JSONString.unescape(bytes.span, from: start, into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the string's UTF-8 to `output`.
  public mutating func readString(into output: inout [UInt8]) throws(Diagnostic) {
    guard try nextKind() == .string else { throw wrongKind(expected: "a string") }
    _ = try end(of: JSONString.unescape(bytes.span, from: byteOffset + 1, into: &output))
  }

  mutating func skipString() throws(Diagnostic) {
    _ = try end(of: JSONString.skip(bytes.span, from: byteOffset + 1))
  }

  /// A number as an integer when it is written as one that fits, else as a `Double`.
  mutating func readAnyNumber() throws(Diagnostic) -> JSONValue {
    let start = byteOffset
    let number = try scanNumber()
    if let integer = number.integer { return .integer(integer) }
    guard let value = Double(String(decoding: bytes[number.range], as: UTF8.self)), value.isFinite else {
      throw Diagnostic(
        "json.number-out-of-range", "a number in \(path) is too large", at: location(at: start),
        expected: "a magnitude below 1.8e308", found: excerpt(number.range))
    }
    return .number(value)
  }

  /// Reads over a number by the grammar; `integer` is nil when it is written otherwise or does not fit.
  mutating func scanNumber() throws(Diagnostic) -> (range: Range<Int>, integer: Int?) {
    let start = byteOffset
    let isNegative = bytes[start] == UInt8(ascii: "-")
    if isNegative { byteOffset += 1 }
    var integer: Int? = 0
    let firstDigit = byteOffset
    while let digit = nextDigit() {
      let (product, overflow) = (integer ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = product.addingReportingOverflow(isNegative ? -digit : digit)
      integer = overflow || overflow2 || integer == nil ? nil : sum
    }
    guard byteOffset > firstDigit else { throw unexpected("a digit") }
    if byteOffset - firstDigit > 1, bytes[firstDigit] == UInt8(ascii: "0") {
      byteOffset = firstDigit + 1
      throw unexpected("no digit behind a leading zero")
    }
    // Minus zero is a number of its own, which no integer is.
    if isNegative, integer == 0 { integer = nil }
    if peek() == UInt8(ascii: ".") {
      byteOffset += 1
      integer = nil
      try readDigits()
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      byteOffset += 1
      integer = nil
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { byteOffset += 1 }
      try readDigits()
    }
    return (start..<byteOffset, integer)
  }

  private mutating func readDigits() throws(Diagnostic) {
    guard nextDigit() != nil else { throw unexpected("a digit") }
    while nextDigit() != nil {}
  }

  private mutating func nextDigit() -> Int? {
    guard let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    byteOffset += 1
    return Int(byte - UInt8(ascii: "0"))
  }

  private func peek() -> UInt8? { byteOffset < bytes.count ? bytes[byteOffset] : nil }

  private mutating func readWord(_ word: StaticString) throws(Diagnostic) {
    for scalar in "\(word)".utf8 {
      guard peek() == scalar else { throw unexpected("'\(word)'") }
      byteOffset += 1
    }
  }

  /// Moves behind a string, or explains what is wrong with it.
  private mutating func end(of outcome: JSONString.Outcome) throws(Diagnostic) -> Int {
    switch outcome {
    case .end(let position):
      byteOffset = position
      return position
    case .fault(let fault, let position): throw explain(fault, at: position)
    }
  }
}
