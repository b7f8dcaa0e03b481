import Blocks
import JSONText
import TestSupport
import Testing
import Tokenization

/// Regular expressions: what the reference matches, what the scanners match, and what is refused.
@Suite struct RegularExpressionTests {
  /// A `Split` by an expression of the file, and the pieces that the reference makes of the file's texts.
  private struct Case {
    let expression: String
    let pieces: [[String]]
    let tokenizer: Tokenizer
  }

  private static let file = "\(Reference.fixtures)/expressions.json"

  private static func cases() throws -> (texts: [String], cases: [Case]) {
    let file = try JSONValue(parsing: Fixtures.bytes(file), path: "expressions.json")
    let texts = try #require(file["texts"]?.array).compactMap(\.string)
    let cases = try #require(file["cases"]?.array).map { value in
      let expression = try #require(value["expression"]?.string)
      let split: JSONObject = [
        "type": .string("Split"), "pattern": .object(["Regex": .string(expression)]),
        "behavior": value["behavior"] ?? .string("Isolated"), "invert": value["invert"] ?? .bool(false),
      ]
      let json = try Variant.json(base: "letters", replacing: ["pre_tokenizer": .object(split)])
      let pieces = try #require(value["pieces"]?.array).map { $0.array?.compactMap(\.string) ?? [] }
      return Case(expression: expression, pieces: pieces, tokenizer: try Tokenizer(json: json))
    }
    return (texts, cases)
  }

  @Test func `Splits by any expression give the reference's pieces`() throws {
    let (texts, cases) = try Self.cases()
    #expect(cases.count > 80 && texts.count > 30)
    for line in cases {
      for (text, expected) in zip(texts, line.pieces) {
        let found = line.tokenizer.pieces(of: text)
        if !expected.elementsEqual(found, by: { $0.utf8.elementsEqual($1.utf8) }) {
          Issue.record("\(line.expression): \(text.debugDescription) gives \(found), not \(expected)")
        }
      }
    }
  }

  @Test func `A normalizer replaces the matches of any expression as the reference does`() throws {
    let file = try JSONValue(parsing: Fixtures.bytes(Self.file), path: "expressions.json")
    let texts = try #require(file["texts"]?.array).compactMap(\.string)
    for line in try #require(file["replacements"]?.array) {
      let replace: JSONObject = [
        "type": "Replace", "pattern": ["Regex": line["expression"] ?? .null], "content": "<>",
      ]
      let tokenizer = try Tokenizer(
        json: Variant.json(base: "letters", replacing: ["normalizer": .object(replace)]))
      for (text, expected) in zip(texts, try #require(line["results"]?.array)) {
        let found = tokenizer.normalized(text)
        #expect(found.utf8.elementsEqual((expected.string ?? "").utf8), "\(line["expression"] ?? .null): \(found)")
      }
    }
  }

  @Test(arguments: TokenizerExpression.scanned)
  func `A scanner written by hand matches what the engine matches`(expression: String) throws {
    let pair = try Pair(expression)
    let characters =
      "  \n\r\t\u{B}\u{85}\u{A0}\u{2028}aabBcCzZ'''sSſtTreREvVlLmMdD//.,!$+=<>_|~`1239٣½Ⅳ"
      + "\u{0}\u{200D}\u{AD}\u{301}\u{489}éÉǅʰªßſK中かカ한ᄀ👍€«»\u{E000}\u{378}\u{10FFFF}𝐀𞤀\u{1C89}\u{A7DA}"
    let alphabet = Array(characters.unicodeScalars)
    var random = SplitMix(state: 11)
    for _ in 0..<400 {
      var text = String.UnicodeScalarView()
      for _ in 0..<1 + random.next(below: 24) {
        let isRare = random.next(below: 12) == 0
        let scalar = isRare ? Unicode.Scalar(UInt32(random.next(below: 0x30000))) : nil
        text.append(scalar ?? alphabet[random.next(below: alphabet.count)])
      }
      expectSame(pair, String(text))
    }
  }

  @Test(arguments: TokenizerExpression.scanned)
  func `A scanner matches what the engine matches on short texts of any kind`(expression: String) throws {
    let pair = try Pair(expression)
    let alphabet = Array("aB中\u{301}1 \n'".unicodeScalars) + (Fixtures.isFull ? ["s", "/", "\u{0}"] : [])
    for length in 1...4 {
      var digits = [Int](repeating: 0, count: length)
      repeat {
        expectSame(pair, String(String.UnicodeScalarView(digits.map { alphabet[$0] })))
        var place = 0
        while place < length, digits[place] == alphabet.count - 1 {
          digits[place] = 0
          place += 1
        }
        if place == length { break }
        digits[place] += 1
      } while true
    }
  }

  /// A scanner and the engine for the same expression.
  private struct Pair {
    let scanner: TokenizerExpression
    let engine: TokenizerExpression

    init(_ expression: String) throws {
      scanner = try TokenizerExpression(expression)
      engine = try TokenizerExpression(expression, byEngine: true)
    }
  }

  private func expectSame(_ pair: Pair, _ text: String) {
    let scanned = pair.scanner.matches(in: text)
    let matched = pair.engine.matches(in: text)
    if scanned != matched { Issue.record("\(text.debugDescription): \(scanned), the engine \(matched)") }
  }

  @Test(
    "What only the reference's engine can match is refused by name",
    arguments: [
      (#"\X"#, #"'\X'"#), (#"(?<n>a)"#, "the group '(?<'"), (#"(a)\1"#, #"'\1'"#), (#"a(?i)b|c"#, "'(?i)'"),
      (#"(?x: a)"#, "the group '(?x'"), (#"\p{Klingon}"#, "the property 'Klingon'"), (#"[a"#, "a '[' without ']'"),
      (#"(a"#, "a '(' without ')'"), (#"a)"#, "a ')' that nothing opens"), (#"*a"#, "a '*' with nothing before it"),
      (#"\xE9"#, "a byte above 7F"), (#"[\d-a]"#, "a range that begins with a class"), (#"(?<=a+)b"#, "U_REGEX_"),
      (#"[z-a]"#, "a range that runs backwards"), (#"a\"#, "a backslash at the end"), (#"[[:klingon:]]"#, "the class"),
      (#"(?~a)"#, "the group '(?~'"), (#"\k<n>"#, #"'\k'"#), (#"[a-\d]"#, "a range that ends with a class"),
      (String(repeating: "(", count: 50_000), "groups within groups"),
      (String(repeating: "[", count: 50_000), "classes within classes"), (#"a{1,99999999999}"#, "U_REGEX_"),
    ])
  func refused(expression: String, reason: String) throws {
    let error = #expect(throws: Diagnostic.self) {
      try TokenizerExpression(expression)
    }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test func `The error for an expression says where it stands and what is wrong`() {
    let json = #"""
      {"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\X+"},"behavior":"Isolated"},
       "model":{"type":"BPE","vocab":{},"merges":[]}}
      """#
    let error = #expect(throws: Diagnostic.self) { try Tokenizer(json: Array(json.utf8)) }
    #expect(
      error?.description == #"""
        error[tokenizer.unsupported]: 'pre_tokenizer' has a regular expression that is not supported
          at        tokenizer.json
          expected  an expression that ICU can match as Oniguruma does
          found     '\X' in '\X+'
          help      nothing is left out silently: spell the expression without it, if that matches the same
        """#)
  }
}
