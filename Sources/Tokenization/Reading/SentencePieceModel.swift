internal import Blocks

/// What a `tokenizer.model` of SentencePiece holds: pieces with scores, and how text is normalized.
struct SentencePieceModel {
  enum Algorithm: UInt64 {
    case unigram = 1
    case bytePairEncoding = 2
    case word = 3
    case character = 4
  }

  enum Kind: UInt64 {
    case normal = 1
    case unknown = 2
    case control = 3
    case userDefined = 4
    case unused = 5
    case byte = 6
  }

  struct Piece {
    var text: [UInt8] = []
    var score: Float = 0
    var kind = Kind.normal
  }

  /// By id.
  private(set) var pieces: [Piece] = []
  private(set) var algorithm = Algorithm.unigram
  private(set) var fallsBackToBytes = false
  private(set) var charsmap: [UInt8] = []
  private(set) var addsPrefix = true
  private(set) var removesExtraSpaces = true
  let path: String

  /// - Throws: `tokenizer.invalid`, `tokenizer.unsupported`.
  init(_ bytes: [UInt8], path: String) throws(Diagnostic) {
    self.path = path
    var fields = ProtobufFields(bytes[...], path: path)
    while let field = try fields.next() {
      switch (field.number, field.value.bytes) {
      case (1, let message?): pieces.append(try piece(message))
      case (2, let message?): try readTrainerSettings(message)
      case (3, let message?): try readNormalizer(message)
      default: break
      }
    }
    guard !pieces.isEmpty, pieces.count < Component.idLimit else {
      throw Diagnostic(
        "tokenizer.invalid", "\(path) has \(pieces.count) pieces", at: SourceLocation(path: path),
        expected: "a SentencePiece model with 1 to \(Component.idLimit - 1) pieces",
        help: "give the tokenizer.model as it was published")
    }
  }

  private func piece(_ message: ArraySlice<UInt8>) throws(Diagnostic) -> Piece {
    var piece = Piece()
    var fields = ProtobufFields(message, path: path)
    while let field = try fields.next() {
      switch field.number {
      case 1: piece.text = field.value.bytes.map { Array($0) } ?? []
      case 2: piece.score = field.value.float ?? 0
      case 3:
        guard let kind = field.value.integer.flatMap({ Kind(rawValue: $0) }), kind != .unused else {
          throw unsupported("an unused piece", known: ["normal", "unknown", "control", "user-defined and byte pieces"])
        }
        piece.kind = kind
      default: break
      }
    }
    guard piece.score.isFinite, String(validating: piece.text, as: UTF8.self) != nil else {
      throw Diagnostic(
        "tokenizer.invalid", "piece \(pieces.count) of \(path) is not as it should be",
        at: SourceLocation(path: path, byte: message.startIndex), expected: "UTF-8 with a finite score")
    }
    return piece
  }

  private mutating func readTrainerSettings(_ message: ArraySlice<UInt8>) throws(Diagnostic) {
    var fields = ProtobufFields(message, path: path)
    while let field = try fields.next() {
      switch field.number {
      case 3:
        guard let algorithm = field.value.integer.flatMap({ Algorithm(rawValue: $0) }),
          algorithm == .unigram || algorithm == .bytePairEncoding
        else { throw unsupported("a model by words or by characters", known: ["UNIGRAM", "BPE"]) }
        self.algorithm = algorithm
      case 24 where field.value.integer == 1:
        throw unsupported("'treat_whitespace_as_suffix'", known: ["false"])
      case 35: fallsBackToBytes = field.value.integer == 1
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ message: ArraySlice<UInt8>) throws(Diagnostic) {
    var fields = ProtobufFields(message, path: path)
    while let field = try fields.next() {
      switch field.number {
      case 2: charsmap = field.value.bytes.map { Array($0) } ?? []
      case 3: addsPrefix = field.value.integer != 0
      case 4: removesExtraSpaces = field.value.integer != 0
      case 5 where field.value.integer == 0: throw unsupported("spaces that stay spaces", known: ["▁ for a space"])
      default: break
      }
    }
  }

  private func unsupported(_ what: String, known: [String]) -> Diagnostic {
    Diagnostic(
      "tokenizer.unsupported", "\(path) asks for \(what), which is not supported", at: SourceLocation(path: path),
      expected: "one of " + known.joined(separator: ", "), found: what)
  }
}
