internal import Blocks
internal import JSONText
internal import Tokenization

/// What single tokens look like in running text: their bytes, and where spaces stand.
///
/// A tokenizer decodes whole sequences; a view shows tokens apart, so it must know each one's share of the text.
struct TokenText: Sendable {
  /// How the vocabulary spells text, by the tokenizer's decoder.
  enum Spelling: Sendable, Equatable {
    /// Words stand apart; `##ing` continues one.
    case wordPiece(prefix: String)
    /// Letters for bytes: `Ġ` is a space, and a character may take several tokens.
    case byteLevel
    /// `ing</w>` ends a word.
    case wordEnd(String)
    /// Tokens are words.
    case words
  }

  /// A token's share of the text.
  struct Piece: Sendable, Equatable {
    /// UTF-8, perhaps a part of a character.
    var bytes: [UInt8]
    var hasSpaceBefore: Bool
    var hasSpaceAfter = false
  }

  private let tokenizer: Tokenizer
  private let spelling: Spelling
  private let special: Set<UInt32>

  /// - Throws: `json.…`, which a tokenizer that could be read does not give.
  init(tokenizer: Tokenizer, vocabulary: SpecialTokens) throws(Diagnostic) {
    self.tokenizer = tokenizer
    spelling = try Spelling(of: tokenizer)
    special = Set(vocabulary.special)
  }

  /// The token as it is written in the vocabulary.
  func name(of id: UInt32) -> String {
    (tokenizer.token(for: id) ?? "#\(id)").printable
  }

  func piece(for id: UInt32) -> Piece {
    guard let token = tokenizer.token(for: id) else { return Piece(bytes: Array("#\(id)".utf8), hasSpaceBefore: true) }
    if special.contains(id) { return Piece(bytes: Array(token.utf8), hasSpaceBefore: true) }
    switch spelling {
    case .words: return Piece(bytes: Array(token.utf8), hasSpaceBefore: true)
    case .wordPiece(let prefix):
      if token.hasPrefix(prefix), token.utf8.count > prefix.utf8.count {
        return Piece(bytes: Array(token.utf8.dropFirst(prefix.utf8.count)), hasSpaceBefore: false)
      }
      return Piece(bytes: Array(token.utf8), hasSpaceBefore: !Self.closingPunctuation.contains(token))
    case .byteLevel:
      let bytes = Self.bytes(ofLetters: token)
      guard bytes.first == 0x20 else { return Piece(bytes: bytes, hasSpaceBefore: false) }
      return Piece(bytes: Array(bytes.dropFirst()), hasSpaceBefore: true)
    case .wordEnd(let suffix):
      guard token.hasSuffix(suffix) else { return Piece(bytes: Array(token.utf8), hasSpaceBefore: false) }
      return Piece(bytes: Array(token.utf8.dropLast(suffix.utf8.count)), hasSpaceBefore: false, hasSpaceAfter: true)
    }
  }

  /// True where a token stands close to the one before it: both belong to one word, or to one character.
  func joinsPrevious(_ id: UInt32) -> Bool { !piece(for: id).hasSpaceBefore && !special.contains(id) }

  /// Some tokens as text, and whether a space stands before and behind it. Bytes that are no UTF-8 become U+FFFD.
  func text(of ids: some Sequence<UInt32>) -> (text: String, hasSpaceBefore: Bool, hasSpaceAfter: Bool) {
    var bytes: [UInt8] = []
    var hasSpaceBefore: Bool?
    var hasSpaceAfter = false
    for id in ids {
      let piece = piece(for: id)
      if hasSpaceBefore == nil {
        hasSpaceBefore = piece.hasSpaceBefore
      } else if piece.hasSpaceBefore || hasSpaceAfter {
        bytes.append(0x20)
      }
      hasSpaceAfter = piece.hasSpaceAfter
      bytes.append(contentsOf: piece.bytes)
    }
    return (String(decoding: bytes, as: UTF8.self).printable, hasSpaceBefore ?? false, hasSpaceAfter)
  }

  private static let closingPunctuation: Set<String> = [".", ",", "?", "!", ";", ":", ")"]

  /// The bytes that byte-level letters stand for; a character that is no such letter stands for itself.
  private static func bytes(ofLetters token: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in token.unicodeScalars {
      switch scalar.value {
      case 33...126, 161...172, 174...255: bytes.append(UInt8(scalar.value))
      case 0x100...0x120: bytes.append(UInt8(scalar.value - 0x100))
      case 0x121...0x142: bytes.append(UInt8(scalar.value - 0x121 + 127))
      case 0x143: bytes.append(173)
      default: bytes.append(contentsOf: String(scalar).utf8)
      }
    }
    return bytes
  }
}

extension TokenText.Spelling {
  /// How a tokenizer spells, by its `decoder`; one that it does not have, or that says nothing about spaces, means
  /// words.
  init(of tokenizer: Tokenizer) throws(Diagnostic) {
    var scanner = JSONScanner(tokenizer.json, path: "tokenizer.json")
    var decoder = JSONValue.null
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if key == "decoder" { decoder = try scanner.readValue() } else { try scanner.skipValue() }
    }
    self = .words
    for part in decoder["decoders"]?.array ?? [decoder] {
      switch part["type"]?.string {
      case "WordPiece": self = .wordPiece(prefix: part["prefix"]?.string ?? "##")
      case "ByteLevel": self = .byteLevel
      case "BPEDecoder": self = .wordEnd(part["suffix"]?.string ?? "</w>")
      default: continue
      }
      return
    }
  }
}
