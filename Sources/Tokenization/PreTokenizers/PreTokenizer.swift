/// The `pre_tokenizer` of a `tokenizer.json`: where normalized text is cut before the model sees it.
///
/// The world is closed: what is not here is refused by name when the file is read.
indirect enum PreTokenizer: Sendable {
  case bert
  case whitespace
  case whitespaceSplit
  case punctuation(SplitBehavior)
  case digits(individually: Bool)
  case byteLevel(ByteLevel)
  case split(Split)
  case characterDelimiter(UInt32)
  case metaspace(Metaspace)
  case unicodeScripts
  case fixedLength(Int)
  case sequence([PreTokenizer])

  static let knownNames = [
    "BertPreTokenizer", "Whitespace", "WhitespaceSplit", "Punctuation", "Digits", "ByteLevel", "Split",
    "CharDelimiterSplit", "Metaspace", "UnicodeScripts", "FixedLength", "Sequence",
  ]

  /// Whether a component asks for the piece that the text begins with.
  var marksFirstPiece: Bool {
    switch self {
    case .metaspace(let metaspace): metaspace.prepends == .first
    case .sequence(let members): members.contains(where: \.marksFirstPiece)
    default: false
    }
  }

  /// Cuts the pieces further; what is empty afterwards is gone.
  func apply(to pieces: inout PieceList) {
    switch self {
    case .bert:
      pieces.split(.removed) { $0.contains(.whiteSpace) }
      pieces.split(.isolated) { $0.contains(.punctuation) }
    case .whitespace:
      Split(pattern: .wordOrSymbols, behavior: .removed, inverts: true).apply(to: &pieces)
    case .whitespaceSplit: pieces.split(.removed) { $0.contains(.whiteSpace) }
    case .punctuation(let behavior): pieces.split(behavior) { $0.contains(.punctuation) }
    case .digits(let individually): pieces.split(individually ? .isolated : .contiguous) { $0.contains(.numeric) }
    case .byteLevel(let byteLevel): byteLevel.apply(to: &pieces)
    case .split(let split): split.apply(to: &pieces)
    case .characterDelimiter(let delimiter): pieces.splitScalars(.removed) { $0 == delimiter }
    case .metaspace(let metaspace): metaspace.apply(to: &pieces)
    case .unicodeScripts: UnicodeScripts.apply(to: &pieces)
    case .fixedLength(let length): FixedLength.apply(length, to: &pieces)
    case .sequence(let members): for member in members { member.apply(to: &pieces) }
    }
  }
}
