import Palimpsest
import Pipeline
import TestSupport
import Testing

@Suite("Sorted runs of words")
struct WordRunTests {
  private let fileSystem = LocalFileSystem()

  private func contents(_ words: borrowing some CountedWords & ~Copyable) throws(Diagnostic) -> [[UInt8]: UInt64] {
    var contents: [[UInt8]: UInt64] = [:]
    try words.forEachWord { word, count in
      let bytes = word.indices.map { word[$0] }
      #expect(contents[bytes] == nil, "a word comes twice")
      contents[bytes] = count
    }
    return contents
  }

  @Test("merge to the sums of their counts, many more of them than are merged at once")
  func merge() throws {
    let scratch = try ScratchDirectory()
    let spill = try WordSpill(folder: scratch.path("words"), in: fileSystem)
    var stream = RandomStream(key: (9, 0), counterHigh: (0, 0))
    var expected: [[UInt8]: UInt64] = [:]
    for _ in 0..<150 {
      var counts = WordCounts()
      for _ in 0..<40 {
        let length = Int(stream.word() % 30)
        let word = (0..<length).map { _ in UInt8(truncatingIfNeeded: stream.word() % 3 &* 127) }
        let count = UInt64(stream.word()) << 20
        counts.add(word.span, count: count)
        expected[word, default: 0] += count
      }
      try spill.spill(counts)
    }
    let merged = try spill.merged(checkpoint: {})
    #expect(merged.count == expected.count)
    let found = try contents(merged)
    let isSame = found == expected
    #expect(isSame)
    // A second time, as training reads them.
    #expect(try contents(merged).count == expected.count)
    #expect(try fileSystem.list(scratch.path("words")).count == 2)
    try spill.remove()
    #expect(try fileSystem.list(scratch.path("")).isEmpty)
  }

  @Test("stop at the largest 64-bit number")
  func saturation() throws {
    let scratch = try ScratchDirectory()
    let spill = try WordSpill(folder: scratch.path("words"), in: fileSystem)
    let word: [UInt8] = [0xFF, 0]
    for _ in 0..<2 {
      var counts = WordCounts()
      counts.add(word.span, count: .max - 7)
      try spill.spill(counts)
    }
    #expect(try contents(spill.merged(checkpoint: {})) == [word: .max])
  }

  @Test("belong to one training at a time")
  func lock() throws {
    let scratch = try ScratchDirectory()
    let spill = try WordSpill(folder: scratch.path("words"), in: fileSystem)
    var counts = WordCounts()
    counts.add(Array("word".utf8).span)
    try spill.spill(counts)
    do throws(Diagnostic) {
      _ = try WordSpill(folder: scratch.path("words"), in: fileSystem)
      Issue.record("two trainings share a folder")
    } catch {
      #expect(error.code == "files.locked")
    }
  }

  @Test("that were damaged are refused, whatever was cut off or changed, and never crash")
  func damage() throws {
    let scratch = try ScratchDirectory()
    var counts = WordCounts()
    for number in 0..<50 { counts.add(Array("word \(number * 37)".utf8).span, count: UInt64(number) << 40) }
    let path = scratch.path("run")
    var writer = try WordRunWriter(path, in: fileSystem)
    try counts.forEachSorted { (word, count) throws(Diagnostic) in try writer.append(word, count: count) }
    try writer.finish()
    let whole = try fileSystem.readAll(path)

    func read(_ bytes: [UInt8]) throws -> (words: Int, code: String?) {
      try fileSystem.write(bytes, to: scratch.path("damaged"))
      let reader = try WordRunReader(scratch.path("damaged"), in: fileSystem)
      var words = 0
      do throws(Diagnostic) {
        while try reader.next() { words += 1 }
        return (words, nil)
      } catch {
        return (words, error.code)
      }
    }
    #expect(try read(whole) == (50, nil))
    for end in 0..<whole.count {
      let found = try read(Array(whole[..<end]))
      #expect(found.words < 50)
      #expect(found.code == nil || found.code == "train.damaged-run")
    }
    for place in 0..<whole.count {
      var bytes = whole
      bytes[place] ^= 0xFF
      let code = try read(bytes).code
      #expect(code == nil || code == "train.damaged-run")
    }
  }
}
