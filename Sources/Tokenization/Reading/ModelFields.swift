internal import Blocks
internal import JSONText

/// The `model` of a `tokenizer.json`, read without building a tree of its hundred thousand entries.
struct ModelFields {
  private var vocabulary: [(token: [UInt8], id: UInt32)]?
  private var merges: [(left: [UInt8], right: [UInt8])]?
  /// The vocabulary of a Unigram model: tokens and scores, by id.
  private var scores: [(token: [UInt8], score: Double)]?
  private let rest: Component
  private let path: String

  /// - Parameter json: what the scanner reads.
  init(_ scanner: inout JSONScanner, of json: [UInt8], path: String) throws(Diagnostic) {
    var fields = JSONObject()
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "vocab":
        if try scanner.nextKind() == .object {
          vocabulary = try Self.readVocabulary(&scanner)
        } else {
          scores = try Self.readScores(&scanner, of: json)
        }
      case "merges": merges = try Self.readMerges(&scanner)
      default: fields[key] = try scanner.readValue()
      }
    }
    rest = try Component(.object(fields), place: "model", path: path)
    self.path = path
  }

  /// Old files do not say which model they hold: then the fields tell.
  private func type() throws(Diagnostic) -> String {
    if rest.object["type"] != nil { return try rest.type() }
    if scores != nil { return "Unigram" }
    if merges != nil { return "BPE" }
    return rest.object["max_input_chars_per_word"] != nil ? "WordPiece" : "WordLevel"
  }

  func model() throws(Diagnostic) -> Model {
    let type = try type()
    switch type {
    case "WordPiece": return .wordPiece(try wordPiece())
    case "BPE": return .bytePairEncoding(try bytePairEncoding())
    case "Unigram": return .unigram(try unigram())
    case "WordLevel": return .wordLevel(try wordLevel())
    default: throw rest.unsupported("the model '\(type)'", known: Model.knownNames)
    }
  }

  private func wordPiece() throws(Diagnostic) -> WordPiece {
    let vocabulary = try entries()
    let unknown = try rest.optionalBytes("unk_token") ?? Array("[UNK]".utf8)
    guard let unknownID = vocabulary.id(of: unknown) else { throw missing(unknown, role: "the unknown token") }
    let limit = rest.object["max_input_chars_per_word"] ?? 100
    guard let maxCharacters = limit.integer, maxCharacters >= 0 else {
      throw rest.wrong("max_input_chars_per_word", expected: "a count")
    }
    return WordPiece(
      vocabulary: vocabulary, unknownID: unknownID,
      continuingPrefix: try rest.optionalBytes("continuing_subword_prefix") ?? Array("##".utf8),
      maxCharactersPerWord: maxCharacters)
  }

  private func bytePairEncoding() throws(Diagnostic) -> BytePairEncoding {
    if let dropout = rest.object["dropout"], !dropout.isNull, dropout.number != 0 {
      throw rest.unsupported("a dropout, which gives other ids each time", known: ["null", "0"])
    }
    let vocabulary = try entries()
    let prefix = try rest.optionalBytes("continuing_subword_prefix") ?? []
    var unknownID: UInt32?
    if let unknown = try rest.optionalBytes("unk_token") {
      unknownID = vocabulary.id(of: unknown)
      if unknownID == nil { throw missing(unknown, role: "the unknown token") }
    }
    var fallback: [UInt32?]?
    if try rest.flag("byte_fallback", default: false) {
      fallback = vocabulary.byteTokens()
    }
    return BytePairEncoding(
      vocabulary: vocabulary, merges: try mergeTable(vocabulary, prefix: prefix), unknownID: unknownID,
      continuingPrefix: prefix, endOfWordSuffix: try rest.optionalBytes("end_of_word_suffix") ?? [],
      fusesUnknown: try rest.flag("fuse_unk", default: false), byteFallback: fallback,
      ignoresMerges: try rest.flag("ignore_merges", default: false))
  }

  private func unigram() throws(Diagnostic) -> Unigram {
    guard let scores else { throw rest.wrong("vocab", expected: "an array of tokens and scores") }
    guard let unknownID = rest.object["unk_id"], !unknownID.isNull else {
      throw rest.unsupported("no unknown token ('unk_id'), so that some text has no ids", known: ["an id"])
    }
    for key in ["alpha", "nbest_size"] {
      guard let value = rest.object[key], !value.isNull else { continue }
      throw rest.unsupported("'\(key)', which gives other ids each time", known: ["null"])
    }
    let id = try rest.id(unknownID, "unk_id")
    guard id < scores.count else {
      throw rest.wrong("unk_id", expected: "an id below \(scores.count), the size of the vocabulary")
    }
    return Unigram(scores, unknownID: id, fallsBackToBytes: try rest.flag("byte_fallback", default: false))
  }

  private func wordLevel() throws(Diagnostic) -> WordLevel {
    let vocabulary = try entries()
    let unknown = try rest.optionalBytes("unk_token") ?? Array("<unk>".utf8)
    guard let unknownID = vocabulary.id(of: unknown) else { throw missing(unknown, role: "the unknown token") }
    return WordLevel(vocabulary: vocabulary, unknownID: unknownID)
  }

  private func mergeTable(_ vocabulary: Vocabulary, prefix: [UInt8]) throws(Diagnostic) -> MergeTable {
    guard let merges else { throw rest.wrong("merges", expected: "an array of merges") }
    var table: [(left: UInt32, right: UInt32, merged: UInt32)] = []
    table.reserveCapacity(merges.count)
    for merge in merges {
      guard let left = vocabulary.id(of: merge.left) else { throw missing(merge.left, role: "a part of a merge") }
      guard let right = vocabulary.id(of: merge.right), merge.right.count >= prefix.count else {
        throw missing(merge.right, role: "a part of a merge")
      }
      let text = merge.left + merge.right.dropFirst(prefix.count)
      guard let merged = vocabulary.id(of: text) else { throw missing(text, role: "the result of a merge") }
      table.append((left, right, merged))
    }
    return MergeTable(table)
  }

  private func entries() throws(Diagnostic) -> Vocabulary {
    guard let vocabulary else { throw rest.wrong("vocab", expected: "an object of tokens and ids") }
    return Vocabulary(vocabulary)
  }

  private func missing(_ token: [UInt8], role: String) -> Diagnostic {
    let text = String(decoding: token, as: UTF8.self)
    return Diagnostic(
      "tokenizer.invalid", "'\(text)', \(role), is not in the vocabulary", at: SourceLocation(path: path),
      expected: "an entry of 'model.vocab' for it",
      help: "the file was probably edited by hand: make or fetch it again")
  }

  private static func readVocabulary(
    _ scanner: inout JSONScanner
  ) throws(Diagnostic) -> [(token: [UInt8], id: UInt32)] {
    var entries: [(token: [UInt8], id: UInt32)] = []
    var token: [UInt8] = []
    try scanner.beginObject()
    while try scanner.nextKey(into: &token) {
      let expected = "an id from 0 to \(Component.idLimit - 1)"
      guard try scanner.nextKind() == .number else { throw scanner.wrongKind(expected: expected) }
      let start = scanner
      let id = try scanner.readInteger()
      guard id >= 0, id < Component.idLimit else { throw start.wrongKind(expected: expected) }
      entries.append((token, UInt32(id)))
    }
    return entries
  }

  /// Tokens and scores as `[["a", -1.5], …]`.
  private static func readScores(
    _ scanner: inout JSONScanner, of json: [UInt8]
  ) throws(Diagnostic) -> [(token: [UInt8], score: Double)] {
    let expected = "a token and its score"
    var entries: [(token: [UInt8], score: Double)] = []
    try scanner.beginArray()
    while try scanner.nextElement() {
      guard try scanner.nextKind() == .array else { throw scanner.wrongKind(expected: expected) }
      let start = scanner
      try scanner.beginArray()
      var token: [UInt8] = []
      guard try scanner.nextElement() else { throw start.wrongKind(expected: expected) }
      try scanner.readString(into: &token)
      guard try scanner.nextElement() else { throw start.wrongKind(expected: expected) }
      guard try scanner.nextKind() == .number else { throw scanner.wrongKind(expected: expected) }
      let digits = scanner.byteOffset
      _ = try scanner.readNumber()
      entries.append((token, ReferenceNumber(json[digits..<scanner.byteOffset]).value))
      guard try !scanner.nextElement(), entries.count <= Component.idLimit else {
        throw start.wrongKind(expected: expected)
      }
    }
    return entries
  }

  /// Merges as `"a b"`, as files had them until 0.20, or as `["a", "b"]`.
  private static func readMerges(
    _ scanner: inout JSONScanner
  ) throws(Diagnostic) -> [(left: [UInt8], right: [UInt8])] {
    let expected = #"a merge: "a b" or ["a", "b"]"#
    var merges: [(left: [UInt8], right: [UInt8])] = []
    try scanner.beginArray()
    while try scanner.nextElement() {
      let before = try scanner.nextKind()
      var parts: [[UInt8]] = []
      if before == .array {
        try scanner.beginArray()
        while try scanner.nextElement() {
          var part: [UInt8] = []
          try scanner.readString(into: &part)
          parts.append(part)
        }
      } else {
        var text: [UInt8] = []
        try scanner.readString(into: &text)
        parts = text.split(separator: 0x20, omittingEmptySubsequences: false).map { Array($0) }
      }
      guard parts.count == 2 else { throw scanner.wrongKind(expected: expected) }
      merges.append((parts[0], parts[1]))
    }
    return merges
  }
}
