import Blocks
import Testing
import Text

@Suite struct StepTests {
  /// Each byte pair of ASCII, alone: here the fast paths must say what Unicode says.
  private static let asciiPairs: [String] = (0..<128).flatMap { first in
    (0..<128).map { String(decoding: [UInt8(first), UInt8($0)], as: UTF8.self) }
  }

  @Test func `On ASCII pairs each step does by its fast path what it does beside richer text`() throws {
    // A Greek word behind a blank makes the whole text rich, and does not change what stands before the blank.
    let others = ["whitespace", "html", "markdown", "wikitext"]
    for name in TextPipeline.steps.names where !others.contains(name) {
      let alone = try Sample.apply([name], to: Self.asciiPairs)
      let rich = try Sample.apply([name], to: Self.asciiPairs.map { "\($0)é \u{3B1}" })
      let tail = try Sample.apply([name], to: "é \u{3B1}")
      for (index, text) in Self.asciiPairs.enumerated() where !sameBytes(alone[index] + tail, rich[index]) {
        Issue.record("\(name) of \(spelled(text)): \(spelled(alone[index])), rich \(spelled(rich[index]))")
      }
    }
  }

  @Test func `Lower case is Swift's for every character, alone and in a word`() throws {
    let texts = Sample.scalars.map { String($0) }
    let lowered = try Sample.apply(["lowercase"], to: texts)
    // Alone, Swift maps scalar by scalar; characters that Swift's newer Unicode has added are left out.
    for (scalar, result) in zip(Sample.scalars, lowered) {
      if let age = scalar.properties.age, age.major > 15 { continue }
      if !sameBytes(result, scalar.properties.lowercaseMapping) { Issue.record("\(spelled(String(scalar)))") }
    }
  }

  @Test func `A final sigma is told by its context, whatever the fast path skips`() throws {
    let cases = [
      ("ΟΔΟΣ", "οδος"), ("ΟΔΟΣ ΟΔΟΣ", "οδος οδος"), ("Σ", "σ"), ("aΣ", "aς"), ("aΣb", "aσb"), ("aΣ'b", "aσ'b"),
      ("aΣ' b", "aς' b"), ("1Σ", "1σ"), ("a.Σ", "a.ς"), ("a Σ", "a σ"), ("İI", "i\u{307}i"), ("ẞ", "ß"),
    ]
    for (text, expected) in cases {
      for frame in ["", "PLAIN ", "PLAIN WORDS THAT ARE LONGER THAN A GAP "] {
        let framed = frame + text + " " + frame
        let want = frame.lowercased() + expected + " " + frame.lowercased()
        #expect(try sameBytes(Sample.apply(["lowercase"], to: framed), want), "\(framed)")
      }
    }
  }

  @Test func `Stripped accents leave NFC, and letters without a decomposition alone`() throws {
    let cases = [
      ("Éa naïve Ångström", "Ea naive Angstrom"), ("e\u{301}\u{327}x", "ex"), ("ø ł", "ø ł"), ("가각", "가각"),
      ("\u{1100}\u{1161}", "가"), ("\u{301}", ""), ("कि का", "क\u{93F} क\u{93E}"), ("𝐀\u{1D165}", "𝐀\u{1D165}"),
      ("か\u{3099}が", "かか"),
    ]
    for (text, expected) in cases {
      #expect(try sameBytes(Sample.apply(["strip_accents"], to: text), expected), "\(text)")
    }
  }

  @Test func `Stripped accents are decomposition, removal and composition, for every character`() throws {
    let texts = Sample.scalars.map { "a\($0)b" }
    let stripped = try Sample.apply(["strip_accents"], to: texts)
    let decomposed = try Sample.apply(["nfd"], to: texts)
    let removed = decomposed.map { text in
      var kept = String.UnicodeScalarView()
      for scalar in text.unicodeScalars where scalar.properties.generalCategory != .nonspacingMark {
        kept.append(scalar)
      }
      return String(kept)
    }
    let expected = try Sample.apply(["nfc"], to: removed)
    for (index, scalar) in Sample.scalars.enumerated() where !sameBytes(stripped[index], expected[index]) {
      // Swift's Unicode is newer than ICU 72's: it knows more marks, and has made U+1171E a spacing one.
      if let age = scalar.properties.age, age.major > 15 || scalar == "\u{1171E}" { continue }
      Issue.record("\(spelled(texts[index])): \(spelled(stripped[index])), not \(spelled(expected[index]))")
    }
  }

  @Test func `BERT's cleaning decides every character by its category`() throws {
    let texts = Sample.scalars.map { String($0) }
    for (text, result) in zip(texts, try Sample.apply(["bert_clean"], to: texts)) {
      guard let scalar = text.unicodeScalars.first else { continue }
      if let age = scalar.properties.age, age.major > 15 { continue }
      let expected =
        switch scalar.properties.generalCategory {
        case _ where ["\t", "\n", "\r"].contains(scalar): " "
        case _ where scalar == "\u{FFFD}": ""
        case .control, .format, .privateUse: ""
        default: scalar.properties.isWhitespace ? " " : text
        }
      if !sameBytes(result, expected) { Issue.record("\(spelled(text)) gives \(spelled(result))") }
    }
    #expect(try Sample.apply(["bert_clean"], to: "a\u{0}b\tc\u{200D}d\r\n\u{A0}e") == "ab cd   e")
  }

  @Test func `Ideographs get spaces in BERT's ranges and nowhere else`() throws {
    let ranges: [ClosedRange<UInt32>] = [
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
      0x2B820...0x2CEAF, 0x2F800...0x2FA1F,
    ]
    let texts = Sample.scalars.map { String($0) }
    for (text, result) in zip(texts, try Sample.apply(["cjk_spacing"], to: texts)) {
      let isIdeograph = text.unicodeScalars.contains { scalar in ranges.contains { $0 ~= scalar.value } }
      if !sameBytes(result, isIdeograph ? " \(text) " : text) { Issue.record("\(spelled(text))") }
    }
    #expect(try Sample.apply(["cjk_spacing"], to: "ab日本かな한c") == "ab 日  本 かな한c")
  }
}

@Suite struct WhitespaceCollapseTests {
  @Test func `Runs keep what they mean: a space, a line end, a blank line`() throws {
    let cases = [
      ("  Title \r\n \n\n First\tline  \n second ", "Title\n\nFirst line\nsecond"), ("a b", "a b"),
      ("a \t\u{A0} b", "a b"), ("a\nb", "a\nb"), ("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\n\rb", "a\n\nb"),
      ("a\r\n\r\nb", "a\n\nb"), ("a\n\n\n\nb", "a\n\nb"), ("\n", ""), ("", ""), (" x", "x"), ("x\n", "x"),
      ("a\u{2028}b\u{2029}c\u{85}d\u{B}e\u{C}f", "a\nb\nc\nd\ne\nf"), ("\u{3000}日 本\u{3000}", "日 本"),
      ("a\u{200B}b", "a\u{200B}b"),
    ]
    for (text, expected) in cases {
      #expect(try sameBytes(Sample.apply(["whitespace"], to: text), expected), "\(spelled(text))")
    }
  }

  @Test func `Every character counts as white space exactly if Unicode says so`() throws {
    let texts = Sample.scalars.map { "a\($0)b" }
    for (scalar, result) in zip(Sample.scalars, try Sample.apply(["whitespace"], to: texts)) {
      let isKept = sameBytes(result, "a\(scalar)b") && scalar != " " && scalar != "\n"
      if isKept == scalar.properties.isWhitespace { Issue.record("\(spelled(String(scalar)))") }
    }
  }

  @Test func `A second time changes nothing, and all other characters stay in order`() throws {
    var noise = Noise(seed: 3)
    let letters = Array(" \n\r\t\u{A0}\u{2028}ab日\u{B}".unicodeScalars)
    let texts = (0..<3000).map { _ in noise.text(of: letters, upTo: 14) }
    let once = try Sample.apply(["whitespace"], to: texts)
    let twice = try Sample.apply(["whitespace"], to: once)
    func visible(_ text: String) -> [Unicode.Scalar] { text.unicodeScalars.filter { !$0.properties.isWhitespace } }
    for index in texts.indices {
      #expect(sameBytes(once[index], twice[index]) && visible(texts[index]) == visible(once[index]))
    }
  }
}
