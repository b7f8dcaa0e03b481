/// A regular expression as the reference's engine (Oniguruma, Ruby's syntax) reads it, spelled anew for ICU.
///
/// Classes become explicit sets, so that both engines agree on their members whatever version of Unicode ICU has. What
/// the two engines spell differently is respelled; what ICU has no way to say is refused by name.
///
///     Oniguruma                  ICU
///     \h \v \_                   [0-9A-Fa-f], U+000B, _
///     (?m:…)                     (?s:…)
///     a{1,2}+   a{2}?   a**      (?:a{1,2})+   (?:a{2})?   (?:a*)*
///     a{,2}                      a{0,2}
///     \p{L}                      [\x{41}-\x{5a}…]
///     (?i:[^a])                  (?-i:[…]), closed over case before it is negated
struct OnigurumaPattern {
  /// What cannot be said in ICU's syntax.
  struct Refusal: Error {
    var reason: String
  }

  let scalars: [Unicode.Scalar]
  var index = 0
  private var output: [String] = []
  private(set) var ignoresCase = false
  /// How many groups or classes are open; bounded, because each takes its share of the stack.
  var depth = 0
  static let deepest = 64

  private init(_ expression: String) { scalars = Array(expression.unicodeScalars) }

  /// The expression in ICU's syntax.
  static func translated(_ expression: String) throws(Refusal) -> String {
    var pattern = OnigurumaPattern(expression)
    try pattern.alternatives()
    if pattern.peek != nil { throw Refusal(reason: "a ')' that nothing opens") }
    return pattern.output.joined()
  }

  /// The members and the longest run of an expression that is one class, `+`, or counted from 1 (`\p{N}{1,3}`): all of
  /// it can be matched without an engine. Nil for any other.
  static func classRun(_ expression: String) -> (set: ScalarSet, limit: Int)? {
    var pattern = OnigurumaPattern(expression)
    guard let set = try? pattern.classAtom() else { return nil }
    let rest = String(String.UnicodeScalarView(pattern.scalars[pattern.index...]))
    switch rest {
    case "": return (set, 1)
    case "+", "++": return (set, .max)
    default:
      guard rest.hasPrefix("{1,"), rest.hasSuffix("}"), let limit = Int(rest.dropFirst(3).dropLast()), limit > 0 else {
        return nil
      }
      return (set, limit)
    }
  }

  /// A bracketed class or an escape that stands for a class, if the expression begins with one.
  private mutating func classAtom() throws(Refusal) -> ScalarSet? {
    if consume("[") { return try characterClass() }
    guard consume("\\") else { return nil }
    guard case .set(let set) = try escape() else { return nil }
    return set
  }

  var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  func peek(_ distance: Int) -> Unicode.Scalar? {
    index + distance < scalars.count ? scalars[index + distance] : nil
  }

  mutating func consume(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[index...].starts(with: wanted) else { return false }
    index += wanted.count
    return true
  }

  // MARK: - Structure

  private mutating func alternatives() throws(Refusal) {
    let ignoredCase = ignoresCase
    var startsAlternative = true
    while let scalar = peek, scalar != ")" {
      if consume("|") {
        output.append("|")
        startsAlternative = true
        continue
      }
      let start = output.count
      try atom(startsAlternative: startsAlternative)
      if output.count > start { try quantifiers(from: start) }
      startsAlternative = false
    }
    ignoresCase = ignoredCase
  }

  private mutating func atom(startsAlternative: Bool) throws(Refusal) {
    guard let scalar = peek else { return }
    index += 1
    switch scalar {
    case ".", "^", "$": output.append(String(scalar))
    case "(": try group(startsAlternative: startsAlternative)
    case "[": append(try characterClass())
    case "\\":
      switch try escape() {
      case .scalar(let scalar): append(literal: scalar)
      case .set(let set): append(set)
      case .verbatim(let text): output.append(text)
      }
    case "*", "+", "?": throw Refusal(reason: "a '\(scalar)' with nothing before it")
    default: append(literal: scalar)
    }
  }

  private mutating func group(startsAlternative: Bool) throws(Refusal) {
    guard consume("?") else { return try groupBody("(") }
    for opening in ["<=", "<!", ":", "=", "!", ">"] where consume(opening) { return try groupBody("(?" + opening) }
    if consume("#") {
      while let scalar = peek, scalar != ")" { index += scalar == "\\" ? 2 : 1 }
      guard consume(")") else { throw Refusal(reason: "a comment without end") }
      return
    }
    try options(startsAlternative: startsAlternative)
  }

  private mutating func groupBody(_ opening: String) throws(Refusal) {
    output.append(opening)
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw Refusal(reason: "groups within groups, more than \(Self.deepest) deep") }
    try alternatives()
    guard consume(")") else { throw Refusal(reason: "a '(' without ')'") }
    output.append(")")
  }

  /// `(?i)`, `(?i:…)`, `(?m-i:…)`: m means there what s means in ICU.
  private mutating func options(startsAlternative: Bool) throws(Refusal) {
    let ignoredCase = ignoresCase
    var text = ""
    var isOn = true
    while let scalar = peek, scalar != ":", scalar != ")" {
      index += 1
      switch scalar {
      case "-": (isOn, text) = (false, text + "-")
      case "i": (ignoresCase, text) = (isOn, text + "i")
      case "m": text += "s"
      default: throw Refusal(reason: "the group '(?\(text)\(scalar)'")
      }
    }
    if consume(":") {
      try groupBody("(?\(text):")
      ignoresCase = ignoredCase
    } else {
      guard startsAlternative else { throw Refusal(reason: "'(?\(text))' in the middle of an alternative") }
      index += 1
      output.append("(?\(text))")
    }
  }

  // MARK: - Repetition

  /// One quantifier after another, each about all that stands before it.
  private mutating func quantifiers(from start: Int) throws(Refusal) {
    var isRepeated = false
    while var quantifier = nextQuantifier() {
      if isRepeated {
        output.insert("(?:", at: start)
        output.append(")")
      }
      isRepeated = true
      let isInterval = quantifier.hasPrefix("{")
      if consume("?") {
        if isInterval, !quantifier.contains(",") {
          // Twice or not at all: not the reluctant form that it is elsewhere.
          output.insert("(?:", at: start)
          output.append(quantifier + ")")
          quantifier = "?"
        } else {
          quantifier += "?"
        }
      } else if !isInterval, consume("+") {
        quantifier += "+"
      }
      output.append(quantifier)
    }
  }

  /// `*`, `+`, `?` or an interval in ICU's spelling; nil where the next is none: a brace may be a literal.
  private mutating func nextQuantifier() -> String? {
    for sign in ["*", "+", "?"] where consume(sign) { return sign }
    guard peek == "{", let close = scalars[index...].firstIndex(of: "}") else { return nil }
    let content = String(String.UnicodeScalarView(scalars[index + 1..<close]))
    let bounds = content.split(separator: ",", omittingEmptySubsequences: false)
    guard (1...2).contains(bounds.count), content != ",", !content.isEmpty,
      bounds.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
    else { return nil }
    index = close + 1
    return bounds.count == 2 && bounds[0].isEmpty ? "{0,\(bounds[1])}" : "{\(content)}"
  }

  // MARK: - Output

  private mutating func append(_ set: ScalarSet) {
    output.append(ignoresCase ? "(?-i:\(set.pattern))" : set.pattern)
  }

  private mutating func append(literal scalar: Unicode.Scalar) {
    let isWord = ("0"..."9").contains(scalar) || ("A"..."Z").contains(scalar) || ("a"..."z").contains(scalar)
    output.append(isWord || !scalar.isASCII ? String(scalar) : "\\x{" + String(scalar.value, radix: 16) + "}")
  }
}
