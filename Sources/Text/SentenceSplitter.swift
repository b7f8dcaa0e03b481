public import Blocks
internal import CICU

/// Finds where sentences start.
///
/// The rules are those of the Unicode Standard for no language in particular: a sentence ends behind `.`, `?`, `!` and
/// their like when what follows looks like a new one, and at every line end. Blanks belong to the sentence before them.
///
/// - Source: UAX #29, Sentence Boundaries, through ICU's root locale.
/// - Cost: O(n) per document; no allocation once the buffers have grown.
public struct SentenceSplitter: Sendable {
  public init() {}

  /// Fills `block.sentenceStarts`: byte offsets in the block, ascending, each document's start among them; an empty
  /// document has no sentence.
  ///
  /// - Throws: `text.icu`, `text.too-long`, at the document.
  public func findSentences(in block: inout DocumentBlock, scratch: inout TextScratch) throws(Diagnostic) {
    var starts: [Int] = []
    swap(&starts, &block.sentenceStarts)
    starts.removeAll(keepingCapacity: true)
    defer { swap(&starts, &block.sentenceStarts) }
    for index in block.documents.indices {
      let document = block.documents[index]
      guard document.byteCount > 0 else { continue }
      do throws(Diagnostic) {
        try Self.appendStarts(
          block.bytes.span.extracting(document.range), from: document.start, to: &starts, scratch: &scratch)
      } catch {
        throw error.with(location: block.location(of: document))
      }
    }
  }

  private static func appendStarts(
    _ text: Span<UInt8>, from start: Int, to starts: inout [Int], scratch: inout TextScratch
  ) throws(Diagnostic) {
    try checkICULength(text.count)
    try unsafe text.withUnsafeBufferPointer { bytes throws(Diagnostic) in
      let sentences = try unsafe scratch.openedSentences(of: bytes)
      var boundary = 0
      while boundary >= 0, boundary < text.count {
        starts.append(start + boundary)
        boundary = unsafe Int(icu_next_sentence(sentences))
      }
    }
  }
}
