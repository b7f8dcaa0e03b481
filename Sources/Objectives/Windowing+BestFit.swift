internal import Blocks

extension Windowing {
  /// Packs the documents of a block, and gathers a window of each row.
  func packBestFit(
    _ block: borrowing TokenBlock, _ documents: [Int], gatheringInto window: inout TokenWindow, report: inout Report,
    _ body: (TokenWindow) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let marks = endOfDocument == nil ? 0 : 1
    var lengths: [Int] = []
    lengths.reserveCapacity(documents.count)
    for document in documents {
      let count = block.documents[document].tokenCount
      lengths.append(count == 0 ? 0 : count + marks)
    }
    let packing = BestFitPacking(lengths: lengths, capacity: length, cost: segmentRoom)
    window.exampleIndex = 0
    window.sentenceStarts.removeAll(keepingCapacity: true)
    for row in 0..<packing.rowStarts.count - 1 {
      window.ids.removeAll(keepingCapacity: true)
      window.segmentStarts.removeAll(keepingCapacity: true)
      window.segmentDocuments.removeAll(keepingCapacity: true)
      window.segmentSources.removeAll(keepingCapacity: true)
      for index in packing.rowStarts[row]..<packing.rowStarts[row + 1] {
        let piece = packing.pieces[index]
        let document = block.documents[documents[piece.document]]
        let end = min(piece.offset + piece.count, document.tokenCount)
        window.segmentStarts.append(window.ids.count)
        window.segmentDocuments.append(document.id)
        window.segmentSources.append(piece.offset)
        window.ids.append(contentsOf: block.ids[(document.start + piece.offset)..<(document.start + end)])
        if let endOfDocument, end - piece.offset < piece.count { window.ids.append(endOfDocument) }
      }
      window.documentID = window.segmentDocuments[0]
      window.sourceStart = window.segmentSources[0]
      report.windows += 1
      report.tokens += window.ids.count
      try body(window)
      window.exampleIndex += 1
    }
  }
}
