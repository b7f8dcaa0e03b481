package import Blocks

/// CLEAR's four ways to change a view.
///
///     text           a b c d e f g h
///     delete_words   a D c D f g h        k words; runs of them leave one [DEL]
///     delete_spans   a D d e f D h        spans, one [DEL] each
///     reorder        a f g d e b c h      pairs of spans change places
///     substitute     a b x d e f y h      k words become others
///
/// - Source: Wu et al. 2020 (arXiv:2012.15466), §3.2. Without a thesaurus, substitutes are drawn from all ordinary ids.
package struct ClearEdits: Sendable {
  package enum Edit: String, CaseIterable {
    case deleteWords = "delete_words"
    case deleteSpans = "delete_spans"
    case reorder, substitute
  }

  /// The edits that views draw from.
  let edits: [Edit]
  let wordShare: Double
  let substituteShare: Double
  /// Spans to delete, or pairs of spans to swap.
  let spanCount: Int
  let spanShare: Double
  /// Zero when no edit needs it.
  let deleted: UInt32
  let table: IDTable

  /// Whether an edit puts [DEL] into a view.
  static func needsDeleted(_ edits: [Edit]) -> Bool { edits.contains(.deleteWords) || edits.contains(.deleteSpans) }

  /// Words to delete of n ≥ 2: never all.
  func deletedCount(_ count: Int) -> Int { min(max(roundedHalfEven(Double(count) * wordShare), 1), count - 1) }

  func substitutedCount(_ count: Int) -> Int { min(max(roundedHalfEven(Double(count) * substituteShare), 1), count) }

  /// Tokens of one span of a text of n ≥ 2: two of them fit.
  func spanLength(_ count: Int) -> Int { min(max(roundedHalfEven(Double(count) * spanShare), 1), count / 2) }

  /// Spans to delete: as many as leave a token.
  func deletedSpans(_ count: Int) -> Int { min(spanCount, (count - 1) / spanLength(count)) }

  /// Pairs of spans to swap: as many as fit.
  func swappedPairs(_ count: Int) -> Int { min(spanCount, count / (2 * spanLength(count))) }

  /// Draws one view of a text of n ≥ 2 tokens, all of it from the view's own stream: fills `scratch.ids`.
  func draw(_ ids: [UInt32], view: UInt32, drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> Edit {
    var stream = draws.stream(number: DrawPurpose.view0.rawValue + view)
    let edit = edits[stream.bounded(edits.count)]
    switch edit {
    case .deleteWords: deleteWords(ids, drawing: &stream, scratch: &scratch)
    case .deleteSpans: deleteSpans(ids, drawing: &stream, scratch: &scratch)
    case .reorder: reorder(ids, drawing: &stream, scratch: &scratch)
    case .substitute: substitute(ids, drawing: &stream, scratch: &scratch)
    }
    return edit
  }

  private func deleteWords(_ ids: [UInt32], drawing stream: inout RandomStream, scratch: inout ObjectiveScratch) {
    let count = deletedCount(ids.count)
    scratch.positions.removeAll(keepingCapacity: true)
    for position in ids.indices { scratch.positions.append(Int32(position)) }
    stream.partialShuffle(&scratch.positions, count: count)
    scratch.mask.removeAll(keepingCapacity: true)
    scratch.mask.append(contentsOf: repeatElement(false, count: ids.count))
    for index in 0..<count { scratch.mask[Int(scratch.positions[index])] = true }
    scratch.ids.removeAll(keepingCapacity: true)
    for index in ids.indices {
      if !scratch.mask[index] {
        scratch.ids.append(ids[index])
      } else if index == 0 || !scratch.mask[index - 1] {
        scratch.ids.append(deleted)
      }
    }
  }

  private func deleteSpans(_ ids: [UInt32], drawing stream: inout RandomStream, scratch: inout ObjectiveScratch) {
    let length = spanLength(ids.count)
    Self.placeSpans(
      deletedSpans(ids.count), length: length, in: ids.count, drawing: &stream, into: &scratch.positions)
    scratch.ids.removeAll(keepingCapacity: true)
    var next = 0
    for start in scratch.positions {
      scratch.ids.append(contentsOf: ids[next..<Int(start)])
      scratch.ids.append(deleted)
      next = Int(start) + length
    }
    scratch.ids.append(contentsOf: ids[next...])
  }

  private func reorder(_ ids: [UInt32], drawing stream: inout RandomStream, scratch: inout ObjectiveScratch) {
    let length = spanLength(ids.count)
    let pairs = swappedPairs(ids.count)
    Self.placeSpans(2 * pairs, length: length, in: ids.count, drawing: &stream, into: &scratch.positions)
    stream.partialShuffle(&scratch.positions, count: 2 * pairs)
    scratch.ids.removeAll(keepingCapacity: true)
    scratch.ids.append(contentsOf: ids)
    for pair in 0..<pairs {
      let (first, second) = (Int(scratch.positions[2 * pair]), Int(scratch.positions[2 * pair + 1]))
      for offset in 0..<length { scratch.ids.swapAt(first + offset, second + offset) }
    }
  }

  private func substitute(_ ids: [UInt32], drawing stream: inout RandomStream, scratch: inout ObjectiveScratch) {
    let selection = TokenSelection(unit: .token, table: table)
    _ = selection.mark(substitutedCount(ids.count), in: ids, drawing: &stream, scratch: &scratch)
    scratch.ids.removeAll(keepingCapacity: true)
    for index in ids.indices {
      scratch.ids.append(scratch.mask[index] ? table.draw(&stream, otherThan: ids[index]) : ids[index])
    }
  }

  /// Places spans of one length without overlap: sorted places in the text without the spans, each moved by the spans
  /// before it. Places may be equal, and those spans touch.
  ///
  ///     two spans of 2 in 7 tokens    drawn 3 0 of 0 ... 3    sorted 0 3    starts 0 5
  package static func placeSpans(
    _ spans: Int, length: Int, in count: Int, drawing stream: inout RandomStream, into starts: inout [Int32]
  ) {
    starts.removeAll(keepingCapacity: true)
    for _ in 0..<spans {
      let place = Int32(stream.bounded(count - spans * length + 1))
      var index = starts.count
      starts.append(place)
      while index > 0, starts[index - 1] > place {
        starts[index] = starts[index - 1]
        index -= 1
      }
      starts[index] = place
    }
    for index in starts.indices { starts[index] += Int32(index * length) }
  }
}
