public import Blocks

extension Tokenizer {
  /// The facts about this vocabulary that objectives need.
  ///
  /// Roles go to the first of their well-known names that the vocabulary has:
  ///
  ///     pad  [PAD] <pad> <|pad|>, then eos, eod      cls  [CLS] <s>          bos  [BOS] <s> <|startoftext|> [CLS]
  ///     unk  [UNK] <unk>                             sep  [SEP] </s>         eos  [EOS] </s> [SEP] <|endoftext|>
  ///     fim_prefix  <fim_prefix> <|fim_prefix|>      fim_middle and fim_suffix likewise
  ///     del  [DEL]                                   mask [MASK] <mask>      eod  [EOD] <|endoftext|>, then eos, sep
  ///     mode_R [R] [NLU]                             mode_S [S] [S2S]        mode_X [X] [NLG]
  ///
  /// Sentinels are `<extra_id_0>`, `<extra_id_1>` … as far as they go. Special are those, every added token that says
  /// so,
  /// and `[unused0]`, `[unused1]` …
  ///
  /// A token continues a word if it begins with the continuing prefix (WordPiece), or if its first byte is neither
  /// white
  /// space nor a newline (byte level): a newline or a tab stands between words, so it begins one as a space does. A
  /// token
  /// that is special or added continues nothing.
  ///
  /// - Parameter overrides: role, or `sentinels`, to a token's content; for `sentinels` a pattern with `%d`
  ///   (`[unused%d]`), which takes all that exist from 0, or from 1, upward.
  /// - Throws: `tokenizer.unknown-role`, `tokenizer.unknown-token`.
  public func specialTokens(overrides: [String: String] = [:]) throws(Diagnostic) -> SpecialTokens {
    let known = SpecialTokens.Role.allCases.map(\.rawValue) + ["sentinels"]
    for name in overrides.keys.sorted() where !known.contains(name) {
      throw Diagnostic(
        "tokenizer.unknown-role", "there is no role '\(name)' for a special token",
        expected: "one of " + known.joined(separator: ", "),
        help: nearestName(to: name, among: known).map { "did you mean '\($0)'?" })
    }
    var ids: [SpecialTokens.Role: UInt32] = [:]
    for role in SpecialTokens.Role.allCases {
      if let content = overrides[role.rawValue] {
        guard let id = id(of: content) else { throw unknownToken(content, for: role.rawValue) }
        ids[role] = id
      } else {
        ids[role] = Self.wellKnownNames(of: role).lazy.compactMap { id(of: $0) }.first
      }
    }
    if ids[.eod] == nil { ids[.eod] = ids[.eos] ?? ids[.sep] }
    if ids[.pad] == nil { ids[.pad] = ids[.eos] ?? ids[.eod] }
    let sentinels = numbered(overrides["sentinels"] ?? "<extra_id_%d>")
    if let pattern = overrides["sentinels"], sentinels.isEmpty { throw unknownToken(pattern, for: "sentinels") }
    let added = definition.addedTokens.entries.filter(\.token.isSpecial).map(\.id)
    return SpecialTokens(
      vocabularySize: vocabularySize, ids: ids, sentinels: sentinels,
      otherSpecial: added + numbered("[unused%d]"), continuesWord: continuesWord())
  }

  /// The names a role goes by, the first one first.
  package static func wellKnownNames(of role: SpecialTokens.Role) -> [String] {
    switch role {
    case .pad: ["[PAD]", "<pad>", "<|pad|>"]
    case .unk: ["[UNK]", "<unk>"]
    case .bos: ["[BOS]", "<s>", "<|startoftext|>", "[CLS]"]
    case .eos: ["[EOS]", "</s>", "[SEP]", "<|endoftext|>"]
    case .cls: ["[CLS]", "<s>"]
    case .sep: ["[SEP]", "</s>"]
    case .mask: ["[MASK]", "<mask>"]
    case .eod: ["[EOD]", "<|endoftext|>"]
    case .del: ["[DEL]"]
    case .modeR: ["[R]", "[NLU]"]
    case .modeS: ["[S]", "[S2S]"]
    case .modeX: ["[X]", "[NLG]"]
    case .fimPrefix: ["<fim_prefix>", "<|fim_prefix|>"]
    case .fimMiddle: ["<fim_middle>", "<|fim_middle|>"]
    case .fimSuffix: ["<fim_suffix>", "<|fim_suffix|>"]
    }
  }

  /// The ids of `[unused0]`, `[unused1]` … as far as they go; counting begins at 1 where there is no 0. A pattern
  /// without
  /// `%d` is one token.
  private func numbered(_ pattern: String) -> [UInt32] {
    let parts = pattern.utf8.split(separator: Array("%d".utf8), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return id(of: pattern).map { [$0] } ?? [] }
    var ids: [UInt32] = []
    var number = id(of: "\(Substring(parts[0]))0\(Substring(parts[1]))") == nil ? 1 : 0
    while let id = id(of: "\(Substring(parts[0]))\(number)\(Substring(parts[1]))") {
      ids.append(id)
      number += 1
    }
    return ids
  }

  private func unknownToken(_ content: String, for role: String) -> Diagnostic {
    Diagnostic(
      "tokenizer.unknown-token", "the vocabulary has no token '\(content)' to use as \(role)",
      expected: "the exact content of a token", help: "name another token, or train a tokenizer with this one")
  }

  private func continuesWord() -> [Bool] {
    var result = [Bool](repeating: false, count: vocabularySize)
    for id in result.indices {
      guard definition.addedTokens.entry(for: UInt32(id)) == nil,
        let token = definition.model.vocabulary.token(for: UInt32(id))
      else { continue }
      result[id] = definition.continuesWord(token)
    }
    return result
  }
}

extension Definition {
  fileprivate func continuesWord(_ token: [UInt8]) -> Bool {
    switch model {
    case .wordPiece(let model):
      let prefix = model.continuingPrefix
      return !prefix.isEmpty && token.count > prefix.count && token.starts(with: prefix)
    case .wordLevel: return false
    case .bytePairEncoding(let model) where !model.continuingPrefix.isEmpty:
      return token.starts(with: model.continuingPrefix)
    case .bytePairEncoding, .unigram:
      guard !token.isEmpty else { return false }
      let first = String(decoding: token, as: UTF8.self).unicodeScalars.first?.value ?? 0
      // In a byte-level vocabulary the letter stands for a byte, in any other for itself.
      let isByteLevel = preTokenizer?.spellsBytes == true || normalizer?.spellsBytes == true
      let scalar = isByteLevel ? ByteLevelAlphabet.byte(of: first).map { UInt32($0) } ?? first : first
      let isASCII = scalar < 0x80
      return !(scalar == 0x2581 || (isASCII || !isByteLevel) && ScalarFlags(of: scalar).contains(.whiteSpace))
    }
  }
}

extension PreTokenizer {
  fileprivate var spellsBytes: Bool {
    switch self {
    case .byteLevel: true
    case .sequence(let members): members.contains { $0.spellsBytes }
    default: false
    }
  }
}

extension Normalizer {
  fileprivate var spellsBytes: Bool {
    switch self {
    case .byteLevel: true
    case .sequence(let members): members.contains { $0.spellsBytes }
    default: false
    }
  }
}
