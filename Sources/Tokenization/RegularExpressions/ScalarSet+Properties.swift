internal import CKernels
internal import Text

/// The classes of the reference's regular expressions. General categories, `\w`, `\d` and `\s` are those of Unicode 16,
/// as the reference has them; scripts and other properties are ICU's.
extension ScalarSet {
  static let digits = ScalarSet(categories: ["nd"])
  static let whiteSpace = ScalarSet(flag: .whiteSpace)
  static let hexDigits = ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
  /// `\w` within brackets and `\p{Word}`: the `\w` of `Whitespace` without the joiners.
  static let bracketedWord = ScalarSet(flag: .word).intersection(ScalarSet([0x200C...0x200D]).inverted())
  /// `\w` by itself, and what `\b` looks at: the engine has superscript digits and fractions of Latin-1 in it, too.
  static let word = bracketedWord.union(ScalarSet([0xB2...0xB3, 0xB9...0xB9, 0xBC...0xBE]))

  /// The scalars of general categories by their short names in lower case.
  private init(categories names: [String]) {
    let numbers = Set(names.compactMap { name in Self.categoryNames.firstIndex(of: name) }.map { UInt8($0) })
    self.init(runEnd: palimpsest_category_run_end) { numbers.contains(palimpsest_category($0)) }
  }

  private init(flag: ScalarFlags) {
    self.init(runEnd: { palimpsest_flag_run_end($0, flag.rawValue) }, where: { ScalarFlags(of: $0).contains(flag) })
  }

  /// In the order of `PalimpsestCategory`.
  private static let categoryNames = [
    "cn", "lu", "ll", "lt", "lm", "lo", "mn", "mc", "me", "nd", "nl", "no", "pc", "pd", "ps", "pe", "pi", "pf", "po",
    "sm", "sc", "sk", "so", "zs", "zl", "zp", "cc", "cf", "co", "cs",
  ]

  private static let longNames = [
    "letter": "l", "casedletter": "lc", "uppercaseletter": "lu", "lowercaseletter": "ll", "titlecaseletter": "lt",
    "modifierletter": "lm", "otherletter": "lo", "mark": "m", "nonspacingmark": "mn", "spacingmark": "mc",
    "enclosingmark": "me", "number": "n", "decimalnumber": "nd", "letternumber": "nl", "othernumber": "no",
    "punctuation": "p", "connectorpunctuation": "pc", "dashpunctuation": "pd", "openpunctuation": "ps",
    "closepunctuation": "pe", "initialpunctuation": "pi", "finalpunctuation": "pf", "otherpunctuation": "po",
    "symbol": "s", "mathsymbol": "sm", "currencysymbol": "sc", "modifiersymbol": "sk", "othersymbol": "so",
    "separator": "z", "spaceseparator": "zs", "lineseparator": "zl", "paragraphseparator": "zp", "other": "c",
    "control": "cc", "format": "cf", "privateuse": "co", "surrogate": "cs", "unassigned": "cn", "cntrl": "cc",
    "digit": "nd",
  ]

  /// The set of `\p{name}`, or of `[:name:]`, where "punct" has symbols, too; nil for a name that nobody knows. Case,
  /// spaces, `_` and `-` do not count.
  init?(property name: String, inBrackets: Bool = false) {
    let key = String(name.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" })
    let category = Self.longNames[key] ?? key
    switch category {
    case "lc": self.init(categories: ["lu", "ll", "lt"])
    case "space", "whitespace": self = .whiteSpace
    case "word": self = .bracketedWord
    case "xdigit": self = .hexDigits
    case "any": self = .all
    case "ascii": self = ScalarSet([0...0x7F])
    case "blank": self = ScalarSet(categories: ["zs"]).union(ScalarSet([0x09]))
    case "punct":
      let kinds: [Character] = inBrackets ? ["p", "s"] : ["p"]
      self.init(categories: Self.categoryNames.filter { $0.first.map(kinds.contains) == true })
    // ICU may not have the ideographs of Unicode 15.1.
    case "han": self.init((RegularExpression.scalars(in: #"[\p{Han}]"#) ?? []) + [0x2EBF0...0x2EE5D])
    case _ where category.count <= 2 && Self.categoryNames.contains(where: { $0.hasPrefix(category) }):
      self.init(categories: Self.categoryNames.filter { $0.hasPrefix(category) })
    case _ where key.utf8.allSatisfy { (97...122).contains($0) } && key.count > 2:
      guard let ranges = RegularExpression.scalars(in: "[\\p{\(key)}]") else { return nil }
      self.init(ranges)
    default: return nil
    }
  }

  /// With what equals a member but for its case.
  func closedOverCase() -> ScalarSet {
    RegularExpression.scalars(in: pattern, closesOverCase: true).map { ScalarSet($0) } ?? self
  }
}
