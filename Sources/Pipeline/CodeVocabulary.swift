import Blocks
import JSONText

/// The vocabulary of inputs that are codes already: as many codes as the recipe says, and special ids.
///
/// It becomes a tokenizer of words, in which code 17 is the word `17`, so that a dataset of codes carries what any
/// other does, and is shown and checked in the same way.
struct CodeVocabulary: Sendable {
  /// Number of codes: they are 0 … size − 1.
  let size: Int
  /// The ids of the special tokens: among the codes, where they are codes themselves, or behind them.
  let special: [(id: Int, token: String)]

  /// Checks the recipe's `tokenizer.codes`.
  ///
  /// - Throws: `settings.invalid` for ids that leave a hole or play two parts.
  init(_ settings: Settings) throws(Diagnostic) {
    size = settings.integer("size")
    var special: [(id: Int, token: String)] = []
    for role in SpecialTokens.Role.allCases {
      if let id = settings.optionalInteger(role.rawValue) { special.append((id, Self.token(for: role))) }
    }
    // Roles that the recipe does not name get ids behind the codes, as far as it names none at all.
    if special.isEmpty {
      for (index, role) in [SpecialTokens.Role.pad, .unk, .cls, .sep, .mask, .bos, .eos].enumerated() {
        special.append((size + index, Self.token(for: role)))
      }
    }
    var next = max(size, (special.map(\.id).max() ?? -1) + 1)
    if let first = settings.optionalInteger("first_sentinel") { next = first }
    for index in 0..<settings.integer("sentinels") { special.append((next + index, "<extra_id_\(index)>")) }
    self.special = special.sorted { $0.id < $1.id }
    for (left, right) in zip(self.special, self.special.dropFirst()) where left.id == right.id {
      throw settings.invalid(
        "size", "is beside special ids of which \(left.id) plays two parts", help: "give each an id of its own")
    }
    let behind = self.special.map(\.id).filter { $0 >= size }
    guard zip(behind, size...).allSatisfy({ $0 == $1 }) else {
      throw settings.invalid(
        "size", "leaves a hole before the special ids \(behind)",
        help: "ids behind the codes follow each other from \(size)")
    }
  }

  /// The bytes of a `tokenizer.json`.
  var json: [UInt8] {
    var tokens = (0..<size).map(String.init)
    var added: [JSONValue] = []
    for (id, token) in special {
      if id < size { tokens[id] = token } else { tokens.append(token) }
      added.append([
        "id": .integer(id), "content": .string(token), "single_word": false, "lstrip": false, "rstrip": false,
        "normalized": false, "special": true,
      ])
    }
    let vocabulary = JSONObject(tokens.enumerated().map { (key: $1, value: .integer($0)) })
    let unknown = special.first { $0.token == Self.token(for: .unk) }?.token ?? tokens[0]
    let tokenizer: JSONValue = [
      "version": "1.0", "truncation": .null, "padding": .null, "added_tokens": .array(added), "normalizer": .null,
      "pre_tokenizer": ["type": "WhitespaceSplit"], "post_processor": .null, "decoder": .null,
      "model": ["type": "WordLevel", "vocab": .object(vocabulary), "unk_token": .string(unknown)],
    ]
    return JSONWriter.bytes(of: tokenizer)
  }

  /// The name under which a role is found in any vocabulary.
  private static func token(for role: SpecialTokens.Role) -> String {
    switch role {
    case .modeR: "[R]"
    case .modeS: "[S]"
    case .modeX: "[X]"
    case .fimPrefix, .fimMiddle, .fimSuffix: "<\(role.rawValue)>"
    default: "[\(role.rawValue.uppercased())]"
    }
  }

  /// The keys of `tokenizer.codes`.
  static let settings: [Setting] =
    [
      Setting("size", .integer(1...16_777_216), default: nil, "Number of codes: they are 0 to size − 1."),
      Setting(
        "sentinels", .integer(0...10_000), default: .integer(0),
        "Number of sentinels, for objectives that mark spans with them."),
      Setting(
        "first_sentinel", .integer(0...16_777_216), default: .null,
        "Id of the first sentinel; by default behind everything else."),
    ]
    + SpecialTokens.Role.allCases.map { role in
      Setting(
        role.rawValue, .integer(0...16_777_216), default: .null,
        "Id that plays '\(role.rawValue)': one of the codes, or one behind them.")
    }
}
