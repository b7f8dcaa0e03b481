internal import CKernels

/// What BERT's normalizer, pre-tokenizer and model make of each character by itself, remembered a page of 128 at a
/// time.
///
///     record, 32 bits   | content, 24 bits | length, 5 bits | action, 3 bits |
///
/// Almost every character is normalized and split as if it were alone. The exception are marks that stripping accents
/// leaves and that canonical order may move: a chunk that has one goes through the components.
@safe struct BertCharacters: ~Copyable {
  enum Action {
    /// Is part of a word; the content is its normalized bytes, or where they are in `text` if they are more than three.
    static let append: UInt32 = 0
    /// Vanishes.
    static let drop: UInt32 = 1
    /// Is a word of its own; the content is its id.
    static let isolate: UInt32 = 2
    /// Stands between words.
    static let separate: UInt32 = 3
    /// Is not to be looked at alone.
    static let depend: UInt32 = 4
  }

  /// Most bytes that a character may become.
  static let longestByteCount = 31

  private static let pageBits: UInt32 = 7
  private static let pageCount = 0x110000 >> 7
  private static let unknownPage = UInt16.max

  /// By page: which part of the records is its.
  private let index: UnsafeMutablePointer<UInt16>
  private var records: [UInt32] = []
  /// Normalized characters of more than three bytes.
  private(set) var text: [UInt8] = []

  init() {
    unsafe index = .allocate(capacity: Self.pageCount)
    unsafe index.initialize(repeating: Self.unknownPage, count: Self.pageCount)
  }

  deinit { unsafe index.deallocate() }

  /// The record of a code point.
  @inline(__always)
  mutating func record(of scalar: UInt32, _ normalizer: BertNormalizer, _ model: WordPieceMatcher) -> UInt32 {
    guard scalar <= 0x10FFFF else { return Action.depend }
    var page = unsafe index[Int(scalar >> Self.pageBits)]
    if page == Self.unknownPage { page = makePage(scalar >> Self.pageBits, normalizer, model) }
    return records[Int(UInt32(page) << Self.pageBits | scalar & 127)]
  }

  @inline(never)
  private mutating func makePage(_ page: UInt32, _ normalizer: BertNormalizer, _ model: WordPieceMatcher) -> UInt16 {
    let number = UInt16(truncatingIfNeeded: records.count >> Int(Self.pageBits))
    var normalized = AlignedText()
    var spare = AlignedText()
    for scalar in page << Self.pageBits..<(page + 1) << Self.pageBits {
      normalized.removeAll(aligned: false)
      normalized.append(scalar: scalar, sourceEnd: 0)
      normalizer.apply(to: &normalized, spare: &spare)
      let hasOrder = normalizer.effectivelyStripsAccents && Self.hasMark(normalized)
      records.append(hasOrder ? Action.depend : makeRecord(normalized.bytes, model))
    }
    unsafe index[Int(page)] = number
    return number
  }

  private static func hasMark(_ text: borrowing AlignedText) -> Bool {
    var hasMark = false
    text.forEachScalar { scalar, _ in if palimpsest_combining_class(scalar) != 0 { hasMark = true } }
    return hasMark
  }

  /// The record of what a character became.
  private mutating func makeRecord(_ normalized: [UInt8], _ model: WordPieceMatcher) -> UInt32 {
    if normalized.isEmpty { return Action.drop }
    var pieces = PieceList()
    var text = AlignedText()
    text.append(contentsOf: normalized, sourceEnd: 0)
    pieces.assign(text, 0..<text.count)
    PreTokenizer.bert.apply(to: &pieces)
    guard let range = pieces.ranges.first else { return Action.separate }
    let word = Array(pieces.text.bytes[range])
    // Of a piece with white space on one side only, or of several pieces, the neighbours decide.
    let isAlone = range.lowerBound > 0 && range.upperBound < normalized.count
    guard pieces.ranges.count == 1, isAlone || range.count == normalized.count else { return Action.depend }
    if isAlone || Self.isPunctuation(word) { return isolatedRecord(word, model) }
    return wordRecord(word)
  }

  private static func isPunctuation(_ word: [UInt8]) -> Bool {
    unsafe word.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return false }
      return unsafe ScalarFlags(of: decodeScalar(base, at: 0, end: buffer.count).scalar).contains(.punctuation)
    }
  }

  private func isolatedRecord(_ word: [UInt8], _ model: WordPieceMatcher) -> UInt32 {
    var ids = IDBuffer(capacity: word.count)
    unsafe word.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { unsafe model.tokenize(base, count: buffer.count, into: &ids) }
    }
    guard ids.count == 1 else { return Action.depend }
    return unsafe ids.base[0] << 8 | Action.isolate
  }

  private mutating func wordRecord(_ word: [UInt8]) -> UInt32 {
    guard word.count <= Self.longestByteCount, text.count < 1 << 24 else { return Action.depend }
    var content = UInt32(truncatingIfNeeded: text.count)
    if word.count > 3 {
      text.append(contentsOf: word)
    } else {
      content = 0
      for (index, byte) in word.enumerated() { content |= UInt32(byte) << UInt32(index * 8) }
    }
    return content << 8 | UInt32(word.count) << 3 | Action.append
  }
}
