internal import CKernels

/// Finds added tokens from left to right, the longest at each place, with their rules about words and white space.
///
/// A match that a rule rejects is passed over as a whole, without a second try at a shorter one: so does the reference.
struct AddedTokenMatcher: Sendable {
  let isEmpty: Bool
  private let entries: [AddedTokens.Entry]
  /// True for the bytes that a pattern starts with.
  private let startsPattern: ConstantTable<Bool>
  /// The byte that all patterns start with, if it is one: then the system's own search passes over the rest.
  private let onlyStart: UInt8?
  private let nodes: [Node]

  /// A node of the trie of patterns.
  private struct Node: Sendable {
    var children: [(byte: UInt8, node: Int)] = []
    /// The pattern that ends here.
    var entry: Int?
  }

  /// A stretch of text between matches, or a match.
  enum Segment {
    case text(Range<Int>)
    /// - Parameter range: the match with the white space it takes.
    case token(UInt32, range: Range<Int>)
  }

  init(_ patterns: [(content: [UInt8], entry: AddedTokens.Entry)]) {
    var entries: [AddedTokens.Entry] = []
    var nodes = [Node()]
    var starts = [Bool](repeating: false, count: 256)
    for (content, entry) in patterns where !content.isEmpty {
      starts[Int(content[0])] = true
      var node = 0
      for byte in content {
        if let child = nodes[node].children.first(where: { $0.byte == byte }) {
          node = child.node
        } else {
          nodes.append(Node())
          nodes[node].children.append((byte, nodes.count - 1))
          node = nodes.count - 1
        }
      }
      if nodes[node].entry == nil {
        nodes[node].entry = entries.count
        entries.append(entry)
      }
    }
    isEmpty = entries.isEmpty
    self.entries = entries
    self.nodes = nodes
    startsPattern = ConstantTable(starts)
    let first = starts.firstIndex(of: true)
    onlyStart = first == starts.lastIndex(of: true) ? first.map { UInt8($0) } : nil
  }

  /// Calls `body` with the parts of `text[start..<end]`, in order. With `matchesSpecial` false, special tokens are
  /// text.
  @inline(__always)
  func forEachSegment(
    of text: UnsafePointer<UInt8>, from start: Int, to end: Int, matchesSpecial: Bool, _ body: (Segment) -> Void
  ) {
    var textStart = start
    var search = start
    while let (match, entry) = isEmpty ? nil : unsafe nextMatch(in: text, from: search, to: end) {
      search = match.upperBound
      let token = entries[entry].token
      if token.isSpecial, !matchesSpecial { continue }
      if token.isSingleWord, unsafe !standsAlone(match, in: text, from: start, to: end) { continue }
      var range = match
      if token.stripsLeft {
        let stripped = unsafe whiteSpaceStart(in: text, before: match.lowerBound, start: start)
        range = max(stripped, min(textStart, match.upperBound))..<match.upperBound
      }
      if token.stripsRight {
        range = unsafe range.lowerBound..<whiteSpaceEnd(in: text, from: match.upperBound, to: end)
      }
      if textStart < range.lowerBound { body(.text(textStart..<range.lowerBound)) }
      body(.token(entries[entry].id, range: range))
      textStart = range.upperBound
    }
    if textStart < end { body(.text(textStart..<end)) }
  }

  /// The longest pattern at the first place that has one.
  private func nextMatch(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> (range: Range<Int>, entry: Int)? {
    let startsPattern = unsafe self.startsPattern.base
    var offset = start
    while offset < end {
      if let onlyStart {
        guard let found = unsafe palimpsest_find_byte(text + offset, end - offset, onlyStart) else { return nil }
        offset = unsafe found - text
      }
      if unsafe startsPattern[Int(text[offset])] {
        var node = 0
        var index = offset
        var best: (range: Range<Int>, entry: Int)?
        while index < end {
          let byte = unsafe text[index]
          guard let child = nodes[node].children.first(where: { $0.byte == byte }) else { break }
          node = child.node
          index += 1
          if let entry = nodes[node].entry { best = (offset..<index, entry) }
        }
        if let best { return best }
      }
      offset += 1
    }
    return nil
  }

  private func standsAlone(
    _ match: Range<Int>, in text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Bool {
    if match.lowerBound > start {
      let before = unsafe scalarStart(text, before: match.lowerBound, start: start)
      if unsafe ScalarFlags(of: decodeScalar(text, at: before, end: end).scalar).contains(.word) { return false }
    }
    if match.upperBound < end {
      if unsafe ScalarFlags(of: decodeScalar(text, at: match.upperBound, end: end).scalar).contains(.word) {
        return false
      }
    }
    return true
  }

  private func whiteSpaceStart(in text: UnsafePointer<UInt8>, before offset: Int, start: Int) -> Int {
    var offset = offset
    while offset > start {
      let before = unsafe scalarStart(text, before: offset, start: start)
      let scalar = unsafe decodeScalar(text, at: before, end: offset).scalar
      guard ScalarFlags(of: scalar).contains(.whiteSpace) else { break }
      offset = before
    }
    return offset
  }

  private func whiteSpaceEnd(in text: UnsafePointer<UInt8>, from offset: Int, to end: Int) -> Int {
    var offset = offset
    while offset < end {
      let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: end)
      guard ScalarFlags(of: scalar).contains(.whiteSpace) else { break }
      offset += byteCount
    }
    return offset
  }
}
