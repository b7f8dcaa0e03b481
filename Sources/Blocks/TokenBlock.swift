/// The ids of a block's documents in ONE buffer.
///
///     ids             | 7592 2088 1012 | 2178 2028 1012 1012 | …
///     documents         ^start tokenCount
///     sentenceStarts  0              3          …             (token positions in `ids`, when asked)
public struct TokenBlock: ~Copyable {
  /// One document's place in the ids.
  public struct Document: Sendable, Equatable {
    /// XXH64 of the text that was tokenized.
    public var id: UInt64
    /// First id in the block's buffer.
    public var start: Int
    /// Number of ids; no special id among them.
    public var tokenCount: Int
    /// Which of `sentenceStarts` belong to this document; empty when sentences were not asked for.
    public var sentences: Range<Int>
    /// Which of `sectionStarts` belong to this document; empty for a document that is one text.
    public var sections: Range<Int>

    public init(
      id: UInt64, start: Int, tokenCount: Int, sentences: Range<Int> = 0..<0, sections: Range<Int> = 0..<0
    ) {
      self.id = id
      self.start = start
      self.tokenCount = tokenCount
      self.sentences = sentences
      self.sections = sections
    }

    public var range: Range<Int> { start..<start + tokenCount }
  }

  public var ids: [UInt32] = []
  public var documents: [Document] = []
  /// Positions in `ids` at which sentences start: strictly ascending within a document, its start included.
  public var sentenceStarts: [Int] = []
  /// Positions in `ids` at which the texts of records start, the first of each included.
  public var sectionStarts: [Int] = []

  public init() {}

  /// Empties the block and keeps its buffers.
  public mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    documents.removeAll(keepingCapacity: true)
    sentenceStarts.removeAll(keepingCapacity: true)
    sectionStarts.removeAll(keepingCapacity: true)
  }
}
