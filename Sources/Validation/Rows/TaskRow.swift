internal import Blocks
package import Objectives

/// A row as a model meets it: what it reads, who may see whom, and what is asked where. Ids are those of the dataset.
struct TaskRow: Sendable {
  /// One question.
  struct Asked: Sendable, Equatable {
    /// Whose state answers: a position of the input, or of the decoder's where there is one.
    var place: Int
    var answer: Int32
    /// Where on that side the asked token itself stands, if it does: behind the place in decoders.
    var own: Int
  }

  /// What a decoder reads.
  struct Target: Sendable {
    var input: [Int32]
    var positions: [Int32]
    /// Labels as they stand in the row, -100 included, up to the last real one.
    var labels: [Int32]
    /// Whether the row says itself what the decoder reads.
    var isGiven = false
  }

  var document: Int64 = 0
  var input: [Int32] = []
  var positions: [Int32] = []
  var types: [Int32] = []
  var layout = AttentionLayout(.bidirectional, segmentStarts: [0, 0])
  var target: Target?
  /// Which token?
  var tokens: [Asked] = []
  /// Which label? Answers are 0 and 1.
  var labels: [Asked] = []
  /// Places that the row lists as replaced, beside their labels.
  var replaced: [Int] = []
  /// Where a source ends and a target begins in one row, the border's token being the last of the source.
  var border: Int?
  /// Contrastive rows: two views and the hard negatives; `input` is empty.
  var views: [View] = []

  struct View: Sendable, Equatable {
    var ids: [Int32]
    var positions: [Int32]
  }
}

extension AttentionLayout {
  /// The positions that a token may see: in every layout they are neighbours of one another.
  package func visible(to query: Int) -> Range<Int> {
    guard query >= 0, query < count else { return 0..<0 }
    var segment = 0
    while segmentStarts[segment + 1] <= query { segment += 1 }
    let (start, end) = (segmentStarts[segment], segmentStarts[segment + 1])
    let prefixEnd = min(end, start + prefixLengths[segment])
    return switch direction {
    case .bidirectional: start..<end
    case .leftToRight: start..<max(query + 1, prefixEnd)
    case .rightToLeft: query..<end
    case .sequenceToSequence: start..<(query < prefixEnd ? prefixEnd : query + 1)
    }
  }
}
