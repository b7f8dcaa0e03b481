internal import Blocks
internal import JSONText

/// The older forms in which vocabularies are published, each turned into the bytes of the `tokenizer.json` that says
/// the same: so there is one reader, and a dataset always carries a `tokenizer.json`.
///
///     let json = try PublishedVocabulary.tiktoken(bytes, encoding: .cl100k)
///     let tokenizer = try Tokenizer(json: json)
///
/// The same input gives the same bytes. Everything throws `tokenizer.invalid` at the line that is wrong.
public enum PublishedVocabulary {
  /// A file in memory, and what it is called in messages.
  public struct File: Sendable {
    public var path: String
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8], path: String) {
      self.path = path
      self.bytes = bytes
    }
  }

  /// A `tokenizer.json` of parts; what is not given is null.
  static func document(
    addedTokens: [JSONValue], normalizer: JSONValue = .null, preTokenizer: JSONValue, postProcessor: JSONValue,
    decoder: JSONValue, model: JSONObject
  ) -> [UInt8] {
    JSONWriter.bytes(
      of: [
        "version": "1.0", "truncation": .null, "padding": .null, "added_tokens": .array(addedTokens),
        "normalizer": normalizer, "pre_tokenizer": preTokenizer, "post_processor": postProcessor, "decoder": decoder,
        "model": .object(model),
      ])
  }

  static func specialToken(_ content: String, id: Int, stripsLeft: Bool = false) -> JSONValue {
    [
      "id": .integer(id), "content": .string(content), "single_word": false, "lstrip": .bool(stripsLeft),
      "rstrip": false, "normalized": false, "special": true,
    ]
  }

  static func byteLevel(addsPrefixSpace: Bool, trimsOffsets: Bool = true, splits: Bool = true) -> JSONValue {
    [
      "type": "ByteLevel", "add_prefix_space": .bool(addsPrefixSpace), "trim_offsets": .bool(trimsOffsets),
      "use_regex": .bool(splits),
    ]
  }

  static func bytePairModel(vocabulary: JSONObject, merges: [JSONValue], ignoresMerges: Bool) -> JSONObject {
    [
      "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
      "end_of_word_suffix": .null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": .bool(ignoresMerges),
      "vocab": .object(vocabulary), "merges": .array(merges),
    ]
  }

  /// The lines of a file without their ends; an empty one behind the last newline is none.
  static func lines(of file: File) -> [ArraySlice<UInt8>] {
    var lines = file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { $0.last == 0x0D ? $0.dropLast() : $0 }
  }

  static func text(_ line: ArraySlice<UInt8>, _ number: Int, of file: File) throws(Diagnostic) -> String {
    guard let text = String(validating: line, as: UTF8.self) else {
      throw invalid(
        "is not UTF-8 text", line: number, of: file, help: "fetch the file again: it was damaged or changed")
    }
    return text
  }

  static func invalid(
    _ problem: String, line: Int? = nil, of file: File, expected: String? = nil, found: String? = nil,
    help: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      "tokenizer.invalid", "\(file.path) \(problem)", at: SourceLocation(path: file.path, line: line),
      expected: expected, found: found, help: help)
  }
}
