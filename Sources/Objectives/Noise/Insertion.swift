internal import Blocks

/// Puts masks, or random ids, between the tokens of a text.
///
///     a b c d e      2 insertions at 0 and 3 of the result      M a b M c d e
///
/// - Source: fairseq `DenoisingDataset.add_insertion_noise`; places are never outside the frame. Exactly `count` are
///   put in: the source multiplies a quotient back and rounds up, and so puts in one too many for some lengths.
package struct Insertion: Sendable {
  /// Share of insertions that are random ids, rounded up.
  let randomShare: Double
  let mask: UInt32
  let table: IDTable

  package init(randomShare: Double, mask: UInt32, table: IDTable) {
    self.randomShare = randomShare
    self.mask = mask
    self.table = table
  }

  /// Inserts into `scratch.ids`, through `scratch.targets`.
  package func insert(_ count: Int, drawing streams: inout DenoisingStreams, scratch: inout ObjectiveScratch) {
    guard count > 0 else { return }
    let total = scratch.ids.count + count
    scratch.positions.removeAll(keepingCapacity: true)
    for position in 0..<total { scratch.positions.append(Int32(position)) }
    streams.insertions.partialShuffle(&scratch.positions, count: count)
    scratch.mask.removeAll(keepingCapacity: true)
    scratch.mask.append(contentsOf: repeatElement(false, count: total))
    scratch.flags.removeAll(keepingCapacity: true)
    scratch.flags.append(contentsOf: repeatElement(false, count: total))
    let randomCount = roundedUp(Double(count) * randomShare)
    for index in 0..<count {
      scratch.mask[Int(scratch.positions[index])] = true
      scratch.flags[Int(scratch.positions[index])] = index < randomCount
    }
    scratch.targets.removeAll(keepingCapacity: true)
    var next = 0
    for position in 0..<total {
      if scratch.mask[position] {
        scratch.targets.append(scratch.flags[position] ? table.draw(&streams.ids) : mask)
      } else {
        scratch.targets.append(scratch.ids[next])
        next += 1
      }
    }
    swap(&scratch.ids, &scratch.targets)
  }
}
