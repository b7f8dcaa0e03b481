public import Blocks
internal import JSONText

extension PublishedVocabulary {
  /// A `vocab.json` and its `merges.txt`: byte-level BPE as GPT-2 and RoBERTa have it.
  ///
  /// A vocabulary with `<s>`, `</s>` and `<mask>` is RoBERTa's kind: these and `<pad>`, `<unk>` are special, `<s> A
  /// </s>` goes around a text, and `<mask>` takes the space before it. Any other is GPT-2's: `<|endoftext|>` is special
  /// if it is there. `add_prefix_space` is read from the `tokenizer_config.json` beside it, else false.
  public static func byteLevel(
    vocabulary: File, merges: File, config: File? = nil
  ) throws(Diagnostic) -> [UInt8] {
    guard let entries = try JSONValue(parsing: vocabulary.bytes, path: vocabulary.path).object else {
      throw invalid("is not a vocabulary", of: vocabulary, expected: "an object of tokens and ids")
    }
    var ids: [String: Int] = [:]
    for (token, value) in entries {
      guard let id = value.integer else {
        throw invalid(
          "is not a vocabulary: '\(token)' has no id", of: vocabulary, expected: "an object of tokens and ids",
          found: value.kindName)
      }
      ids[token] = id
    }
    var pairs: [JSONValue] = []
    for (index, line) in lines(of: merges).enumerated() where !line.isEmpty {
      if index == 0, line.starts(with: Array("#version".utf8)) { continue }
      let parts = try text(line, index + 1, of: merges).split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw invalid("has a line that is no merge", line: index + 1, of: merges, expected: "two tokens and a space")
      }
      pairs.append(.array(parts.map { .string(String($0)) }))
    }
    let settings = try config.map { config throws(Diagnostic) in
      try JSONValue(parsing: config.bytes, path: config.path)
    }
    let addsPrefixSpace = settings?["add_prefix_space"]?.bool ?? false
    func special(_ names: [String]) -> [JSONValue] {
      names.compactMap { name in ids[name].map { specialToken(name, id: $0, stripsLeft: name == "<mask>") } }
        .sorted { ($0["id"]?.integer ?? 0) < ($1["id"]?.integer ?? 0) }
    }
    var added = special(["<|endoftext|>"])
    var postProcessor = byteLevel(addsPrefixSpace: true, trimsOffsets: false)
    if let start = ids["<s>"], let end = ids["</s>"], ids["<mask>"] != nil {
      added = special(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
      postProcessor = [
        "type": "RobertaProcessing", "sep": ["</s>", .integer(end)], "cls": ["<s>", .integer(start)],
        "trim_offsets": true, "add_prefix_space": .bool(addsPrefixSpace),
      ]
    }
    return document(
      addedTokens: added, preTokenizer: byteLevel(addsPrefixSpace: addsPrefixSpace), postProcessor: postProcessor,
      decoder: byteLevel(addsPrefixSpace: true),
      model: bytePairModel(vocabulary: entries, merges: pairs, ignoresMerges: false))
  }
}
