/// One key that a recipe may hold: the single definition from which checking, defaults and reference pages come.
public struct Setting: Sendable {
  /// What a value must be.
  public indirect enum Kind: Sendable {
    case flag
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case text
    case choice([String])
    /// A byte count: an integer, or text with a unit (`64MB`, `8MiB`).
    case byteSize
    case list(Kind)
    /// The first kind that fits.
    case either([Kind])
    /// Checked by whoever reads it.
    case any
  }

  public var key: String
  public var kind: Kind
  /// Nil: the key must be given.
  public var defaultValue: SettingValue.Content?
  /// One sentence for the reference page.
  public var summary: String

  public init(_ key: String, _ kind: Kind, default defaultValue: SettingValue.Content?, _ summary: String) {
    self.key = key
    self.kind = kind
    self.defaultValue = defaultValue
    self.summary = summary
  }
}

extension Setting.Kind: CustomStringConvertible {
  /// "an integer from 8 to 65536", "one of short, pad, drop", for messages and reference pages.
  public var description: String {
    switch self {
    case .flag: "true or false"
    case .integer(let range):
      range.upperBound == .max
        ? "an integer ≥ \(range.lowerBound)" : "an integer from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range):
      range.upperBound == .infinity
        ? "a number ≥ \(range.lowerBound)" : "a number from \(range.lowerBound) to \(range.upperBound)"
    case .text: "text"
    case .choice(let names): "one of " + names.joined(separator: ", ")
    case .byteSize: "a size such as 64MB or 8MiB"
    case .list(let kind): "a list, each member \(kind)"
    case .either(let kinds): kinds.map(\.description).joined(separator: " or ")
    case .any: "a map"
    }
  }

  /// The value in its canonical form (sizes as integers, whole numbers as numbers where a number is wanted), or nil
  /// when it is not of this kind.
  func canonical(_ value: SettingValue) -> SettingValue? {
    switch (self, value.content) {
    case (.flag, .flag), (.text, .text), (.any, _): return value
    case (.integer(let range), .integer(let number)) where range.contains(number): return value
    case (.number(let range), .number(let number)) where range.contains(number): return value
    case (.number(let range), .integer(let number)) where range.contains(Double(number)):
      return SettingValue(.number(Double(number)), at: value.location)
    case (.choice(let names), .text(let name)) where names.contains(name): return value
    case (.byteSize, .integer(let count)) where count > 0: return value
    case (.byteSize, .text(let text)):
      return byteCount(from: text).map { SettingValue(.integer($0), at: value.location) }
    case (.list(let kind), .list(let values)):
      let members = values.compactMap { kind.canonical($0) }
      return members.count == values.count ? SettingValue(.list(members), at: value.location) : nil
    case (.either(let kinds), _):
      for kind in kinds { if let found = kind.canonical(value) { return found } }
      return nil
    default: return nil
    }
  }
}

/// `64MB` → 64,000,000; `8MiB` → 8,388,608; nil when the text is no size.
public func byteCount(from text: String) -> Int? {
  let units: [(String, Int)] = [
    ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40),
    ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000), ("b", 1), ("", 1),
  ]
  let lowered = text.lowercased().filter { $0 != " " && $0 != "_" }
  for (unit, factor) in units where lowered.hasSuffix(unit) {
    guard let number = Double(lowered.dropLast(unit.count)), number > 0 else { continue }
    let product = number * Double(factor)
    return product >= 1 && product < 9e18 ? roundedHalfEven(product) : nil
  }
  return nil
}
