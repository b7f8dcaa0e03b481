internal import Blocks

extension CausalLM {
  /// The segments' starts and the number of tokens: `cu_seqlens`. Without resets the window is one segment.
  func findSegments(in ids: [UInt32], count: Int, starts: inout [Int32]) {
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    if resets {
      for index in 0..<count - 1 where ids[index] == endOfDocument { starts.append(Int32(index + 1)) }
    }
    starts.append(Int32(count))
  }

  /// How many labels count.
  func predictedCount(_ ids: [UInt32], count: Int, segments: Int) -> Int {
    guard resets else { return count }
    switch shift {
    case .none: return count - segments
    // Behind an end comes another document: all segments but the last end with one, and that may.
    case .next: return count - (segments - 1) - (ids[count - 1] == endOfDocument ? 1 : 0)
    }
  }

  /// Which positions of a segment have a label that counts.
  func predicted(in segment: Range<Int>, of ids: [UInt32]) -> Range<Int> {
    guard resets else { return segment }
    switch shift {
    case .none: return segment.dropFirst()
    case .next: return ids[segment.upperBound - 1] == endOfDocument ? segment.dropLast() : segment
    }
  }

  /// Appends the columns that only dense rows have; the segments are in `scratch.positions`.
  func appendDense(_ ids: [UInt32], count: Int, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch) {
    scratch.labels.removeAll(keepingCapacity: true)
    scratch.lengths.removeAll(keepingCapacity: true)
    for segment in 0..<scratch.positions.count - 1 {
      let range = Int(scratch.positions[segment])..<Int(scratch.positions[segment + 1])
      let predicted = predicted(in: range, of: ids)
      for index in range {
        let label = shift == .next ? ids[index + 1] : ids[index]
        let isLabel = shift == .next || predicted.contains(index)
        scratch.labels.append(isLabel ? Int32(truncatingIfNeeded: label) : ignoredLabel)
        scratch.lengths.append(Int32(index - range.lowerBound))
      }
      if let column = columns.lossMask {
        batch.append(repeating: 0, count: predicted.lowerBound - range.lowerBound, to: column)
        batch.append(repeating: 1, count: predicted.count, to: column)
        batch.append(repeating: 0, count: range.upperBound - predicted.upperBound, to: column)
      }
      if let column = columns.segmentIDs { batch.append(repeating: segment + 1, count: range.count, to: column) }
    }
    batch.append(scratch.labels, ignoredTo: length, column: columns.labels)
    batch.append(contentsOf: scratch.lengths.span, to: columns.positionIDs)
    batch.append(repeating: 0, count: length - count, to: columns.positionIDs)
    batch.appendMask(count, of: length, column: columns.attentionMask)
    if let column = columns.lossMask { batch.append(repeating: 0, count: length - count, to: column) }
    if let column = columns.segmentIDs { batch.append(repeating: 0, count: length - count, to: column) }
  }
}
