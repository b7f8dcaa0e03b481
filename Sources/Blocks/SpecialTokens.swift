/// The facts about a vocabulary that objectives may need: special ids by role, and which ids continue a word.
///
/// Objectives see ids only; this is all they know of a tokenizer.
public struct SpecialTokens: Sendable, Equatable {
  /// What a special id is for. The raw value is the name in recipes.
  public enum Role: String, Sendable, CaseIterable {
    case pad, unk, bos, eos, cls, sep, mask, eod, del
    /// Which kind of denoising is asked for (UL2): ordinary spans, the rest of the text, or extreme noise.
    case modeR = "mode_R"
    case modeS = "mode_S"
    case modeX = "mode_X"
    case fimPrefix = "fim_prefix"
    case fimMiddle = "fim_middle"
    case fimSuffix = "fim_suffix"
  }

  /// Number of ids, the special ones included: every id is below it.
  public var vocabularySize: Int
  /// The id of each role that the vocabulary has.
  public var ids: [Role: UInt32]
  /// The sentinels S0, S1, … in order of use.
  public var sentinels: [UInt32]
  /// Ids that no text may give and no random draw may choose: all special, reserved and unused ids, ascending.
  public var special: [UInt32]
  /// By id: true where the token continues the word of the token before it (`##ing`; no `Ġ`).
  public var continuesWord: [Bool]
  /// Synonyms, for objectives that were given a lexicon.
  public var lexicon: WordLexicon?

  public init(
    vocabularySize: Int, ids: [Role: UInt32] = [:], sentinels: [UInt32] = [], otherSpecial: [UInt32] = [],
    continuesWord: [Bool] = [], lexicon: WordLexicon? = nil
  ) {
    self.vocabularySize = vocabularySize
    self.ids = ids
    self.lexicon = lexicon
    self.sentinels = sentinels
    special = Set(Array(ids.values) + sentinels + otherSpecial).sorted()
    self.continuesWord =
      continuesWord.isEmpty ? Array(repeating: false, count: vocabularySize) : continuesWord
  }

  /// The ids that random replacement draws from: all but the special ones, ascending.
  public var ordinaryIDs: [UInt32] {
    var isSpecial = Array(repeating: false, count: vocabularySize)
    for id in special where Int(id) < vocabularySize { isSpecial[Int(id)] = true }
    return (0..<UInt32(vocabularySize)).filter { !isSpecial[Int($0)] }
  }

  /// The smallest unsigned type that holds every id.
  public var idType: ElementType { vocabularySize <= 1 << 16 ? .uint16 : .uint32 }

  /// The smallest signed type that holds every id and -100.
  public var labelType: ElementType { vocabularySize <= 1 << 15 ? .int16 : .int32 }

  /// The id of a role that an objective cannot do without.
  ///
  /// - Throws: `objective.missing-token`, naming the objective and what to add.
  public func require(_ role: Role, for objective: String) throws(Diagnostic) -> UInt32 {
    if let id = ids[role] { return id }
    throw Diagnostic(
      "objective.missing-token", "the tokenizer has no '\(role.rawValue)' token, which \(objective) needs",
      expected: "an id for '\(role.rawValue)'",
      found: "roles: " + Role.allCases.filter { ids[$0] != nil }.map(\.rawValue).joined(separator: ", "),
      help: "name one in the recipe (special_tokens: {\(role.rawValue): \"…\"}), or train a tokenizer with it")
  }
}
