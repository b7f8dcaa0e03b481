internal import JSONText

extension TrainedVocabulary {
  /// The file as Hugging Face's `tokenizers` writes it: the same parts in the same order, tokens by id, merges by rank.
  func tokenizerJSON(_ settings: TrainerSettings) -> [UInt8] {
    var writer = JSONWriter(indentation: 2)
    writer.beginObject()
    writer.member("version", "1.0")
    writer.member("truncation", .null)
    writer.member("padding", .null)
    writer.member("added_tokens", addedTokens(settings))
    switch settings.model {
    case .wordpiece:
      writer.member("normalizer", bertNormalizer(settings))
      writer.member("pre_tokenizer", ["type": "BertPreTokenizer"])
      writer.member("post_processor", bertTemplate(settings))
      writer.member(
        "decoder", ["type": "WordPiece", "prefix": .string(settings.continuingSubwordPrefix), "cleanup": true])
    case .bpe:
      writer.member("normalizer", .null)
      writer.member("pre_tokenizer", byteLevel(addPrefixSpace: settings.addPrefixSpace, trimOffsets: true))
      writer.member("post_processor", byteLevel(addPrefixSpace: true, trimOffsets: false))
      writer.member("decoder", byteLevel(addPrefixSpace: true, trimOffsets: true))
    }
    writer.key("model")
    writeModel(settings, to: &writer)
    writer.endObject()
    return writer.bytes
  }

  private func writeModel(_ settings: TrainerSettings, to writer: inout JSONWriter) {
    writer.beginObject()
    switch settings.model {
    case .wordpiece:
      writer.member("type", "WordPiece")
      writer.member("unk_token", .string(TrainerSettings.unknownToken))
      writer.member("continuing_subword_prefix", .string(settings.continuingSubwordPrefix))
      writer.member("max_input_chars_per_word", 100)
      writeVocabulary(to: &writer)
    case .bpe:
      writer.member("type", "BPE")
      for absent in ["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"] {
        writer.member(absent, .null)
      }
      for flag in ["fuse_unk", "byte_fallback", "ignore_merges"] { writer.member(flag, false) }
      writeVocabulary(to: &writer)
      writer.key("merges")
      writer.beginArray()
      for pair in merges { writer.write([.string(text(pair.left)), .string(text(pair.right))]) }
      writer.endArray()
    }
    writer.endObject()
  }

  private func writeVocabulary(to writer: inout JSONWriter) {
    writer.key("vocab")
    writer.beginObject()
    for id in tokens.indices { writer.member(text(UInt32(id)), .integer(id)) }
    writer.endObject()
  }

  private func text(_ id: UInt32) -> String { String(decoding: tokens[Int(id)], as: UTF8.self) }

  /// The special tokens have the first ids, in the given order.
  private func addedTokens(_ settings: TrainerSettings) -> JSONValue {
    .array(
      settings.distinctSpecialTokens.indices.map { id in
        [
          "id": .integer(id), "content": .string(text(UInt32(id))), "single_word": false, "lstrip": false,
          "rstrip": false, "normalized": false, "special": true,
        ]
      })
  }

  private func bertNormalizer(_ settings: TrainerSettings) -> JSONValue {
    [
      "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
      "strip_accents": settings.stripAccents.map { .bool($0) } ?? .null, "lowercase": .bool(settings.lowercase),
    ]
  }

  private func byteLevel(addPrefixSpace: Bool, trimOffsets: Bool) -> JSONValue {
    [
      "type": "ByteLevel", "add_prefix_space": .bool(addPrefixSpace), "trim_offsets": .bool(trimOffsets),
      "use_regex": true,
    ]
  }

  /// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`, or null without these two tokens.
  private func bertTemplate(_ settings: TrainerSettings) -> JSONValue {
    let special = settings.distinctSpecialTokens
    func id(_ name: String) -> Int? { special.firstIndex { $0.elementsEqual(name.utf8) } }
    guard let cls = id("[CLS]"), let sep = id("[SEP]") else { return .null }
    func token(_ name: JSONValue, type: Int) -> JSONValue {
      ["SpecialToken": ["id": name, "type_id": .integer(type)]]
    }
    func sequence(_ name: JSONValue, type: Int) -> JSONValue { ["Sequence": ["id": name, "type_id": .integer(type)]] }
    func declared(_ name: JSONValue, id: Int) -> JSONValue {
      ["id": name, "ids": [.integer(id)], "tokens": [name]]
    }
    let single: [JSONValue] = [token("[CLS]", type: 0), sequence("A", type: 0), token("[SEP]", type: 0)]
    return [
      "type": "TemplateProcessing", "single": .array(single),
      "pair": .array(single + [sequence("B", type: 1), token("[SEP]", type: 1)]),
      "special_tokens": ["[CLS]": declared("[CLS]", id: cls), "[SEP]": declared("[SEP]", id: sep)],
    ]
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    write(value)
  }
}
