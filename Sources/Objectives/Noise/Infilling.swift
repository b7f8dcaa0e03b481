package import Blocks

/// BART's text infilling: spans of Poisson length behind one mask each, empty spans as masks between tokens.
///
///     tokens    a b c d e f g h      spans (start 2, length 3), (start 6, length 0 → an insertion)
///     shown     a b M f g M h
///
/// - Source: fairseq `DenoisingDataset.add_whole_word_mask`. The budget is counted in words; starts are drawn without
///   regard for each other, so spans overlap, and less is hidden than the budget says (26.7 % of 512 tokens for 30 %).
package struct Infilling: Sendable {
  /// What stands where a span was.
  package enum Replacement: Int, CaseIterable {
    /// One mask for each token.
    case eachToken = -1
    /// Nothing.
    case none = 0
    /// One mask.
    case one = 1
  }

  let rate: Double
  let lengths: SamplingTable
  let replacement: Replacement
  /// How often a random id stands in for the mask.
  let random: Threshold
  let mask: UInt32
  let table: IDTable

  package init(
    rate: Double, lengths: SamplingTable, replacement: Replacement, random: Threshold, mask: UInt32, table: IDTable
  ) {
    self.rate = rate
    self.lengths = lengths
    self.replacement = replacement
    self.random = random
    self.mask = mask
    self.table = table
  }

  /// Words to hide among `wordCount`: rounded up, as in the source.
  package func budget(_ wordCount: Int) -> Int { roundedUp(Double(wordCount) * rate) }

  /// Draws span lengths until they reach the budget, the last one cut to fit: fills `lengths` with those that are not
  /// empty and returns the number of empty ones.
  package func drawLengths(budget: Int, drawing stream: inout RandomStream, into output: inout [Int32]) -> Int {
    output.removeAll(keepingCapacity: true)
    var sum = 0
    var empty = 0
    while sum < budget {
      let length = min(stream.index(in: lengths), budget - sum)
      sum += length
      if length > 0 { output.append(Int32(length)) } else { empty += 1 }
    }
    return empty
  }

  /// Hides spans in `scratch.ids`, and returns how many masks are still to be inserted.
  ///
  /// - Parameter startsWord: by token, whether a word starts there (a span counts words).
  func hide(
    startsWord: [Bool], drawing streams: inout DenoisingStreams, scratch: inout ObjectiveScratch
  ) -> Int {
    scratch.positions.removeAll(keepingCapacity: true)
    for position in startsWord.indices where startsWord[position] { scratch.positions.append(Int32(position)) }
    let insertions = drawLengths(
      budget: budget(scratch.positions.count), drawing: &streams.lengths, into: &scratch.lengths)
    let spanCount = scratch.lengths.count
    streams.starts.partialShuffle(&scratch.positions, count: spanCount)
    scratch.positions.removeLast(scratch.positions.count - spanCount)
    scratch.flags.removeAll(keepingCapacity: true)
    for _ in 0..<spanCount { scratch.flags.append(streams.actions.bernoulli(random)) }
    replaceSpans(startsWord: startsWord, drawing: &streams.ids, scratch: &scratch)
    return insertions
  }

  /// Hides the spans in `scratch`: `positions` of their starts, `lengths` in words, `flags` for random ids.
  ///
  /// All spans grow by one token a round, as in the source: so the draws of random ids keep its order. A span stops at
  /// the end of the text.
  package func replaceSpans(startsWord: [Bool], drawing ids: inout RandomStream, scratch: inout ObjectiveScratch) {
    let count = scratch.ids.count
    // Kept tokens, in the order of the text.
    scratch.mask.removeAll(keepingCapacity: true)
    scratch.mask.append(contentsOf: repeatElement(true, count: count))
    var spans = scratch.positions.count
    for span in 0..<spans {
      let start = Int(scratch.positions[span])
      if replacement == .none { scratch.mask[start] = false } else { scratch.ids[start] = mask }
      scratch.lengths[span] -= 1
    }
    if replacement != .none {
      for span in 0..<spans where scratch.flags[span] {
        scratch.ids[Int(scratch.positions[span])] = table.draw(&ids)
      }
    }
    while spans > 0 {
      var growing = 0
      for span in 0..<spans {
        let next = Int(scratch.positions[span]) + 1
        guard next < count else { continue }
        let length = scratch.lengths[span] - (startsWord[next] ? 1 : 0)
        guard length >= 0 else { continue }
        scratch.positions[growing] = Int32(next)
        scratch.lengths[growing] = length
        scratch.flags[growing] = scratch.flags[span]
        growing += 1
      }
      spans = growing
      for span in 0..<spans {
        let position = Int(scratch.positions[span])
        if replacement == .eachToken {
          scratch.ids[position] = scratch.flags[span] ? table.draw(&ids) : mask
        } else {
          scratch.mask[position] = false
        }
      }
    }
    keepMarked(&scratch.ids, scratch.mask)
  }
}

/// Closes the gaps: keeps the ids whose flag is set.
func keepMarked(_ ids: inout [UInt32], _ kept: [Bool]) {
  var count = 0
  for index in ids.indices where kept[index] {
    ids[count] = ids[index]
    count += 1
  }
  ids.removeLast(ids.count - count)
}
