/// Finds the merge that makes a token of a vocabulary that only has ranks.
enum MergeRecovery {
  /// Merges the bytes of a token with the merges of lower rank, lowest first and leftmost first, until two parts are
  /// left; says where they meet. Nil where more parts are left.
  ///
  /// - Parameters:
  ///   - vocabulary: the tokens by their bytes; their ids are their ranks.
  ///   - scratch: room for the places of the parts; what it holds means nothing.
  /// - Cost: O(n²) look-ups for n bytes; tokens are short.
  static func cut(of token: [UInt8], rank: UInt32, _ vocabulary: Vocabulary, scratch cuts: inout [Int]) -> Int? {
    cuts.removeAll(keepingCapacity: true)
    cuts.append(contentsOf: 0...token.count)
    return unsafe token.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      while cuts.count > 3 {
        var best: (rank: UInt32, index: Int)?
        for index in 1..<cuts.count - 1 {
          let start = cuts[index - 1]
          guard let pair = unsafe vocabulary.id(of: base + start, count: cuts[index + 1] - start), pair < rank,
            pair < best?.rank ?? .max
          else { continue }
          best = (pair, index)
        }
        guard let best else { return nil }
        cuts.remove(at: best.index)
      }
      return cuts[1]
    }
  }
}
