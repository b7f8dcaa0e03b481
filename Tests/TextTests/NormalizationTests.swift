import Blocks
import Foundation
import Testing
import Text

@Suite struct NormalizationTests {
  static let forms = ["nfc", "nfd", "nfkc", "nfkd"]

  @Test(.enabled(if: Sample.hasUnicode, "needs ../shared/conformance/unicode"))
  func `The Unicode conformance file holds in all four forms`() throws {
    let file = try String(contentsOf: Sample.unicode.appendingPathComponent("NormalizationTest.txt"), encoding: .utf8)
    var rows: [[String]] = []
    var listed: Set<Unicode.Scalar> = []
    var isPart1 = false
    for line in file.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("@") {
        isPart1 = line.hasPrefix("@Part1")
        continue
      }
      let columns = line.split(separator: ";").prefix(5).map { column in
        column.split(separator: " ").map { Character(Unicode.Scalar(UInt32($0, radix: 16) ?? 0) ?? "?") }
          .reduce(into: "") { $0.unicodeScalars.append(contentsOf: $1.unicodeScalars) }
      }
      rows.append(columns)
      if isPart1, let scalar = columns[0].unicodeScalars.first { listed.insert(scalar) }
    }
    #expect(rows.count > 18_000)
    // Columns: source, NFC, NFD, NFKC, NFKD. The canonical forms of 1-3 are 2 and 3, those of 4-5 are 4 and 5.
    let expected: [(form: String, results: [Int])] = [
      ("nfc", [1, 1, 1, 3, 3]), ("nfd", [2, 2, 2, 4, 4]), ("nfkc", [3, 3, 3, 3, 3]), ("nfkd", [4, 4, 4, 4, 4]),
    ]
    for (form, results) in expected {
      // Each text alone, and inside of plain text, where the fast path stops just before it.
      let plain = try Sample.apply([form], to: rows.flatMap { $0 })
      let framed = try Sample.apply([form], to: rows.flatMap { row in row.map { "plain \($0) words" } })
      for (index, row) in rows.enumerated() {
        for column in 0..<5 {
          let want = row[results[column]]
          let found = plain[5 * index + column]
          let foundFramed = framed[5 * index + column]
          if !sameBytes(found, want) || !sameBytes(foundFramed, "plain \(want) words") {
            Issue.record("\(form) of \(spelled(row[column])): \(spelled(found)), \(spelled(foundFramed))")
          }
        }
      }
      let unlisted = Sample.scalars.filter { !listed.contains($0) }.map { String($0) }
      let kept = try Sample.apply([form], to: unlisted)
      for (text, result) in zip(unlisted, kept) where !sameBytes(text, result) {
        Issue.record("\(form) changes \(spelled(text)) to \(spelled(result))")
      }
    }
  }

  @Test func `Texts agree with Foundation's normalizer however plain and rich parts alternate`() throws {
    var noise = Noise(seed: 2)
    // No trailing consonant of Hangul on its own: Foundation leaves it apart behind a syllable, and UAX #15 does not.
    let letters = Array("ae  \n.Aéñ\u{301}\u{327}\u{323}ﬁ½Å가각\u{1100}\u{1161}日𝐀ſ\u{C0}\u{17F}".unicodeScalars)
    let texts = (0..<1500).map { index in
      // Long plain runs, so that stretches are cut, joined and cut again.
      noise.text(of: letters, upTo: 12) + String(repeating: "x", count: noise.below(20))
        + String(repeating: " y", count: noise.below(20)) + noise.text(of: letters, upTo: 12)
    }
    let references: [(String, (String) -> String)] = [
      ("nfc", { $0.precomposedStringWithCanonicalMapping }), ("nfd", { $0.decomposedStringWithCanonicalMapping }),
      ("nfkc", { $0.precomposedStringWithCompatibilityMapping }),
      ("nfkd", { $0.decomposedStringWithCompatibilityMapping }),
    ]
    for (form, reference) in references {
      for (text, result) in zip(texts, try Sample.apply([form], to: texts)) where !sameBytes(result, reference(text)) {
        Issue.record("\(form) of \(spelled(text)): \(spelled(result)), not \(spelled(reference(text)))")
      }
    }
  }

  @Test(arguments: forms) func `A text that grows eighteenfold still fits`(form: String) throws {
    let text = String(repeating: "\u{FDFA}", count: 5000)
    let result = try Sample.apply([form], to: text)
    let expected = form.hasPrefix("nfk") ? text.precomposedStringWithCompatibilityMapping : text
    #expect(sameBytes(result, expected))
  }
}
