public import Blocks

extension Windowing {
  /// Calls `body` with each window in order.
  ///
  /// A stream is one document (`document`), or all of them one after the other (`packed`); documents without a token
  /// take no part. Window k of a stream starts at token k · (length - overlap) and ends at the stream's end at the
  /// latest.
  ///
  ///     length 6, eod E    1 2 3 E 4 5 │ 6 7 8 E 9 E │ 10 11 12 13 E        packed; the last window is the tail
  ///
  /// Kinds that keep sentences end a window before the first sentence that does not fit, its document's `eod` counted.
  ///
  /// The origin of packed windows is the XXH64 of the ids of `documents` (8 bytes each, little-endian), so that draws
  /// depend on what is packed together and on nothing else.
  ///
  /// - Parameters:
  ///   - documents: positions in `block.documents` of those that take part (one split of the dataset), ascending.
  ///   - seed: what drawn windows are keyed by, with `epoch`; no other depends on them.
  ///   - text: the documents' texts, for windows that are cut after texts were.
  ///   - window: the buffer the windows are gathered in, lent to `body`.
  /// - Cost: O(tokens); no allocation once `window` has grown.
  public func forEachWindow(
    of block: borrowing TokenBlock, documents: [Int], seed: UInt64 = 0, epoch: UInt16 = 0,
    text: (any DocumentText)? = nil, gatheringInto window: inout TokenWindow,
    _ body: (TokenWindow) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Report {
    var report = Report()
    window.epoch = epoch
    window.segmentDocuments.removeAll(keepingCapacity: true)
    window.segmentSources.removeAll(keepingCapacity: true)
    window.segmentLayouts.removeAll(keepingCapacity: true)
    window.pairLabel = nil
    if let fim {
      // 16 is the number of fill-in-the-middle.
      let draws = ExampleDraws(seed: seed, objective: 16, epoch: UInt32(epoch), origin: 0, example: 0)
      return try cutLaidOut(fim, of: block, documents, drawing: draws, text: text, gatheringInto: &window, body)
    }
    if let pairing {
      try cutPairs(pairing, of: block, documents, seed: seed, gatheringInto: &window, report: &report, body)
      return report
    }
    if let negatives, negatives.kind != .given {
      try cutWithNegatives(
        negatives, of: block, documents, seed: seed, gatheringInto: &window, report: &report, body)
      return report
    }
    switch kind {
    case .records: try gatherRecords(of: block, documents, gatheringInto: &window, report: &report, body)
    case .document, .docSentences:
      for position in documents.indices {
        window.originID = block.documents[documents[position]].id
        try cut(block, documents[position...position], seed: seed, gatheringInto: &window, report: &report, body)
      }
    case .packed, .fullSentences:
      window.originID = Self.packedOrigin(of: block, documents: documents)
      try cut(block, documents[...], seed: seed, gatheringInto: &window, report: &report, body)
    case .bestFit:
      window.originID = Self.packedOrigin(of: block, documents: documents)
      try packBestFit(block, documents, gatheringInto: &window, report: &report, body)
    case .sentencePairs: preconditionFailure("pairs need a pairing")
    }
    return report
  }

  /// The origin of windows over several documents: XXH64 of their ids, little-endian.
  static func packedOrigin(of block: borrowing TokenBlock, documents: [Int]) -> UInt64 {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * documents.count)
    for document in documents {
      let id = block.documents[document].id
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: id >> UInt64(shift))) }
    }
    return Digest.xxh64(bytes)
  }

  /// Cuts one stream, each window by `self` or as the deal says.
  private func cut(
    _ block: borrowing TokenBlock, _ documents: ArraySlice<Int>, seed: UInt64,
    gatheringInto window: inout TokenWindow, report: inout Report, _ body: (TokenWindow) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var place = Place(documents: documents, of: block)
    // Tokens that the next window has in common with the one before.
    var shared = 0
    window.exampleIndex = 0
    while true {
      let way = deal.map { $0.windowings[$0.index(seed: seed, for: window)] } ?? self
      precondition(way.overlap < way.length, "windows must advance")
      let marks = way.endOfDocument == nil ? 0 : 1
      place.skip(0, in: block, marks: marks)
      let rest = place.rest(in: block, marks: marks)
      guard rest > shared else { return }
      let (count, isFull) = way.extent(from: place, rest: rest, of: block, marks: marks)
      if !isFull, count == rest, way.tail == .drop {
        report.droppedTails += 1
        report.droppedTokens += rest - shared
        return
      }
      way.gather(count, from: place, of: block, marks: marks, into: &window)
      report.windows += 1
      report.tokens += count
      try body(window)
      window.exampleIndex += 1
      place.skip(max(count - way.overlap, 1), in: block, marks: marks)
      shared = way.overlap
    }
  }

  /// How many tokens the window holds that starts at `place`, and whether no more would fit.
  private func extent(
    from start: Place, rest: Int, of block: borrowing TokenBlock, marks: Int
  ) -> (count: Int, isFull: Bool) {
    guard kind.keepsSentences || segmentRoom > 0 else { return (min(length, rest), rest >= length) }
    var place = start
    var count = 0
    var room = length
    while count < rest, room > segmentRoom {
      room -= segmentRoom
      let document = block.documents[place.documents[place.position]]
      let left = document.tokenCount + marks - place.offset
      if left > room {
        guard kind.keepsSentences else { return (count + room, true) }
        // The last sentence start that still lies inside ends the window; there may be none.
        let from = document.start + place.offset
        let behind = Self.firstSentence(behind: from + room, among: document.sentences, of: block)
        let fits = behind > document.sentences.lowerBound ? max(0, block.sentenceStarts[behind - 1] - from) : 0
        return (count + fits > 0 ? count + fits : room, true)
      }
      count += left
      room -= left
      place.skip(left, in: block, marks: marks)
    }
    return (count, room <= segmentRoom)
  }

  /// Copies `count` tokens from `place` on, with the cuts between documents and sentences.
  private func gather(
    _ count: Int, from place: Place, of block: borrowing TokenBlock, marks: Int, into window: inout TokenWindow
  ) {
    window.ids.removeAll(keepingCapacity: true)
    window.segmentStarts.removeAll(keepingCapacity: true)
    window.sentenceStarts.removeAll(keepingCapacity: true)
    window.segmentDocuments.removeAll(keepingCapacity: true)
    window.segmentSources.removeAll(keepingCapacity: true)
    window.documentID = block.documents[place.documents[place.position]].id
    window.sourceStart = place.offset
    var place = place
    while window.ids.count < count {
      let document = block.documents[place.documents[place.position]]
      let start = window.ids.count
      let wanted = count - start
      let tokens = min(wanted, document.tokenCount - place.offset)
      let from = document.start + place.offset
      if tokens > 0 { window.ids.append(contentsOf: block.ids[from..<from + tokens]) }
      if let endOfDocument, wanted > tokens { window.ids.append(endOfDocument) }
      window.segmentStarts.append(start)
      if namesDocuments {
        window.segmentDocuments.append(document.id)
        window.segmentSources.append(place.offset)
      }
      if needsSentences, !kind.keepsSentences {
        window.sentenceStarts.append(start)
        var sentence = Self.firstSentence(behind: from, among: document.sentences, of: block)
        while sentence < document.sentences.upperBound, block.sentenceStarts[sentence] < from + tokens {
          window.sentenceStarts.append(start + block.sentenceStarts[sentence] - from)
          sentence += 1
        }
      }
      place.skip(window.ids.count - start, in: block, marks: marks)
    }
  }

  /// The first sentence of a document that starts behind a position of the block's ids: a binary search, since a long
  /// document has many windows and many sentences.
  private static func firstSentence(
    behind position: Int, among sentences: Range<Int>, of block: borrowing TokenBlock
  ) -> Int {
    var (low, high) = (sentences.lowerBound, sentences.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      if block.sentenceStarts[middle] > position { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// A place in a stream: which document, and how many of its tokens (its `eod` counted) lie before.
  private struct Place {
    let documents: ArraySlice<Int>
    var position: Int
    var offset = 0
    /// Tokens of the documents from `position` on, and how many of these have any.
    private var tokens = 0
    private var filled = 0

    init(documents: ArraySlice<Int>, of block: borrowing TokenBlock) {
      self.documents = documents
      position = documents.startIndex
      for document in documents {
        let count = block.documents[document].tokenCount
        tokens += count
        filled += count == 0 ? 0 : 1
      }
    }

    /// Tokens from here to the stream's end, `eod`s counted.
    func rest(in block: borrowing TokenBlock, marks: Int) -> Int { tokens + marks * filled - offset }

    /// Goes `count` tokens on, and over documents that are used up or empty.
    mutating func skip(_ count: Int, in block: borrowing TokenBlock, marks: Int) {
      var rest = count
      while position < documents.endIndex {
        let tokens = block.documents[documents[position]].tokenCount
        let left = tokens == 0 ? 0 : tokens + marks - offset
        if rest < left {
          offset += rest
          return
        }
        rest -= left
        position += 1
        offset = 0
        self.tokens -= tokens
        filled -= tokens == 0 ? 0 : 1
      }
    }
  }
}
