public import Blocks
internal import JSONText

extension PublishedVocabulary {
  /// A `vocab.txt`: WordPiece tokens, the line number less one is the id.
  ///
  /// Whether text becomes lower case is decided by `lowercases`; else by `do_lower_case` of the `tokenizer_config.json`
  /// beside it; else by the vocabulary: it is cased if any token but the bracketed ones (`[CLS]`) has an ASCII capital.
  ///
  /// The names of the special tokens, `strip_accents` and `tokenize_chinese_chars` are those of the config, or BERT's.
  public static func bert(
    _ vocabulary: File, config: File? = nil, lowercases: Bool? = nil
  ) throws(Diagnostic) -> [UInt8] {
    let settings = try config.map { config throws(Diagnostic) in try BERTSettings(config) } ?? BERTSettings()
    var entries: [(key: String, value: JSONValue)] = []
    var ids: [String: Int] = [:]
    var isCased = false
    for (index, line) in lines(of: vocabulary).enumerated() {
      let token = try text(line, index + 1, of: vocabulary)
      entries.append((token, .integer(index)))
      ids[token] = index
      let isBracketed = token.hasPrefix("[") && token.hasSuffix("]")
      if !isBracketed, line.contains(where: { (65...90).contains($0) }) { isCased = true }
    }
    guard let unknownID = ids[settings.unknown] else {
      throw invalid(
        "has no line '\(settings.unknown)'", of: vocabulary, expected: "a WordPiece vocabulary, a token a line",
        help: "another name for the unknown token is read from 'unk_token' of a tokenizer_config.json beside it")
    }
    let special = [settings.pad, settings.unknown, settings.cls, settings.sep, settings.mask]
    return document(
      addedTokens: special.compactMap { name in ids[name].map { specialToken(name, id: $0) } }
        .sorted { ($0["id"]?.integer ?? unknownID) < ($1["id"]?.integer ?? unknownID) },
      normalizer: [
        "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": .bool(settings.padsIdeographs),
        "strip_accents": settings.stripsAccents.map { .bool($0) } ?? .null,
        "lowercase": .bool(lowercases ?? settings.lowercases ?? !isCased),
      ],
      preTokenizer: ["type": "BertPreTokenizer"], postProcessor: template(settings, ids),
      decoder: ["type": "WordPiece", "prefix": "##", "cleanup": true],
      model: [
        "type": "WordPiece", "unk_token": .string(settings.unknown), "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": .object(JSONObject(entries)),
      ])
  }

  /// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`; null where there is no such token.
  private static func template(_ settings: BERTSettings, _ ids: [String: Int]) -> JSONValue {
    guard let cls = ids[settings.cls], let sep = ids[settings.sep] else { return .null }
    func special(_ name: String, _ type: Int) -> JSONValue {
      ["SpecialToken": ["id": .string(name), "type_id": .integer(type)]]
    }
    func sequence(_ name: String, _ type: Int) -> JSONValue {
      ["Sequence": ["id": .string(name), "type_id": .integer(type)]]
    }
    func entry(_ name: String, _ id: Int) -> JSONValue {
      ["id": .string(name), "ids": [.integer(id)], "tokens": [.string(name)]]
    }
    let single = [special(settings.cls, 0), sequence("A", 0), special(settings.sep, 0)]
    return [
      "type": "TemplateProcessing", "single": .array(single),
      "pair": .array(single + [sequence("B", 1), special(settings.sep, 1)]),
      "special_tokens": .object(
        JSONObject([(settings.cls, entry(settings.cls, cls)), (settings.sep, entry(settings.sep, sep))])),
    ]
  }
}

/// What a `tokenizer_config.json` says about a BERT vocabulary.
private struct BERTSettings {
  var lowercases: Bool?
  var stripsAccents: Bool?
  var padsIdeographs = true
  var pad = "[PAD]"
  var unknown = "[UNK]"
  var cls = "[CLS]"
  var sep = "[SEP]"
  var mask = "[MASK]"

  init() {}

  init(_ config: PublishedVocabulary.File) throws(Diagnostic) {
    let json = try JSONValue(parsing: config.bytes, path: config.path)
    // A token is a string, or an object that says more about it.
    func name(_ key: String, _ usual: String) -> String { json[key]?.string ?? json[key]?["content"]?.string ?? usual }
    lowercases = json["do_lower_case"]?.bool
    stripsAccents = json["strip_accents"]?.bool
    padsIdeographs = json["tokenize_chinese_chars"]?.bool ?? true
    pad = name("pad_token", pad)
    unknown = name("unk_token", unknown)
    cls = name("cls_token", cls)
    sep = name("sep_token", sep)
    mask = name("mask_token", mask)
  }
}
