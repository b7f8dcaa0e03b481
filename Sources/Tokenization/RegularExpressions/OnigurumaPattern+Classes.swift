extension OnigurumaPattern {
  /// What stands behind a backslash.
  enum Escape {
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
    /// An assertion or the like, in ICU's spelling.
    case verbatim(String)

    var set: ScalarSet {
      switch self {
      case .scalar(let scalar): ScalarSet([scalar.value])
      case .set(let set): set
      case .verbatim: ScalarSet()
      }
    }
  }

  /// Reads what stands behind a backslash outside of brackets.
  mutating func escape() throws(Refusal) -> Escape {
    guard let scalar = peek else { throw Refusal(reason: "a backslash at the end") }
    switch scalar {
    case "A", "z", "R":
      index += 1
      return .verbatim("\\" + String(scalar))
    case "Z":
      index += 1
      return .verbatim(#"(?=\n?\z)"#)
    case "w", "W":
      index += 1
      return .set(scalar == "w" ? .word : ScalarSet.word.inverted())
    case "b", "B":
      index += 1
      let word = ScalarSet.word.pattern
      let (before, after) = scalar == "b" ? ("!", "=") : ("=", "!")
      return .verbatim("(?-i:(?<=\(word))(?\(before)\(word))|(?<!\(word))(?\(after)\(word)))")
    case "N":
      index += 1
      return .set(ScalarSet([0x0A]).inverted())
    case "O":
      index += 1
      return .set(.all)
    case "p" where peek(1) == "{", "P" where peek(1) == "{":
      index += 1
      return .set(try property(isNegated: scalar == "P", standsAlone: true))
    case "G", "K", "X", "y", "Y", "k", "g", "1"..."9":
      throw Refusal(reason: "'\\\(scalar)'")
    default: return try classEscape()
    }
  }

  /// Reads what stands behind a backslash and means the same within brackets and outside.
  private mutating func classEscape() throws(Refusal) -> Escape {
    guard let scalar = peek else { throw Refusal(reason: "a backslash at the end") }
    index += 1
    switch scalar {
    case "d": return .set(.digits)
    case "D": return .set(ScalarSet.digits.inverted())
    case "w": return .set(.bracketedWord)
    case "W": return .set(ScalarSet.bracketedWord.inverted())
    case "s": return .set(.whiteSpace)
    case "S": return .set(ScalarSet.whiteSpace.inverted())
    case "h": return .set(.hexDigits)
    case "H": return .set(ScalarSet.hexDigits.inverted())
    case "p" where peek == "{", "P" where peek == "{": return .set(try property(isNegated: scalar == "P"))
    case "t": return .scalar("\t")
    case "n": return .scalar("\n")
    case "r": return .scalar("\r")
    case "f": return .scalar("\u{C}")
    case "v": return .scalar("\u{B}")
    case "a": return .scalar("\u{7}")
    case "e": return .scalar("\u{1B}")
    case "x":
      if consume("{") { return .scalar(try number(radix: 16, digits: 1...8, closing: "}")) }
      let byte = try number(radix: 16, digits: 1...2)
      guard byte.isASCII else { throw Refusal(reason: "a byte above 7F by its number") }
      return .scalar(byte)
    case "u": return .scalar(try number(radix: 16, digits: 4...4))
    case "0":
      index -= 1
      return .scalar(try number(radix: 8, digits: 1...3))
    case "c", "C", "M", "1"..."9": throw Refusal(reason: "'\\\(scalar)'")
    default: return .scalar(scalar)
    }
  }

  private mutating func number(
    radix: UInt32, digits: ClosedRange<Int>, closing: String = ""
  ) throws(Refusal) -> Unicode.Scalar {
    var value: UInt32 = 0
    var count = 0
    while count < digits.upperBound, let digit = peek.flatMap({ Character($0).hexDigitValue }), digit < Int(radix) {
      value = value << (radix == 16 ? 4 : 3) | UInt32(digit)
      index += 1
      count += 1
    }
    guard count >= digits.lowerBound, consume(closing), let scalar = Unicode.Scalar(value) else {
      throw Refusal(reason: "a code point whose number is none")
    }
    return scalar
  }

  /// `{L}`, `{^L}`, `{Han}` behind `\p` or `\P`.
  private mutating func property(isNegated: Bool, standsAlone: Bool = false) throws(Refusal) -> ScalarSet {
    guard let close = scalars[index...].firstIndex(of: "}") else { throw Refusal(reason: "a '\\p{' without '}'") }
    var name = String(String.UnicodeScalarView(scalars[index + 1..<close]))
    index = close + 1
    let hasCaret = name.hasPrefix("^")
    if hasCaret { name.removeFirst() }
    guard var set = ScalarSet(property: name) else { throw Refusal(reason: "the property '\(name)'") }
    if standsAlone, set == .bracketedWord { set = .word }
    return isNegated != hasCaret ? set.inverted() : set
  }

  // MARK: - Brackets

  /// Reads a class up to its closing bracket; the opening one has been read.
  mutating func characterClass() throws(Refusal) -> ScalarSet {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw Refusal(reason: "classes within classes, more than \(Self.deepest) deep") }
    let isNegated = consume("^")
    var intersection: ScalarSet?
    var current = ScalarSet()
    var isFirst = true
    while true {
      guard let scalar = peek else { throw Refusal(reason: "a '[' without ']'") }
      if scalar == "]", !isFirst {
        index += 1
        break
      }
      isFirst = false
      if consume("&&") {
        intersection = intersection?.intersection(current) ?? current
        current = ScalarSet()
        continue
      }
      current = current.union(try classMember())
    }
    var result = intersection?.intersection(current) ?? current
    if ignoresCase { result = result.closedOverCase() }
    return isNegated ? result.inverted() : result
  }

  private mutating func classMember() throws(Refusal) -> ScalarSet {
    if consume("[:") {
      let isNegated = consume("^")
      guard let close = scalars[index...].firstIndex(of: ":"), close + 1 < scalars.count, scalars[close + 1] == "]"
      else {
        throw Refusal(reason: "a '[:' without ':]'")
      }
      let name = String(String.UnicodeScalarView(scalars[index..<close]))
      index = close + 2
      guard let set = ScalarSet(property: name, inBrackets: true) else {
        throw Refusal(reason: "the class '[:\(name):]'")
      }
      return isNegated ? set.inverted() : set
    }
    if consume("[") { return try characterClass() }
    let item = try classItem()
    guard case .scalar(let first) = item else {
      if peek == "-", peek(1) != "]" { throw Refusal(reason: "a range that begins with a class") }
      return item.set
    }
    guard peek == "-", let next = peek(1), next != "]" else { return item.set }
    index += 1
    guard next != "[", case .scalar(let last) = try classItem() else {
      throw Refusal(reason: "a range that ends with a class")
    }
    guard first.value <= last.value else { throw Refusal(reason: "a range that runs backwards") }
    return ScalarSet([first.value...last.value])
  }

  private mutating func classItem() throws(Refusal) -> Escape {
    guard let scalar = peek else { throw Refusal(reason: "a '[' without ']'") }
    index += 1
    guard scalar == "\\" else { return .scalar(scalar) }
    return consume("b") ? .scalar("\u{8}") : try classEscape()
  }
}
