import Blocks
import Objectives
import Tokenization

/// The texts of a block's documents and the tokenizer, as objectives see them that cut texts between characters.
///
/// A class, so that one set of buffers serves all who ask; one worker owns it, for one block.
final class BlockText: DocumentText {
  private let bytes: [UInt8]
  private let ranges: [Range<Int>]
  private let tokenizer: Tokenizer
  private let specialInText: Tokenizer.SpecialInText
  private var scratch: Tokenizer.Scratch

  /// - Parameter records: for each document of the tokens, the documents of the block that it was made of.
  init(
    _ block: borrowing DocumentBlock, records: [Range<Int>], tokenizer: Tokenizer,
    _ specialInText: Tokenizer.SpecialInText
  ) {
    bytes = block.bytes
    var ranges: [Range<Int>] = []
    for record in records {
      ranges.append(
        block.documents[record.lowerBound].start..<block.documents[record.upperBound - 1].range.upperBound)
    }
    self.ranges = ranges
    self.tokenizer = tokenizer
    self.specialInText = specialInText
    scratch = tokenizer.makeScratch()
  }

  func scalarCount(ofDocument position: Int) -> Int {
    bytes[ranges[position]].reduce(0) { $0 + (Self.startsScalar($1) ? 1 : 0) }
  }

  func append(_ scalars: Range<Int>, ofDocument position: Int, to ids: inout [UInt32]) {
    let range = ranges[position]
    let start = offset(ofScalar: scalars.lowerBound, from: range.lowerBound, in: range)
    let end = offset(ofScalar: scalars.count, from: start, in: range)
    let bytes = bytes
    tokenizer.encode(
      bytes.span.extracting(start..<end), into: &ids, scratch: &scratch, specialInText: specialInText)
  }

  /// Where the scalar starts that lies so many behind the one at `start`.
  private func offset(ofScalar number: Int, from start: Int, in range: Range<Int>) -> Int {
    var (offset, left) = (start, number)
    while offset < range.upperBound {
      if Self.startsScalar(bytes[offset]) {
        if left == 0 { break }
        left -= 1
      }
      offset += 1
    }
    return offset
  }

  private static func startsScalar(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }
}
