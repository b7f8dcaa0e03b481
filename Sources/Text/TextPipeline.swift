public import Blocks

/// Rewrites the texts of a block, step by step.
///
///     let pipeline = try TextPipeline(steps: ["nfc", "whitespace"])
///     try pipeline.apply(to: &block, scratch: &scratch)
///
/// - Cost: each step reads and writes every byte once; no allocation once the buffers have grown.
public struct TextPipeline: Sendable {
  /// The steps in the order of application.
  public let steps: [any TextStep]

  /// Every step a recipe may name.
  public static var steps: NamedList<any TextStep> {
    let all: [any TextStep] = [
      Normalization(.nfc), Normalization(.nfd), Normalization(.nfkc), Normalization(.nfkd), BERTClean(), Lowercase(),
      StripAccents(), CJKSpacing(), WhitespaceCollapse(), MarkupText(.html), MarkupText(.markdown),
      MarkupText(.wikitext),
    ]
    return NamedList(kind: "text step", all.map { ($0.name, $0) })
  }

  /// - Throws: `list.unknown-name` for a step that does not exist.
  public init(steps names: [String]) throws(Diagnostic) {
    var steps: [any TextStep] = []
    for name in names { steps.append(try Self.steps.member(named: name)) }
    self.steps = steps
  }

  /// A pipeline of given steps, for steps of one's own.
  public init(_ steps: [any TextStep]) {
    self.steps = steps
  }

  /// Applies all steps in place, then removes the documents that are empty.
  ///
  /// Documents keep their place in the source, get a new range and lose their id; a removed one is listed in
  /// `block.skipped` with the code `text.empty`. Sentences found earlier are forgotten.
  ///
  /// - Throws: `text.icu`, `text.too-long`, at the document; the block is then as some step left it.
  public func apply(to block: inout DocumentBlock, scratch: inout TextScratch) throws(Diagnostic) {
    if !steps.isEmpty { block.sentenceStarts.removeAll(keepingCapacity: true) }
    for step in steps { try Self.apply(step, to: &block, scratch: &scratch) }
    Self.removeEmptyDocuments(from: &block)
  }

  /// Rewrites the block's texts into the spare buffer, which then changes places with the block's.
  private static func apply(
    _ step: some TextStep, to block: inout DocumentBlock, scratch: inout TextScratch
  ) throws(Diagnostic) {
    var output: [UInt8] = []
    swap(&output, &scratch.spare)
    output.removeAll(keepingCapacity: true)
    output.reserveCapacity(block.bytes.count)
    defer { swap(&output, &scratch.spare) }

    for index in block.documents.indices {
      let document = block.documents[index]
      let start = output.count
      do throws(Diagnostic) {
        try step.append(block.bytes.span.extracting(document.range), to: &output, scratch: &scratch)
      } catch {
        throw error.with(location: block.location(of: document))
      }
      scratch.ranges.append(start..<output.count)
    }
    for (index, range) in scratch.ranges.enumerated() {
      block.documents[index].id = 0
      block.documents[index].start = range.lowerBound
      block.documents[index].byteCount = range.count
    }
    scratch.ranges.removeAll(keepingCapacity: true)
    swap(&output, &block.bytes)
  }

  /// Of a record, the first two texts must be there, and go together; another one that is empty goes by itself.
  private static func removeEmptyDocuments(from block: inout DocumentBlock) {
    guard block.documents.contains(where: { $0.byteCount == 0 }) else { return }
    let hasIDs = block.sourceIDs.count == block.documents.count
    var kept = 0
    var next = 0
    while next < block.documents.count {
      let record = block.record(at: next)
      next = record.upperBound
      if record.prefix(2).contains(where: { block.documents[$0].byteCount == 0 }) {
        block.skip(
          record.lowerBound, code: "text.empty",
          message: "the document has no text, or none that the text steps keep")
        continue
      }
      for index in record where block.documents[index].byteCount > 0 {
        block.documents[kept] = block.documents[index]
        if hasIDs { block.sourceIDs.swapAt(kept, index) }
        kept += 1
      }
    }
    block.documents.removeLast(block.documents.count - kept)
    if hasIDs { block.sourceIDs.removeLast(block.sourceIDs.count - kept) }
  }
}
