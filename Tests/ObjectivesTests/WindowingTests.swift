import Blocks
import Objectives
import Testing

@Suite struct WindowingTests {
  /// A block of documents of these lengths; ids count up from 100, sentences start at every third token.
  private func block(_ counts: [Int]) -> TokenBlock {
    var block = TokenBlock()
    for (number, count) in counts.enumerated() {
      let (start, first) = (block.ids.count, block.sentenceStarts.count)
      for index in 0..<count {
        if index % 3 == 0 { block.sentenceStarts.append(block.ids.count) }
        block.ids.append(UInt32(100 + block.ids.count))
      }
      block.documents.append(
        .init(
          id: UInt64(number + 1), start: start, tokenCount: count, sentences: first..<block.sentenceStarts.count))
    }
    return block
  }

  private func windows(
    _ windowing: Windowing, _ block: borrowing TokenBlock, documents: [Int]? = nil
  ) throws -> (windows: [TokenWindow], report: Windowing.Report) {
    var windows: [TokenWindow] = []
    var window = TokenWindow()
    let report = try windowing.forEachWindow(
      of: block, documents: documents ?? Array(block.documents.indices), gatheringInto: &window
    ) { windows.append($0) }
    return (windows, report)
  }

  /// Exhaustive: three documents of 0 to 4 tokens, windows of 1 to 6, with and without marks, overlap and tails.
  @Test func `Windows are the stream, cut`() throws {
    for code in 0..<125 {
      let block = block([code % 5, code / 5 % 5, code / 25])
      for mark in [nil, 7] as [UInt32?] {
        let marks = mark.map { [$0] } ?? []
        let texts = block.documents.filter { $0.tokenCount > 0 }.map { Array(block.ids[$0.range]) + marks }
        for length in 1...6 {
          for overlap in 0..<min(length, 2) {
            for kind in [Windowing.Kind.document, .packed] {
              let streams = kind == .packed ? [texts.flatMap { $0 }] : texts
              for tail in Windowing.Tail.allCases {
                var expected: [[UInt32]] = []
                var dropped = 0
                for stream in streams where !stream.isEmpty {
                  var start = 0
                  while start == 0 || start + overlap < stream.count {
                    let end = min(start + length, stream.count)
                    if end - start == length || tail == .keep {
                      expected.append(Array(stream[start..<end]))
                    } else {
                      dropped += end - start - (start == 0 ? 0 : overlap)
                    }
                    start += length - overlap
                  }
                }
                let windowing = Windowing(
                  kind: kind, length: length, overlap: overlap, endOfDocument: mark, tail: tail)
                let cut = try windows(windowing, block)
                #expect(cut.windows.map(\.ids) == expected)
                #expect(cut.report.droppedTokens == dropped)
                #expect(cut.report.windows == expected.count)
                #expect(cut.report.tokens == expected.reduce(0) { $0 + $1.count })
              }
            }
          }
        }
      }
    }
  }

  /// Exhaustive: three documents of 0 to 7 tokens in sentences of three, windows of 1 to 9. A sentence's `eod` is part
  /// of it.
  @Test func `Windows end between sentences, and cut only what is longer than they are`() throws {
    for code in 0..<512 {
      let block = block([code % 8, code / 8 % 8, code / 64])
      for kind in [Windowing.Kind.fullSentences, .docSentences] {
        let marks: [UInt32] = kind == .fullSentences ? [7] : []
        let texts = block.documents.filter { $0.tokenCount > 0 }.map { document in
          let ids = Array(block.ids[document.range])
          let starts = Array(stride(from: 0, to: ids.count, by: 3))
          return zip(starts, starts.dropFirst() + [ids.count]).map { start, end in
            Array(ids[start..<end]) + (end == ids.count ? marks : [])
          }
        }
        let streams = kind == .fullSentences ? [texts.flatMap { $0 }] : texts
        for length in 1...9 {
          var expected: [[UInt32]] = []
          for stream in streams {
            var window: [UInt32] = []
            for sentence in stream {
              if window.count + sentence.count > length, !window.isEmpty {
                expected.append(window)
                window = []
              }
              window += sentence
              while window.count > length {
                expected.append(Array(window.prefix(length)))
                window.removeFirst(length)
              }
              if window.count == length {
                expected.append(window)
                window = []
              }
            }
            if !window.isEmpty { expected.append(window) }
          }
          let cut = try windows(Windowing(kind: kind, length: length, endOfDocument: marks.first), block)
          #expect(cut.windows.map(\.ids) == expected, "\(kind) \(code) \(length)")
          #expect(cut.report.tokens == expected.reduce(0) { $0 + $1.count })
        }
      }
    }
  }

  @Test func `A window knows its document, its place, its number and its segments`() throws {
    let block = block([5, 0, 2, 6])
    let (packed, _) = try windows(Windowing(kind: .packed, length: 4, endOfDocument: 7), block)
    // 100 101 102 103 | 104 E 105 106 | E 107 108 109 | 110 111 112 E
    #expect(packed.map(\.documentID) == [1, 1, 3, 4])
    #expect(packed.map(\.sourceStart) == [0, 4, 2, 3])
    #expect(packed.map(\.exampleIndex) == [0, 1, 2, 3])
    #expect(packed.map(\.segmentStarts) == [[0], [0, 2], [0, 1], [0]])
    let (single, _) = try windows(Windowing(kind: .document, length: 4), block)
    #expect(single.map(\.documentID) == [1, 1, 3, 4, 4])
    #expect(single.map(\.originID) == [1, 1, 3, 4, 4])
    #expect(single.map(\.exampleIndex) == [0, 1, 0, 0, 1])
    #expect(single.map(\.sourceStart) == [0, 4, 0, 0, 4])
  }

  @Test func `The origin of packed windows is the hash of the ids of the documents that take part`() throws {
    let block = block([3, 4, 5])
    let windowing = Windowing(kind: .packed, length: 4)
    let bytes: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]
    let some = try windows(windowing, block, documents: [0, 2]).windows
    #expect(some.allSatisfy { $0.originID == Digest.xxh64(bytes) })
    #expect(try windows(windowing, block).windows[0].originID != some[0].originID)
  }

  @Test func `Sentences start with their window, and where they start in their document`() throws {
    let block = block([8, 4])
    let document = Windowing(kind: .document, length: 5, needsSentences: true)
    #expect(try windows(document, block).windows.map(\.sentenceStarts) == [[0, 3], [0, 1], [0, 3]])
    let packed = Windowing(kind: .packed, length: 20, endOfDocument: 7, needsSentences: true)
    #expect(try windows(packed, block).windows.map(\.sentenceStarts) == [[0, 3, 6, 9, 12]])
    #expect(try windows(Windowing(kind: .document, length: 5), block).windows.allSatisfy(\.sentenceStarts.isEmpty))
  }

  @Test func `Reports add up, reasons sorted`() {
    var report = ExampleReport()
    report.count("b")
    report.count("a", 2)
    report.count("c")
    report.count("b", 3)
    var sum = ExampleReport()
    sum.windows = 1
    sum.add(report)
    sum.add(report)
    #expect(sum.drops.map(\.reason) == ["a", "b", "c"])
    #expect(sum.drops.map(\.count) == [4, 8, 2])
  }
}
