internal import Blocks

/// The tokens that one example is made of, gathered out of a block, and where they came from.
///
///     ids               7592 2088 [eod] 2178 2028 1012
///     segmentStarts     0               3                 a segment is (part of) one document, its `eod` included
///     sentenceStarts    0               3    5
public struct TokenWindow: Sendable, Equatable {
  /// The tokens, documents' ends marked by `eod` where the windowing says so. No other special id.
  public var ids: [UInt32] = []
  /// Where each document's part starts in `ids`; the first entry is 0.
  public var segmentStarts: [Int] = []
  /// Where sentences start in `ids`; empty unless the windowing asks for sentences.
  public var sentenceStarts: [Int] = []
  /// Id of the document in which the window starts.
  public var documentID: UInt64 = 0
  /// What keys the draws: the document's id, or the block's id for windows over several documents.
  public var originID: UInt64 = 0
  /// Number of the window in its origin, from 0.
  public var exampleIndex: UInt32 = 0
  /// First token of the window in its first document.
  public var sourceStart = 0
  /// The corruption copy, from 0.
  public var epoch: UInt16 = 0
  /// The document of each segment, where segments do not follow one another in the block; else empty.
  public var segmentDocuments: [UInt64] = []
  /// The first token of each segment in its document; as long as `segmentDocuments`.
  public var segmentSources: [Int] = []
  /// How the document of each segment was laid out, where documents were before windows were cut; else empty.
  public var segmentLayouts: [DocumentLayout] = []
  /// For pairs of texts: 0 when the second follows the first, 1 when it does not (another text, or the order turned).
  public var pairLabel: UInt8?

  public init() {}
}

extension TokenWindow {
  /// What tells the window from any other: the XXH64 of its ids, as little-endian 32-bit words.
  ///
  /// Where a window lists its segments' documents, the hash's seed is made of them: seed = `pairLabel`, or 0, and then
  /// for the start, the source and the document of each segment: seed = (seed rotated left by 7) xor the value; and
  /// likewise for the mode, the cuts and the counts of each layout: a, b and count in tokens, then in what was cut.
  var fingerprint: UInt64 {
    var seed = UInt64(pairLabel ?? 0)
    for segment in segmentDocuments.indices {
      seed = (seed << 7 | seed >> 57) ^ UInt64(segmentStarts[segment])
      seed = (seed << 7 | seed >> 57) ^ UInt64(segmentSources[segment])
      seed = (seed << 7 | seed >> 57) ^ segmentDocuments[segment]
    }
    for layout in segmentLayouts {
      let cuts = [layout.a, layout.b, layout.count, layout.cutA, layout.cutB, layout.cutCount]
      for value in [Int(layout.mode)] + cuts { seed = (seed << 7 | seed >> 57) ^ UInt64(value) }
    }
    return Digest.xxh64(ids: ids.span, seed: seed)
  }
}
