internal import Blocks

extension Windowing {
  /// The windows of documents, kept while their negatives are looked for.
  fileprivate struct WindowList {
    var ids: [UInt32] = []
    /// Where each window starts in `ids`, and their end.
    var starts = [0]
    /// By window: which document of the split it comes from.
    var documents: [Int] = []
    var documentIDs: [UInt64] = []
    var sourceStarts: [Int] = []
    var exampleIndices: [UInt32] = []

    var count: Int { documents.count }

    func tokens(_ window: Int) -> ArraySlice<UInt32> { ids[starts[window]..<starts[window + 1]] }

    mutating func append(_ window: TokenWindow) {
      documents.append((documents.last ?? -1) + (window.exampleIndex == 0 ? 1 : 0))
      ids.append(contentsOf: window.ids)
      starts.append(ids.count)
      documentIDs.append(window.documentID)
      sourceStarts.append(window.sourceStart)
      exampleIndices.append(window.exampleIndex)
    }
  }

  /// Cuts documents into windows, and adds the negatives of each as further segments.
  ///
  /// A window that finds fewer than it should has one segment. Negatives of the same document are drawn from its other
  /// windows with purpose 6.
  func cutWithNegatives(
    _ negatives: HardNegatives, of block: borrowing TokenBlock, _ documents: [Int], seed: UInt64,
    gatheringInto window: inout TokenWindow, report: inout Report, _ body: (TokenWindow) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var plain = self
    plain.negatives = nil
    var list = WindowList()
    report = try plain.forEachWindow(
      of: block, documents: documents, epoch: window.epoch, gatheringInto: &window
    ) { list.append($0) }
    var index = negatives.kind == .bm25 ? BM25Index(ids: list.ids, starts: list.starts) : nil
    // The windows of one document stand together.
    var own = 0..<0
    for number in 0..<list.count {
      if !own.contains(number) {
        let document = list.documents[number]
        own = number..<(list.documents[number...].firstIndex { $0 != document } ?? list.count)
      }
      list.fill(&window, number)
      let found: [Int]
      if index != nil {
        found =
          index?.nearest(to: number, count: negatives.count) { other in
            list.documentIDs[other] != list.documentIDs[number] && list.tokens(other) != list.tokens(number)
          } ?? []
      } else {
        let draws = ExampleDraws(
          seed: seed, objective: negatives.drawNumber, epoch: UInt32(window.epoch), origin: window.originID,
          example: window.exampleIndex)
        found = Self.draw(negatives.count, of: own, otherThan: number, drawing: draws)
      }
      if found.count == negatives.count {
        for other in found { list.add(other, to: &window, longest: negatives.longest) }
      }
      try body(window)
    }
  }

  /// Some different windows of a document, in the order in which they were drawn.
  private static func draw(_ count: Int, of own: Range<Int>, otherThan number: Int, drawing draws: ExampleDraws)
    -> [Int]
  {
    guard own.count > count else { return [] }
    var others = own.filter { $0 != number }
    var pairings = draws.stream(.pairing)
    pairings.partialShuffle(&others, count: count)
    return Array(others.prefix(count))
  }

  /// Gathers each record: its first text, the second, and as many further ones as are asked for; each cut off at its
  /// end where it is longer than a window.
  func gatherRecords(
    of block: borrowing TokenBlock, _ documents: [Int], gatheringInto window: inout TokenWindow, report: inout Report,
    _ body: (TokenWindow) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    for position in documents where block.documents[position].tokenCount > 0 {
      let document = block.documents[position]
      let starts = document.sections.isEmpty ? [document.start] : Array(block.sectionStarts[document.sections])
      window.ids.removeAll(keepingCapacity: true)
      window.segmentStarts.removeAll(keepingCapacity: true)
      window.segmentDocuments.removeAll(keepingCapacity: true)
      window.segmentSources.removeAll(keepingCapacity: true)
      window.sentenceStarts.removeAll(keepingCapacity: true)
      window.documentID = document.id
      window.originID = document.id
      window.exampleIndex = 0
      window.sourceStart = 0
      for (section, start) in starts.prefix(2 + (negatives?.count ?? 0)).enumerated() {
        let end = section + 1 < starts.count ? starts[section + 1] : document.range.upperBound
        window.addSegment(
          block.ids[start..<min(end, start + length)], document: document.id, source: start - document.start)
      }
      report.windows += 1
      report.tokens += window.ids.count
      report.droppedTokens += document.tokenCount - window.ids.count
      try body(window)
    }
  }
}

extension Windowing.WindowList {
  /// Makes `window` one of the list, without negatives.
  fileprivate func fill(_ window: inout TokenWindow, _ number: Int) {
    window.ids.removeAll(keepingCapacity: true)
    window.segmentStarts.removeAll(keepingCapacity: true)
    window.segmentDocuments.removeAll(keepingCapacity: true)
    window.segmentSources.removeAll(keepingCapacity: true)
    window.sentenceStarts.removeAll(keepingCapacity: true)
    window.documentID = documentIDs[number]
    window.originID = documentIDs[number]
    window.exampleIndex = exampleIndices[number]
    window.sourceStart = sourceStarts[number]
    window.addSegment(tokens(number), document: documentIDs[number], source: sourceStarts[number])
  }

  fileprivate func add(_ other: Int, to window: inout TokenWindow, longest: Int) {
    window.addSegment(tokens(other).prefix(longest), document: documentIDs[other], source: sourceStarts[other])
  }
}

extension TokenWindow {
  /// Appends tokens of a document as a segment of their own.
  mutating func addSegment(_ tokens: ArraySlice<UInt32>, document: UInt64, source: Int) {
    segmentStarts.append(ids.count)
    segmentDocuments.append(document)
    segmentSources.append(source)
    ids.append(contentsOf: tokens)
  }

  /// The tokens of a segment.
  func segment(_ number: Int) -> ArraySlice<UInt32> {
    ids[segmentStarts[number]..<(number + 1 < segmentStarts.count ? segmentStarts[number + 1] : ids.count)]
  }
}
