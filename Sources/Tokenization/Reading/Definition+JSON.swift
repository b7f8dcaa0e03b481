internal import Blocks
internal import JSONText

extension Definition {
  /// Reads a `tokenizer.json`; see `Tokenizer.init(json:path:)`.
  convenience init(json: [UInt8], path: String) throws(Diagnostic) {
    var scanner = JSONScanner(json, path: path)
    var parts: [String: JSONValue] = [:]
    var modelFields: ModelFields?
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "model": modelFields = try ModelFields(&scanner, of: json, path: path)
      default: parts[key] = try scanner.readValue()
      }
    }
    try scanner.finish()
    guard let modelFields else {
      throw Diagnostic(
        "tokenizer.invalid", "\(path) has no model", at: SourceLocation(path: path),
        expected: "a tokenizer.json of the Hugging Face form, with the key 'model'",
        help: Self.help(on: Set(parts.keys)))
    }
    func component(_ key: String) throws(Diagnostic) -> Component? {
      guard let value = parts[key], !value.isNull else { return nil }
      return try Component(value, place: key, path: path)
    }
    self.init(
      json: json,
      normalizer: try component("normalizer").map { component throws(Diagnostic) in try Normalizer(component) },
      preTokenizer: try component("pre_tokenizer").map { component throws(Diagnostic) in try PreTokenizer(component) },
      model: try modelFields.model(),
      postProcessor: try component("post_processor").map { component throws(Diagnostic) in
        try PostProcessor(component)
      },
      decoder: try component("decoder").map { component throws(Diagnostic) in try Decoder(component) },
      addedTokens: try Self.addedTokens(parts["added_tokens"], path: path),
      offsetTrims: try component("post_processor").map { component throws(Diagnostic) in
        try OffsetTrim.all(in: component)
      } ?? [])
  }

  /// What a file is that has no model, by its keys, and what to do with it.
  private static func help(on keys: Set<String>) -> String? {
    if !keys.isDisjoint(with: ["tokenizer_class", "do_lower_case", "model_max_length"]) {
      return "this is a tokenizer_config.json: the tokenizer.json lies beside it"
    }
    if keys.contains("model_type") { return "this is the config.json of a model: the tokenizer.json lies beside it" }
    if keys.count >= 256 { return "this looks like a vocab.json: name it so, with its merges.txt beside it" }
    return nil
  }

  private static func addedTokens(_ value: JSONValue?, path: String) throws(Diagnostic) -> [AddedToken] {
    guard let value, !value.isNull else { return [] }
    guard let list = value.array else {
      throw Diagnostic(
        "tokenizer.invalid", "'added_tokens' is not a list", at: SourceLocation(path: path), expected: "an array",
        found: value.kindName)
    }
    var tokens: [AddedToken] = []
    for (index, value) in list.enumerated() {
      let component = try Component(value, place: "added_tokens[\(index)]", path: path)
      let isSpecial = try component.flag("special", default: false)
      tokens.append(
        AddedToken(
          content: try component.bytes("content"),
          isSingleWord: try component.flag("single_word", default: false),
          stripsLeft: try component.flag("lstrip", default: false),
          stripsRight: try component.flag("rstrip", default: false),
          isNormalized: try component.flag("normalized", default: !isSpecial),
          isSpecial: isSpecial))
    }
    return tokens
  }
}
