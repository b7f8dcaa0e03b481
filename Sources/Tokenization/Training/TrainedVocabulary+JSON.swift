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
    writer.member("normalizer", normalizer(settings))
    switch settings.model {
    case .wordpiece:
      writer.member("pre_tokenizer", ["type": "BertPreTokenizer"])
      writer.member("post_processor", template(settings, first: "[CLS]", last: "[SEP]"))
      writer.member(
        "decoder", ["type": "WordPiece", "prefix": .string(settings.continuingSubwordPrefix), "cleanup": true])
    case .bpe:
      writer.member("pre_tokenizer", byteLevel(addPrefixSpace: settings.addPrefixSpace, trimOffsets: true))
      writer.member("post_processor", byteLevel(addPrefixSpace: true, trimOffsets: false))
      writer.member("decoder", byteLevel(addPrefixSpace: true, trimOffsets: true))
    case .sentencePieceBPE:
      writer.member("pre_tokenizer", metaspace(settings))
      writer.member("post_processor", template(settings, first: "<s>", last: nil))
      writer.member("decoder", settings.byteFallback ? byteFallbackDecoder(settings) : metaspace(settings))
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
      writer.member("unk_token", optional(settings.unknownToken))
      writer.member("continuing_subword_prefix", .string(settings.continuingSubwordPrefix))
      writer.member("max_input_chars_per_word", .integer(settings.maxInputCharsPerWord))
      writeVocabulary(to: &writer)
    case .bpe, .sentencePieceBPE:
      writer.member("type", "BPE")
      writer.member("dropout", .null)
      writer.member("unk_token", optional(settings.unknownToken))
      writer.member("continuing_subword_prefix", optional(settings.continuingSubwordPrefix))
      writer.member("end_of_word_suffix", optional(settings.endOfWordSuffix))
      writer.member("fuse_unk", .bool(settings.fuseUnknown))
      writer.member("byte_fallback", .bool(settings.byteFallback))
      writer.member("ignore_merges", false)
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

  private func normalizer(_ settings: TrainerSettings) -> JSONValue {
    guard settings.model == .wordpiece else {
      return settings.normalization.map { ["type": .string($0.form.rawValue)] } ?? .null
    }
    return [
      "type": "BertNormalizer", "clean_text": .bool(settings.cleanText),
      "handle_chinese_chars": .bool(settings.handleChineseChars),
      "strip_accents": settings.stripAccents.map { .bool($0) } ?? .null, "lowercase": .bool(settings.lowercase),
    ]
  }

  private func byteLevel(addPrefixSpace: Bool, trimOffsets: Bool) -> JSONValue {
    [
      "type": "ByteLevel", "add_prefix_space": .bool(addPrefixSpace), "trim_offsets": .bool(trimOffsets),
      "use_regex": true,
    ]
  }

  private func metaspace(_ settings: TrainerSettings) -> JSONValue {
    [
      "type": "Metaspace", "replacement": "▁", "prepend_scheme": settings.addPrefixSpace ? "always" : "never",
      "split": true,
    ]
  }

  /// Byte tokens back to bytes, `▁` back to a space, and off with the space that was put before the text: Llama's.
  private func byteFallbackDecoder(_ settings: TrainerSettings) -> JSONValue {
    var decoders: [JSONValue] = [
      ["type": "Replace", "pattern": ["String": "▁"], "content": " "], ["type": "ByteFallback"], ["type": "Fuse"],
    ]
    if settings.addPrefixSpace { decoders.append(["type": "Strip", "content": " ", "start": 1, "stop": 0]) }
    return ["type": "Sequence", "decoders": .array(decoders)]
  }

  /// A text between its special tokens, and two such texts, the second of type 1 (Llama repeats the first token for it,
  /// BERT does not); null where a token is missing.
  private func template(_ settings: TrainerSettings, first: String, last: String?) -> JSONValue {
    let special = settings.distinctSpecialTokens
    func id(_ name: String) -> Int? { special.firstIndex { $0.elementsEqual(name.utf8) } }
    var declared: [(String, JSONValue)] = []
    for name in [first, last].compactMap({ $0 }) {
      guard let id = id(name) else { return .null }
      declared.append((name, ["id": .string(name), "ids": [.integer(id)], "tokens": [.string(name)]]))
    }
    func token(_ name: String, type: Int) -> JSONValue {
      ["SpecialToken": ["id": .string(name), "type_id": .integer(type)]]
    }
    func sequence(_ name: JSONValue, type: Int) -> JSONValue { ["Sequence": ["id": name, "type_id": .integer(type)]] }
    let end = { (type: Int) in last.map { [token($0, type: type)] } ?? [] }
    let single = [token(first, type: 0), sequence("A", type: 0)] + end(0)
    let second = (last == nil ? [token(first, type: 1)] : []) + [sequence("B", type: 1)] + end(1)
    return [
      "type": "TemplateProcessing", "single": .array(single), "pair": .array(single + second),
      "special_tokens": .object(JSONObject(declared)),
    ]
  }
}

/// Null for nil and for the empty text.
private func optional(_ text: String?) -> JSONValue {
  text.map { $0.isEmpty ? .null : .string($0) } ?? .null
}

extension TrainerSettings.Normalization {
  var form: NormalizationForm {
    switch self {
    case .nfc: .nfc
    case .nfd: .nfd
    case .nfkc: .nfkc
    case .nfkd: .nfkd
    }
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    write(value)
  }
}
