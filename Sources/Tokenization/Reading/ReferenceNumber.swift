/// A number as Hugging Face tokenizers 0.23.3 reads it, which is not always the nearest `Double`.
///
/// Its JSON parser takes the digits for an integer of 64 bits, makes that a `Double`, and divides by a power of ten:
/// two roundings. One score in four of a published Unigram vocabulary comes out a bit beside, and sums that tie in the
/// reference tie only with the same bits.
struct ReferenceNumber {
  let value: Double

  /// - Parameter text: by the grammar of JSON, and finite.
  init(_ text: ArraySlice<UInt8>) {
    var digits = Digits()
    var rest = text
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    while let digit = Self.takeDigit(&rest) { digits.appendInteger(digit) }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      digits.beginFraction()
      while let digit = Self.takeDigit(&rest) { digits.appendFraction(digit) }
    }
    if !rest.isEmpty {
      rest = rest.dropFirst()
      let isDown = rest.first == UInt8(ascii: "-")
      if isDown || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      var exponent = 0
      while let digit = Self.takeDigit(&rest) { exponent = min(exponent * 10 + Int(digit), 1 << 30) }
      digits.exponent += isDown ? -exponent : exponent
    }
    value = isNegative ? -digits.value : digits.value
  }

  private static func takeDigit(_ text: inout ArraySlice<UInt8>) -> UInt64? {
    guard let byte = text.first, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    text = text.dropFirst()
    return UInt64(byte - UInt8(ascii: "0"))
  }

  /// As many digits as 64 bits hold, and the power of ten they stand for.
  private struct Digits {
    private var significand: UInt64 = 0
    var exponent = 0
    private var isFull = false

    mutating func appendInteger(_ digit: UInt64) { if !append(digit) { exponent += 1 } }

    mutating func beginFraction() { isFull = false }

    mutating func appendFraction(_ digit: UInt64) { if append(digit) { exponent -= 1 } }

    /// False for a digit behind those that fit.
    private mutating func append(_ digit: UInt64) -> Bool {
      let (product, overflow) = significand.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = product.addingReportingOverflow(digit)
      if isFull || overflow || overflow2 {
        isFull = true
        return false
      }
      significand = sum
      return true
    }

    var value: Double {
      var value = Double(significand)
      var exponent = exponent
      while exponent < -308, value != 0 {
        value /= 1e308
        exponent += 308
      }
      if exponent >= 0 { return value == 0 ? value : value * Self.power(min(exponent, 308)) }
      return value == 0 ? value : value / Self.power(-exponent)
    }

    /// Powers of ten, each the nearest `Double`.
    private static func power(_ exponent: Int) -> Double {
      exponent < powers.count ? powers[exponent] : Double("1e\(exponent)") ?? .infinity
    }

    private static let powers = (0..<64).map { Double("1e\($0)") ?? .infinity }
  }
}
