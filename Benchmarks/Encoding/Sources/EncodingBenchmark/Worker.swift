import Blocks
import Tokenization

/// One thread's blocks, its scratch, and what its last pass gave.
final class Worker: @unchecked Sendable {
  private let tokenizer: Tokenizer
  private let text: [UInt8]
  /// Runs of documents, a block each.
  private var blocks: [[Range<Int>]] = []
  private var scratch: Tokenizer.Scratch
  private var block = DocumentBlock()
  private var tokens = TokenBlock()

  var usesReference = false
  private(set) var time = Time.zero
  private(set) var tokenCount = 0
  /// Σ id · (position + 1), with positions counted from this worker's first id.
  private(set) var checksum: UInt64 = 0
  private(set) var idSum: UInt64 = 0

  init(_ tokenizer: Tokenizer, _ text: [UInt8], _ documents: [Range<Int>]) {
    self.tokenizer = tokenizer
    self.text = text
    scratch = tokenizer.makeScratch()
    var byteCount = 0
    for document in documents {
      if blocks.isEmpty || byteCount >= EncodingBenchmark.blockByteCount {
        blocks.append([])
        byteCount = 0
      }
      blocks[blocks.count - 1].append(document)
      byteCount += document.count
    }
  }

  /// Encodes all blocks; only that is timed.
  func run(usingReference: Bool) {
    time = Time.zero
    tokenCount = 0
    checksum = 0
    idSum = 0
    for documents in blocks {
      fill(documents)
      let start = Stopwatch()
      if usingReference {
        tokenizer.encodeReference(block, into: &tokens, scratch: &scratch)
      } else {
        tokenizer.encode(block, into: &tokens, scratch: &scratch)
      }
      time = time + start.elapsed()
      for id in tokens.ids {
        tokenCount += 1
        checksum &+= UInt64(id) &* UInt64(tokenCount)
        idSum &+= UInt64(id)
      }
    }
  }

  private func fill(_ documents: [Range<Int>]) {
    block.removeAll()
    for document in documents {
      block.documents.append(
        Document(start: block.bytes.count, byteCount: document.count, sourceByte: document.lowerBound, sourceLine: 1))
      block.bytes.append(contentsOf: text[document])
    }
  }
}
