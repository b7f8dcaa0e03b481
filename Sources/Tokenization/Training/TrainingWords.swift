internal import Blocks
internal import CKernels

/// The training words as runs of symbols in one arena; a run shrinks in place as its symbols are merged.
///
///     symbols    |t h e|o f|a a a a … a|a a a … a|…
///     segments    ^0    ^1  ^2          ^3            a long word is a chain of segments, linked both ways
///
/// A merge works through whole segments. Nearly every word is one; of a word of megabytes (a text without spaces) only
/// the segments that hold the pair are touched, so the work does not grow with the word.
struct TrainingWords: ~Copyable {
  struct Segment: BitwiseCopyable, Sendable {
    var start: Int
    /// How often the word was seen.
    var count: Int64
    var length: Int32
    /// Place in `links`; -1 where the segment is the whole word.
    var link: Int32
  }

  /// The segments of the same word that have symbols left, before and after.
  struct Link: BitwiseCopyable, Sendable {
    var previous: UInt32
    var next: UInt32
  }

  /// Symbols of a segment at first, the last of a word excepted. Longer than nearly all words, short enough to be gone
  /// through for one merge.
  static let segmentLength = 64
  private static let none = UInt32.max

  private var symbols = PlainBuffer<UInt32>()
  private(set) var segments = PlainBuffer<Segment>()
  private var links = PlainBuffer<Link>()

  /// Spells the words in the letters of an alphabet; letters it lacks are left out, and words of fewer than two
  /// symbols, which no merge can change.
  ///
  /// - Throws: `training.count-overflow` if a pair could occur more than 2^63 times; `training.too-many-words`.
  init(
    _ words: borrowing some CountedWords & ~Copyable, _ letters: TrainingLetters, _ alphabet: TrainingAlphabet,
    memoryLimit: Int
  ) throws(Diagnostic) {
    var pairCount: UInt64 = 0
    try words.forEachWord { (word, count) throws(Diagnostic) in
      guard count > 0 else { return }
      let start = symbols.count
      letters.forEach(of: word) { letter, isFirst, isLast in
        if let id = alphabet.id(of: letter, isFirst: isFirst, isLast: isLast) { symbols.append(id) }
      }
      let length = symbols.count - start
      guard length > 1 else { return symbols.truncate(to: start) }
      let (product, tooLarge) = UInt64(length).multipliedReportingOverflow(by: count)
      let (sum, overflow) = pairCount.addingReportingOverflow(product)
      guard !tooLarge, !overflow, sum <= Int64.max else {
        throw Diagnostic(
          "training.count-overflow", "the words were seen too often to count their pairs",
          expected: "at most \(Int64.max) pairs in all", found: "more, at the word with the count \(count)")
      }
      pairCount = sum
      appendSegments(start, length, Int64(count))
      try checkSize(memoryLimit)
    }
  }

  private mutating func appendSegments(_ start: Int, _ length: Int, _ count: Int64) {
    if length <= Self.segmentLength {
      return segments.append(Segment(start: start, count: count, length: Int32(length), link: -1))
    }
    var offset = 0
    while offset < length {
      let rest = length - offset
      let number = UInt32(segments.count)
      segments.append(
        Segment(
          start: start + offset, count: count, length: Int32(min(rest, Self.segmentLength)), link: Int32(links.count)))
      links.append(
        Link(
          previous: offset == 0 ? Self.none : number - 1, next: rest > Self.segmentLength ? number + 1 : Self.none))
      offset += Self.segmentLength
    }
  }

  /// Estimates what training will take: a symbol, its place in the segments of a pair, and as much again while both
  /// grow.
  private func checkSize(_ memoryLimit: Int) throws(Diagnostic) {
    let byteCount = symbols.count * 4 * MemoryLayout<UInt32>.size + segments.count * MemoryLayout<Segment>.size
    guard byteCount <= memoryLimit, segments.count < Int(UInt32.max) - Int(Int16.max), links.count < Int32.max - 64
    else {
      throw Diagnostic(
        "training.too-many-words", "the distinct words are too many to train on",
        expected: "words that take less than \(memoryLimit >> 20) MiB of memory, and fewer than 2^32",
        found: "more, at the word number \(segments.count)",
        help: "train on a sample of the text, or split its words with a text step")
    }
  }

  /// Calls `body` with each pair of neighbours and the segment of the left one, segments ascending.
  func forEachPair(_ body: (SymbolPair, _ segment: UInt32) -> Void) {
    for number in 0..<segments.count {
      let segment = segments[number]
      let end = segment.start + Int(segment.length)
      var index = segment.start
      while index + 1 < end {
        body(SymbolPair(symbols[index], symbols[index + 1]), UInt32(number))
        index += 1
      }
      let next = next(after: segment)
      if next != Self.none { body(SymbolPair(symbols[index], symbols[segments[Int(next)].start]), UInt32(number)) }
    }
  }

  /// Puts `merged` in the place of the pair wherever it stands in the given segments, from left to right, and notes its
  /// neighbours.
  ///
  /// An occurrence right behind another has `merged` to its left, and notes that: so the sums of the tallies are the
  /// changes of the counts, `aaaa` included.
  ///
  /// - Parameter numbers: the segments, ascending: so left to right also where a pair lies across two of them.
  mutating func merge(
    _ pair: SymbolPair, into merged: UInt32, in numbers: UnsafeBufferPointer<UInt32>,
    left: inout NeighbourTally, right: inout NeighbourTally
  ) {
    for index in 0..<numbers.count {
      // Segments lie anywhere in memory: have them on their way before they are asked for.
      if index + 16 < numbers.count { unsafe palimpsest_prefetch(segments.base + Int(numbers[index + 16])) }
      if index + 8 < numbers.count {
        unsafe palimpsest_prefetch(symbols.base + segments[Int(numbers[index + 8])].start)
      }
      let number = unsafe numbers[index]
      if segments[Int(number)].link < 0 {
        mergeWord(pair, into: merged, in: number, left: &left, right: &right)
      } else {
        mergeLink(pair, into: merged, in: number, left: &left, right: &right)
      }
    }
  }

  /// The usual case: the segment is the whole word.
  @inline(__always)
  private mutating func mergeWord(
    _ pair: SymbolPair, into merged: UInt32, in number: UInt32, left: inout NeighbourTally,
    right: inout NeighbourTally
  ) {
    let segment = segments[Int(number)]
    let word = unsafe symbols.base + segment.start
    let length = Int(segment.length)
    let (first, second) = (pair.left, pair.right)
    var read = 0
    while read + 1 < length, unsafe word[read] != first || word[read + 1] != second { read += 1 }
    guard read + 1 < length else { return }
    var write = read
    while read < length {
      let symbol = unsafe word[read]
      if symbol == first, read + 1 < length, unsafe word[read + 1] == second {
        if write > 0 { unsafe left.note(word[write - 1], in: number, weight: segment.count) }
        if read + 2 < length { unsafe right.note(word[read + 2], in: number, weight: segment.count) }
        unsafe word[write] = merged
        read += 2
      } else {
        unsafe word[write] = symbol
        read += 1
      }
      write += 1
    }
    segments[Int(number)].length = Int32(write)
  }

  /// A part of a long word: a pair may lie across its end, and a neighbour beyond either end.
  ///
  /// A pair across the end becomes the last symbol here; the segment behind loses its first one.
  private mutating func mergeLink(
    _ pair: SymbolPair, into merged: UInt32, in number: UInt32, left: inout NeighbourTally,
    right: inout NeighbourTally
  ) {
    let segment = segments[Int(number)]
    let end = segment.start + Int(segment.length)
    var (read, write) = (segment.start, segment.start)
    while read < end {
      let symbol = symbols[read]
      guard symbol == pair.left, symbolAfter(read, end, segment) == pair.right else {
        symbols[write] = symbol
        (read, write) = (read + 1, write + 1)
        continue
      }
      if write > segment.start {
        left.note(symbols[write - 1], in: number, weight: segment.count)
      } else if links[Int(segment.link)].previous != Self.none {
        let previous = links[Int(segment.link)].previous
        left.note(lastSymbol(of: previous), in: previous, weight: segment.count)
      }
      if read + 1 == end { dropFirstSymbol(of: next(after: segment)) }
      if let symbol = symbolAfter(min(read + 1, end - 1), end, segment) {
        right.note(symbol, in: number, weight: segment.count)
      }
      symbols[write] = merged
      (read, write) = (read + 2, write + 1)
    }
    segments[Int(number)].length = Int32(write - segment.start)
  }

  /// The symbol behind a place of a segment: the next one, or the first of the segment behind; nil at the word's end.
  private func symbolAfter(_ index: Int, _ end: Int, _ segment: Segment) -> UInt32? {
    if index + 1 < end { return symbols[index + 1] }
    let next = next(after: segment)
    return next == Self.none ? nil : symbols[segments[Int(next)].start]
  }

  private func next(after segment: Segment) -> UInt32 {
    segment.link < 0 ? Self.none : links[Int(segment.link)].next
  }

  private func lastSymbol(of number: UInt32) -> UInt32 {
    let segment = segments[Int(number)]
    return symbols[segment.start + Int(segment.length) - 1]
  }

  /// Takes the first symbol from a segment of a chain, and the segment out of the chain when that was the last.
  private mutating func dropFirstSymbol(of number: UInt32) {
    segments[Int(number)].start += 1
    segments[Int(number)].length -= 1
    guard segments[Int(number)].length == 0 else { return }
    let link = links[Int(segments[Int(number)].link)]
    if link.previous != Self.none { links[Int(segments[Int(link.previous)].link)].next = link.next }
    if link.next != Self.none { links[Int(segments[Int(link.next)].link)].previous = link.previous }
  }
}
