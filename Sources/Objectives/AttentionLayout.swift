public import Blocks

/// Which token may see which, rebuilt from the few numbers that a row stores instead of a matrix.
///
///     cu_seqlens 0 4 9, prefixes 2 and 3        row i is the token that looks, column j the one that is looked at
///
///         110000000
///         110000000        inside a segment: j ≤ i, or j inside the segment's prefix
///         111000000
///         111100000
///         000011100        never from one segment to another
///         …
///
/// - Cost: `allows` takes O(log segments).
public struct AttentionLayout: Sendable, Equatable {
  /// The direction in which a segment is read; the raw values are those of the column `mask_kind`.
  public enum Direction: UInt8, Sendable, Equatable {
    /// Every token sees every other.
    case bidirectional
    /// Tokens see those before them, and the prefix.
    case leftToRight
    /// Tokens see those behind them.
    case rightToLeft
    /// The source sees itself both ways; the target sees the source, and itself from left to right.
    case sequenceToSequence
  }

  public let direction: Direction
  /// Where segments start, and the number of real tokens: `cu_seqlens`.
  public let segmentStarts: [Int]
  /// Tokens of each segment that all of it may see.
  public let prefixLengths: [Int]

  /// - Parameters:
  ///   - segmentStarts: ascending from 0, the number of real tokens last.
  ///   - prefixLengths: one for each segment; shorter lists stand for zeros behind.
  public init(_ direction: Direction, segmentStarts: [Int], prefixLengths: [Int] = []) {
    self.direction = direction
    self.segmentStarts = segmentStarts
    let missing = max(0, segmentStarts.count - 1 - prefixLengths.count)
    self.prefixLengths = prefixLengths + Array(repeating: 0, count: missing)
  }

  /// One segment whose first `prefixLength` tokens all may see: 0 reads from left to right, `count` both ways.
  public static func prefix(_ prefixLength: Int, of count: Int) -> AttentionLayout {
    AttentionLayout(.leftToRight, segmentStarts: [0, count], prefixLengths: [prefixLength])
  }

  /// Number of real tokens; those behind are padding, see nothing and are seen by none.
  public var count: Int { segmentStarts.last ?? 0 }

  /// Whether the token `query` may see the token `key`.
  public func allows(query: Int, key: Int) -> Bool {
    guard query >= 0, key >= 0, query < count, key < count else { return false }
    let segment = segment(of: query)
    guard segment == self.segment(of: key) else { return false }
    let isPrefix = key - segmentStarts[segment] < prefixLengths[segment]
    switch direction {
    case .bidirectional: return true
    case .leftToRight: return key <= query || isPrefix
    case .rightToLeft: return key >= query
    // A source token is inside the prefix and sees nothing else.
    case .sequenceToSequence:
      return isPrefix || (key <= query && query - segmentStarts[segment] >= prefixLengths[segment])
    }
  }

  /// The matrix, row-major: 1 where the row's token may see the column's.
  ///
  /// - Parameter length: rows and columns, the padding included.
  public func matrix(length: Int) -> [UInt8] {
    (0..<length * length).map { allows(query: $0 / length, key: $0 % length) ? 1 : 0 }
  }

  private func segment(of position: Int) -> Int {
    var (low, high) = (0, segmentStarts.count - 1)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if segmentStarts[middle] <= position { low = middle } else { high = middle }
    }
    return low
  }
}

extension AttentionLayout {
  /// The layout of an example's input: `mask_kind` and `source_len` (UniLM), else `cu_seqlens` or `prefix_length` (read
  /// from left to right), else both ways.
  ///
  /// - Returns: nil where the numbers are missing or make no layout.
  public init?(_ example: Example) {
    let ids = example["input_ids"]
    let mask = example["attention_mask"]
    // Two views in a row are two inputs.
    guard !ids.isEmpty, mask.isEmpty || mask.count == ids.count else { return nil }
    let count = mask.isEmpty ? ids.count : mask.reduce(0) { $0 + ($1 == 1 ? 1 : 0) }
    if let kind = example.scalar("mask_kind") {
      guard let direction = UInt8(exactly: kind).flatMap(Direction.init), let source = example.scalar("source_len"),
        (0...Int64(count)).contains(source)
      else { return nil }
      let prefixes = direction == .sequenceToSequence ? [Int(source)] : []
      self.init(direction, segmentStarts: [0, count], prefixLengths: prefixes)
    } else if case let starts = example["cu_seqlens"], !starts.isEmpty {
      guard starts.first == 0, starts.last == Int64(count), zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 })
      else { return nil }
      self.init(.leftToRight, segmentStarts: starts.map { Int($0) })
    } else if let prefix = example.scalar("prefix_length") {
      guard (0...Int64(count)).contains(prefix) else { return nil }
      self = .prefix(Int(prefix), of: count)
    } else {
      self.init(.bidirectional, segmentStarts: [0, count])
    }
  }
}
