public import Blocks
internal import JSONText

extension SentencePieceModel {
  /// The model as a `tokenizer.json`, which is what a dataset keeps.
  ///
  /// Control and unknown pieces become special tokens: in text they match, or are text under `SpecialInText.asText`, as
  /// for SentencePiece itself. User-defined pieces become added tokens. A BPE's merges are all the ways in which two
  /// pieces make a third, best score first, and among equals the longest left part first.
  func tokenizerJSON() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("version")
    writer.write("1.0")
    writer.key("added_tokens")
    writer.write(.array(addedTokens))
    writer.key("normalizer")
    writer.write(normalizer)
    writer.key("pre_tokenizer")
    writer.write(algorithm == .unigram && addsPrefix ? metaspace : .null)
    writer.key("post_processor")
    writer.write(.null)
    writer.key("decoder")
    writer.write(decoder)
    writer.key("model")
    switch algorithm {
    case .unigram: writeUnigram(to: &writer)
    default: writeBytePairEncoding(to: &writer)
    }
    writer.endObject()
    return writer.bytes
  }

  private var addedTokens: [JSONValue] {
    pieces.indices.compactMap { id in
      let piece = pieces[id]
      guard piece.kind == .unknown || piece.kind == .control || piece.kind == .userDefined else { return nil }
      return .object([
        "id": .integer(id), "content": .string(String(decoding: piece.text, as: UTF8.self)), "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": false, "special": .bool(piece.kind != .userDefined),
      ])
    }
  }

  private var normalizer: JSONValue {
    var members: [JSONValue] = []
    if !charsmap.isEmpty {
      let text = String(decoding: Base64.encode(charsmap), as: UTF8.self)
      members.append(["type": "Precompiled", "precompiled_charsmap": .string(text)])
    }
    if removesExtraSpaces {
      members.append(["type": "Strip", "strip_left": true, "strip_right": true])
      members.append(["type": "Replace", "pattern": ["Regex": " {2,}"], "content": " "])
    }
    if algorithm != .unigram || !addsPrefix {
      if addsPrefix { members.append(["type": "Prepend", "prepend": "▁"]) }
      members.append(["type": "Replace", "pattern": ["String": " "], "content": "▁"])
    }
    return members.isEmpty ? .null : ["type": "Sequence", "normalizers": .array(members)]
  }

  private var metaspace: JSONValue {
    ["type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true]
  }

  private var decoder: JSONValue {
    var members: [JSONValue] = [
      ["type": "Replace", "pattern": ["String": "▁"], "content": " "], ["type": "ByteFallback"], ["type": "Fuse"],
    ]
    if addsPrefix { members.append(["type": "Strip", "content": " ", "start": 1, "stop": 0]) }
    return ["type": "Sequence", "decoders": .array(members)]
  }

  private var unknownID: Int? { pieces.firstIndex { $0.kind == .unknown } }

  private func writeUnigram(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("type")
    writer.write("Unigram")
    writer.key("unk_id")
    writer.write(unknownID.map { .integer($0) } ?? .null)
    writer.key("vocab")
    writer.beginArray()
    for piece in pieces {
      writer.write(.array([.string(String(decoding: piece.text, as: UTF8.self)), .number(Double(piece.score))]))
    }
    writer.endArray()
    writer.key("byte_fallback")
    writer.write(.bool(fallsBackToBytes))
    writer.endObject()
  }

  private func writeBytePairEncoding(to writer: inout JSONWriter) {
    writer.beginObject()
    let unknown = unknownID.map { String(decoding: pieces[$0].text, as: UTF8.self) }
    let fields: [(String, JSONValue)] = [
      ("type", "BPE"), ("dropout", .null), ("unk_token", unknown.map { .string($0) } ?? .null),
      ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null), ("fuse_unk", true),
      ("byte_fallback", .bool(fallsBackToBytes)), ("ignore_merges", false),
    ]
    for (name, value) in fields {
      writer.key(name)
      writer.write(value)
    }
    writer.key("vocab")
    writer.beginObject()
    for (id, piece) in pieces.enumerated() {
      writer.key(String(decoding: piece.text, as: UTF8.self))
      writer.write(.integer(id))
    }
    writer.endObject()
    writer.key("merges")
    writer.beginArray()
    for merge in merges() {
      let text = pieces[merge.piece].text
      writer.write(
        .array([
          .string(String(decoding: text[..<merge.leftByteCount], as: UTF8.self)),
          .string(String(decoding: text[merge.leftByteCount...], as: UTF8.self)),
        ]))
    }
    writer.endArray()
    writer.endObject()
  }

  private struct Merge {
    var piece: Int
    var leftByteCount: Int
    var leftLength: Int
    var rightLength: Int
  }

  /// The ways in which two normal pieces make a third, in the order of their ranks.
  private func merges() -> [Merge] {
    let vocabulary = Vocabulary(
      pieces.indices.filter { pieces[$0].kind == .normal }.map { (pieces[$0].text, UInt32($0)) })
    var merges: [Merge] = []
    for (id, piece) in pieces.enumerated() where piece.kind == .normal {
      let starts = piece.text.indices.filter { piece.text[$0] & 0xC0 != 0x80 }
      for (length, start) in starts.enumerated().dropFirst()
      where vocabulary.id(of: Array(piece.text[..<start])) != nil
        && vocabulary.id(of: Array(piece.text[start...])) != nil
      {
        merges.append(
          Merge(piece: id, leftByteCount: start, leftLength: length, rightLength: starts.count - length))
      }
    }
    return merges.sorted { left, right in
      let scores = (pieces[left.piece].score, pieces[right.piece].score)
      if scores.0 != scores.1 { return scores.0 > scores.1 }
      return (-left.leftLength, -left.rightLength, left.piece) < (-right.leftLength, -right.rightLength, right.piece)
    }
  }
}

extension PublishedVocabulary {
  /// A `tokenizer.model` of SentencePiece, of the kinds BPE and Unigram.
  ///
  /// - Throws: `tokenizer.invalid` for what is no such file, `tokenizer.unsupported` for what it asks for in vain.
  public static func sentencePiece(_ model: File) throws(Diagnostic) -> [UInt8] {
    try SentencePieceModel(model.bytes, path: model.path).tokenizerJSON()
  }
}
