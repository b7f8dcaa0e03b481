public import Blocks
internal import JSONText

extension PublishedVocabulary {
  /// A `.tiktoken` file: a line a token, its bytes in base64 and its rank, which is its id.
  ///
  /// The merges are recovered: each token is merged from the two parts that the merges of lower rank leave of its
  /// bytes. A token that they cannot bring down to two parts has no merge; it is only found as a whole piece, as in
  /// tiktoken.
  public static func tiktoken(_ ranks: File, encoding: TiktokenEncoding) throws(Diagnostic) -> [UInt8] {
    let tokens = try rankedTokens(ranks)
    let vocabulary = Vocabulary(tokens)
    var entries: [(key: String, value: JSONValue)] = tokens.map { token in
      (spelled(token.token[...]), .integer(Int(token.id)))
    }
    for (content, id) in encoding.specialTokens {
      if let token = vocabulary.token(for: UInt32(id)) {
        throw invalid(
          "has a token of the id \(id), which is \(content) in \(encoding.rawValue)", of: ranks,
          found: String(decoding: token, as: UTF8.self),
          help: "name the encoding that the file belongs to: one of "
            + TiktokenEncoding.allCases.map(\.rawValue).joined(separator: ", "))
      }
      entries.append((content, .integer(id)))
    }
    var merges: [JSONValue] = []
    var scratch: [Int] = []
    for (token, rank) in tokens where token.count > 1 {
      guard let cut = MergeRecovery.cut(of: token, rank: rank, vocabulary, scratch: &scratch) else { continue }
      merges.append([.string(spelled(token[..<cut])), .string(spelled(token[cut...]))])
    }
    let bytes = byteLevel(addsPrefixSpace: false, splits: encoding.expression == nil)
    let split = encoding.expression.map { expression -> JSONValue in
      [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "pattern": ["Regex": .string(expression)], "behavior": "Isolated", "invert": false,
          ], bytes,
        ],
      ]
    }
    return document(
      addedTokens: encoding.specialTokens.map { specialToken($0.content, id: $0.id) },
      normalizer: encoding.isComposed ? ["type": "NFC"] : .null, preTokenizer: split ?? bytes, postProcessor: .null,
      decoder: byteLevel(addsPrefixSpace: true),
      model: bytePairModel(vocabulary: JSONObject(entries), merges: merges, ignoresMerges: true))
  }

  /// By rank, each token and each rank once.
  private static func rankedTokens(_ file: File) throws(Diagnostic) -> [(token: [UInt8], id: UInt32)] {
    let expected = "bytes in base64, a space, and a rank"
    var tokens: [(token: [UInt8], id: UInt32)] = []
    var known: Set<[UInt8]> = []
    for (index, line) in lines(of: file).enumerated() where !line.isEmpty {
      let parts = line.split(separator: 0x20)
      guard parts.count == 2, let token = Base64.decode(Array(parts[0])), !token.isEmpty,
        let rank = UInt32(String(decoding: parts[1], as: UTF8.self)), rank < Component.idLimit
      else {
        throw invalid(
          "has a line that is no token", line: index + 1, of: file, expected: expected,
          found: "'\(String(decoding: line.prefix(60), as: UTF8.self))'")
      }
      guard known.insert(token).inserted else {
        throw invalid("has the same token twice", line: index + 1, of: file)
      }
      tokens.append((token, rank))
    }
    guard !tokens.isEmpty else { throw invalid("has no token", of: file, expected: expected) }
    tokens.sort { $0.id < $1.id }
    for (token, next) in zip(tokens, tokens.dropFirst()) where token.id == next.id {
      throw invalid("has the rank \(token.id) twice", of: file, help: "fetch the file again")
    }
    return tokens
  }

  private static func spelled(_ bytes: ArraySlice<UInt8>) -> String {
    var letters = String.UnicodeScalarView()
    for byte in bytes {
      if let letter = Unicode.Scalar(ByteLevelAlphabet.letters[Int(byte)]) { letters.append(letter) }
    }
    return String(letters)
  }
}
