package import Blocks
internal import Text

extension SplitPattern {
  /// The expressions that have a scanner, as files spell them.
  static let scanned: [(expression: String, pattern: SplitPattern)] = [
    (#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2),
    (#"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2),
    (cl100k(digits: #"\p{N}{1,3}"#), .cl100k(digitsPerPiece: 3)),
    (cl100k(digits: #"\p{N}"#), .cl100k(digitsPerPiece: 1)),
    (
      #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|"#
        + #"\s+(?!\S)|\s+"#, .cl100k(digitsPerPiece: 3)
    ),
    (
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|"#
        + #"\s*[\r\n]+|\s+(?!\S)|\s+"#, .qwen35
    ),
    (
      o200k(digits: #"\p{N}{1,3}"#, contraction: "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"),
      .o200k(digitsPerPiece: 3, endsInContraction: true)
    ),
    (o200k(digits: #"\p{N}"#, contraction: ""), .o200k(digitsPerPiece: 1, endsInContraction: false)),
    (
      ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"##
        + #" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#, .deepSeekV3
    ),
    (
      #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#, .clip
    ),
  ]

  static func cl100k(digits: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  static func o200k(digits: String, contraction: String) -> String {
    let begins = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let continues = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    let lead = #"[^\r\n\p{L}\p{N}]?"#
    return "\(lead)\(begins)*\(continues)+\(contraction)|\(lead)\(begins)+\(continues)*\(contraction)|"
      + digits + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }

  /// The pattern for a regular expression of the reference: a scanner where there is one, else ICU.
  ///
  /// - Throws: why ICU cannot match it.
  init(expression: String) throws(OnigurumaPattern.Refusal) {
    if let known = Self.scanned.first(where: { $0.expression.utf8.elementsEqual(expression.utf8) }) {
      self = known.pattern
    } else if let run = OnigurumaPattern.classRun(expression) {
      self = .classRun(ClassRun(run.set, limit: run.limit))
    } else {
      self = .expression(try Self.compiled(expression))
    }
  }

  static func compiled(_ expression: String) throws(OnigurumaPattern.Refusal) -> RegularExpression {
    let translated = try OnigurumaPattern.translated(expression)
    do throws(Diagnostic) {
      return try RegularExpression(translated)
    } catch {
      throw OnigurumaPattern.Refusal(reason: "something else that ICU cannot match (\(error.found ?? error.code))")
    }
  }
}

/// A regular expression as tokenizers use it, to look at and to compare.
package struct TokenizerExpression: Sendable {
  /// Those that have a scanner of their own.
  package static var scanned: [String] { SplitPattern.scanned.map(\.expression) }

  private let pattern: SplitPattern

  /// - Parameter byEngine: leaves it to ICU even if there is a scanner for it.
  /// - Throws: `tokenizer.unsupported`.
  package init(_ expression: String, byEngine: Bool = false) throws(Diagnostic) {
    do throws(OnigurumaPattern.Refusal) {
      pattern = byEngine ? .expression(try SplitPattern.compiled(expression)) : try SplitPattern(expression: expression)
    } catch {
      throw Diagnostic("tokenizer.unsupported", "'\(expression)' has \(error.reason)")
    }
  }

  /// The matches in a text, in bytes.
  package func matches(in text: String) -> [Range<Int>] {
    var matches: [Range<Int>] = []
    unsafe Array(text.utf8).withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe pattern.forEachMatch(in: base, from: 0, to: buffer.count) { matches.append($0) }
    }
    return matches
  }
}
