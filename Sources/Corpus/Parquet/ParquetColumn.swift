import Blocks
import Files

/// The values of one column of one row group, with the levels that say which row each belongs to.
struct ParquetColumn {
  /// What stands at one place of the column: a value, or the lack of one.
  struct Slot {
    /// 0 begins a new row.
    var repetition: Int
    /// Less than the column's highest: null, or an empty list.
    var definition: Int
    var value: ParquetValue?
  }

  private let leaf: ParquetSchema.Leaf
  private var pages: ParquetPages
  private let location: SourceLocation
  /// Slots that are still to come in the column, and in this page.
  private var remaining: Int
  private var remainingInPage = 0
  private var repetitions: HybridDecoder?
  private var definitions: HybridDecoder?
  private var values: ParquetValues?
  /// The level of the next slot, where it was looked at.
  private var nextRepetition: Int?

  init(
    _ chunk: ParquetFooter.Chunk, _ leaf: ParquetSchema.Leaf, group: Int, of content: ContentBytes,
    _ unpacker: BlockUnpacker, largestPage: Int
  ) throws(Diagnostic) {
    self.leaf = leaf
    pages = try ParquetPages(chunk, leaf, group: group, of: content, unpacker, largestPage: largestPage)
    location = SourceLocation(path: content.path, group: group)
    remaining = chunk.valueCount
  }

  /// Whether the next slot begins another row, or there is none.
  mutating func isAtRow() throws(Diagnostic) -> Bool {
    guard leaf.maximumRepetition > 0, remaining > 0 else { return true }
    return try peekRepetition() == 0
  }

  /// The next slot.
  ///
  /// - Throws: `corpus.damaged-parquet` when the column has none, among much else.
  mutating func next() throws(Diagnostic) -> Slot {
    guard remaining > 0 else { throw damaged("fewer values than rows") }
    let repetition = try peekRepetition()
    nextRepetition = nil
    remaining -= 1
    remainingInPage -= 1
    var definition = leaf.maximumDefinition
    if leaf.maximumDefinition > 0 {
      guard let level = definitions?.next(), level <= leaf.maximumDefinition else {
        throw damaged("levels that are too few or too high")
      }
      definition = Int(level)
    }
    guard definition == leaf.maximumDefinition else {
      return Slot(repetition: repetition, definition: definition, value: nil)
    }
    guard let value = values?.next() else { throw damaged("a value that its page does not hold") }
    return Slot(repetition: repetition, definition: definition, value: value)
  }

  private mutating func peekRepetition() throws(Diagnostic) -> Int {
    if let nextRepetition { return nextRepetition }
    while remainingInPage == 0 { try enterPage() }
    guard leaf.maximumRepetition > 0 else { return 0 }
    guard let level = repetitions?.next(), level <= leaf.maximumRepetition else {
      throw damaged("levels that are too few or too high")
    }
    nextRepetition = Int(level)
    return Int(level)
  }

  private mutating func enterPage() throws(Diagnostic) {
    let page = try pages.next()
    guard page.valueCount >= 0, page.valueCount <= remaining else {
      throw damaged("a page of \(page.valueCount) values where \(remaining) are left")
    }
    guard let encoding = ParquetValues.Encoding(page.encoding, for: leaf) else {
      throw Diagnostic(
        "corpus.unsupported-parquet",
        "'\(location.path)' has \(leaf.type.name) in an encoding that is not read", at: location,
        found: ParquetValues.Encoding.name(page.encoding), help: "write the file with plain or dictionary encoding")
    }
    repetitions = HybridDecoder(page.bytes, page.repetition, bitWidth: bitWidth(of: leaf.maximumRepetition))
    definitions = HybridDecoder(page.bytes, page.definition, bitWidth: bitWidth(of: leaf.maximumDefinition))
    remainingInPage = page.valueCount
    // Whether the values can be read matters once one is wanted: a page of nothing but nulls has none.
    values = ParquetValues(encoding, page.bytes, from: page.valuesStart, leaf, pages.dictionary)
  }

  private func bitWidth(of level: Int) -> Int { Int.bitWidth - level.leadingZeroBitCount }

  private func damaged(_ found: String) -> Diagnostic {
    ParquetReader.damaged(
      location, expected: "whole values of the column '\(leaf.path.joined(separator: "."))'", found: found)
  }
}
