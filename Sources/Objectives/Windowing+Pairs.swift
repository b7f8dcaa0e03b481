internal import Blocks

extension Windowing {
  /// Where a text lies in the block's ids.
  private struct Text {
    var start: Int
    var end: Int
    /// Position of its document in the block.
    let document: Int

    var count: Int { end - start }
  }

  /// Cuts the pairs of one epoch, document by document.
  ///
  ///     sentences           s0 s1 s2 s3 …      gathered until they hold `target` tokens, or the document ends
  ///     a_end               s0 │ s1 s2         A, and B if the next sentence is the true one
  ///     another document    s0 │ t4 t5         else B; s1 and s2 are used again
  ///
  /// The draws of a document are those of its examples: of the first, the target length (purpose 7); of each, where A
  /// ends (8), whether B is out of place and where it comes from (6), and from which end a text that is too long loses
  /// each token (12).
  func cutPairs(
    _ pairing: SentencePairing, of block: borrowing TokenBlock, _ documents: [Int], seed: UInt64,
    gatheringInto window: inout TokenWindow, report: inout Report, _ body: (TokenWindow) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let texts = documents.filter { block.documents[$0].tokenCount > 0 }
    for own in texts.indices {
      let document = texts[own]
      window.originID = block.documents[document].id
      window.exampleIndex = 0
      func draws() -> ExampleDraws {
        ExampleDraws(
          seed: seed, objective: pairing.drawNumber, epoch: UInt32(window.epoch), origin: window.originID,
          example: window.exampleIndex)
      }
      let target = target(pairing, drawing: draws())
      let sentenceCount = Self.sentenceCount(document, of: block)
      var (first, next) = (0, 0)
      while next < sentenceCount {
        next += 1
        let chunk = Self.sentences(first..<next, document, of: block)
        guard next == sentenceCount || chunk.count >= target else { continue }
        let draws = draws()
        let pair: (first: Text, second: Text, label: UInt8)?
        switch pairing.kind {
        case .nextSentence:
          let end = first + Self.firstSentences(of: next - first, drawing: draws)
          let a = Self.sentences(first..<end, document, of: block)
          var pairings = draws.stream(.pairing)
          if next - first == 1 || pairings.bernoulli(Threshold(0.5)) {
            let b = Self.otherText(target - a.count, than: own, of: texts, block, drawing: &pairings)
            pair = (a, b, 1)
            next = end
          } else {
            pair = (a, Self.sentences(end..<next, document, of: block), 0)
          }
        case .sentenceOrder:
          pair = Self.orderedPair(chunk, sentences: first..<next, of: block, drawing: draws)
        }
        first = next
        if let pair {
          report.droppedTokens += gather(pair, of: block, drawing: draws, into: &window)
        } else {
          gatherSingle(chunk, of: block, into: &window)
        }
        report.windows += 1
        report.tokens += window.ids.count
        try body(window)
        window.exampleIndex += 1
      }
    }
  }

  /// How many tokens the pairs of a document aim at: usually all that fit.
  private func target(_ pairing: SentencePairing, drawing draws: ExampleDraws) -> Int {
    var modes = draws.stream(.mode)
    return modes.bernoulli(Threshold(pairing.shortShare)) ? 2 + modes.bounded(length - 1) : length
  }

  /// How many of a chunk's sentences the first text gets: all but one at most, or the only one.
  private static func firstSentences(of count: Int, drawing draws: ExampleDraws) -> Int {
    guard count >= 2 else { return 1 }
    var splits = draws.stream(.split)
    return 1 + splits.bounded(count - 1)
  }

  /// Sentences of another document, from a random one on, until they hold `wanted` tokens: one at least.
  ///
  /// Ten tries to find another document, as BERT's; the last one stands.
  private static func otherText(
    _ wanted: Int, than own: Int, of texts: [Int], _ block: borrowing TokenBlock, drawing pairings: inout RandomStream
  ) -> Text {
    var other = own
    for _ in 0..<10 where other == own { other = pairings.bounded(texts.count) }
    let count = sentenceCount(texts[other], of: block)
    let start = pairings.bounded(count)
    var end = start + 1
    while end < count, sentences(start..<end, texts[other], of: block).count < wanted { end += 1 }
    return sentences(start..<end, texts[other], of: block)
  }

  /// Two parts of a chunk, their order turned round half the time; a single sentence is cut at a token, and one token
  /// gives no pair.
  private static func orderedPair(
    _ chunk: Text, sentences range: Range<Int>, of block: borrowing TokenBlock, drawing draws: ExampleDraws
  ) -> (first: Text, second: Text, label: UInt8)? {
    guard chunk.count >= 2 else { return nil }
    var (a, b) = (chunk, chunk)
    if range.count >= 2 {
      let end = range.lowerBound + firstSentences(of: range.count, drawing: draws)
      a.end = sentences(range.lowerBound..<end, chunk.document, of: block).end
    } else {
      var splits = draws.stream(.split)
      a.end = chunk.start + 1 + splits.bounded(chunk.count - 1)
    }
    b.start = a.end
    var pairings = draws.stream(.pairing)
    return pairings.bernoulli(Threshold(0.5)) ? (b, a, 1) : (a, b, 0)
  }

  /// Shortens a pair until it fits, copies it, and returns how many tokens were cut off.
  private func gather(
    _ pair: (first: Text, second: Text, label: UInt8), of block: borrowing TokenBlock, drawing draws: ExampleDraws,
    into window: inout TokenWindow
  ) -> Int {
    var (a, b) = (pair.first, pair.second)
    var ends = draws.stream(.cutoff)
    let surplus = max(0, a.count + b.count - length)
    for _ in 0..<surplus {
      let atStart = ends.bernoulli(Threshold(0.5))
      switch (a.count > b.count, atStart) {
      case (true, true): a.start += 1
      case (true, false): a.end -= 1
      case (false, true): b.start += 1
      case (false, false): b.end -= 1
      }
    }
    gatherSingle(a, of: block, into: &window)
    window.ids.append(contentsOf: block.ids[b.start..<b.end])
    window.segmentStarts.append(a.count)
    window.pairLabel = pair.label
    addSource(of: a, in: block, to: &window)
    addSource(of: b, in: block, to: &window)
    return surplus
  }

  private func addSource(of text: Text, in block: borrowing TokenBlock, to window: inout TokenWindow) {
    window.segmentDocuments.append(block.documents[text.document].id)
    window.segmentSources.append(text.start - block.documents[text.document].start)
  }

  /// Copies one text; a window with a single segment is no pair.
  private func gatherSingle(_ text: Text, of block: borrowing TokenBlock, into window: inout TokenWindow) {
    window.ids.removeAll(keepingCapacity: true)
    window.segmentStarts.removeAll(keepingCapacity: true)
    window.sentenceStarts.removeAll(keepingCapacity: true)
    window.segmentDocuments.removeAll(keepingCapacity: true)
    window.segmentSources.removeAll(keepingCapacity: true)
    window.pairLabel = nil
    window.documentID = block.documents[text.document].id
    window.sourceStart = text.start - block.documents[text.document].start
    window.ids.append(contentsOf: block.ids[text.start..<text.end])
    window.segmentStarts.append(0)
  }

  /// Sentences of a document; a document without any known is one.
  private static func sentenceCount(_ document: Int, of block: borrowing TokenBlock) -> Int {
    max(1, block.documents[document].sentences.count)
  }

  /// The text of consecutive sentences.
  private static func sentences(_ range: Range<Int>, _ document: Int, of block: borrowing TokenBlock) -> Text {
    let place = block.documents[document]
    func start(_ sentence: Int) -> Int {
      if sentence == 0 { return place.start }
      let index = place.sentences.lowerBound + sentence
      return index < place.sentences.upperBound ? block.sentenceStarts[index] : place.range.upperBound
    }
    return Text(start: start(range.lowerBound), end: start(range.upperBound), document: document)
  }
}
