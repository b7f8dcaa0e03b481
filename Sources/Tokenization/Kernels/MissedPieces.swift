internal import CKernels

/// The pieces of a batch that their slots did not answer, and what became of them, until it is put where it belongs.
///
/// Known ids are written without gaps; each missed piece says how many of them stand before its own. Its ids are made
/// behind all of them, so that many pieces can be worked on at once, and then moved in between.
@safe struct MissedPieces: ~Copyable {
  /// Which pieces of the batch, in order.
  let list: UnsafeMutablePointer<palimpsest_missed>
  var count = 0
  /// By missed piece: where its ids end, counted from the first id of a missed piece.
  let ends: UnsafeMutablePointer<Int>
  /// What is already known of a missed piece, for an encoder that goes over them several times.
  let answers: UnsafeMutablePointer<Answer>
  /// Ids of `Answer.ids`, and those that are on their way to their places.
  var ids = IDBuffer(capacity: 1024)
  /// Pieces that are merged together, with their symbols.
  let merging: UnsafeMutablePointer<palimpsest_piece>
  let symbols: UnsafeMutablePointer<UInt32>
  var mergingCount = 0

  enum Answer: BitwiseCopyable {
    /// Ids out of `ids`; `isNew` if nobody remembers them yet.
    case ids(start: Int, count: Int, isNew: Bool)
    /// What is left of the symbols of `merging[index]`.
    case merged(index: Int)
    case unknown
  }

  init() {
    unsafe list = .allocate(capacity: PendingPiece.batchCount)
    unsafe ends = .allocate(capacity: PendingPiece.batchCount)
    unsafe answers = .allocate(capacity: PendingPiece.batchCount)
    unsafe merging = .allocate(capacity: PendingPiece.batchCount)
    unsafe symbols = .allocate(capacity: PendingPiece.batchCount * PairRanks.shortCount)
  }

  deinit {
    unsafe list.deallocate()
    unsafe ends.deallocate()
    unsafe answers.deallocate()
    unsafe merging.deallocate()
    unsafe symbols.deallocate()
  }

  /// Takes the symbols of a short piece, to be merged with those of others.
  mutating func merge(_ other: borrowing IDBuffer) -> Answer {
    let place = unsafe symbols + mergingCount * PairRanks.shortCount
    unsafe place.update(from: other.base, count: other.count)
    unsafe merging[mergingCount] = palimpsest_piece(symbols: place, count: Int64(other.count))
    mergingCount += 1
    return .merged(index: mergingCount - 1)
  }

  /// Moves the ids of missed pieces, which stand from `end` on, between the known ones, which begin at `start`.
  mutating func spread(in output: inout IDBuffer, from start: Int, to end: Int) {
    ids.count = 0
    unsafe ids.append(output.base + end, count: output.count - end)
    var (source, target) = (end, output.count)
    for index in (0..<count).reversed() {
      let gap = unsafe start + Int(list[index].ids_before)
      target -= source - gap
      unsafe (output.base + target).update(from: output.base + gap, count: source - gap)
      source = gap
      let first = index == 0 ? 0 : unsafe ends[index - 1]
      let added = unsafe ends[index] - first
      target -= added
      unsafe (output.base + target).update(from: ids.base + first, count: added)
    }
  }
}
