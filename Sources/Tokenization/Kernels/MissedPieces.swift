internal import CKernels

/// The pieces that their slots did not answer, and what became of them, until it is put where it belongs.
///
/// Known ids are written without gaps; each missed piece says how many of them stand before its own. When there are
/// enough missed pieces to work on several at once, or no more text, their ids are made behind all others and moved in
/// between. A word that comes twice before that is missed twice, which changes no id.
@safe struct MissedPieces: ~Copyable {
  /// They are worked on when there are so many.
  static let wantedCount = 64
  private static let capacity = wantedCount + PendingPiece.batchCount

  /// In the order of the text.
  let pieces: UnsafeMutablePointer<PendingPiece>
  private let places: UnsafeMutablePointer<palimpsest_missed>
  private(set) var count = 0
  /// Where the first known id stands that a missed piece counts.
  private var start = 0
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
    unsafe pieces = .allocate(capacity: Self.capacity)
    unsafe places = .allocate(capacity: Self.capacity)
    unsafe ends = .allocate(capacity: Self.capacity)
    unsafe answers = .allocate(capacity: Self.capacity)
    unsafe merging = .allocate(capacity: Self.capacity)
    unsafe symbols = .allocate(capacity: Self.capacity * PairRanks.shortCount)
  }

  deinit {
    unsafe pieces.deallocate()
    unsafe places.deallocate()
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

  /// Appends the known ids of a batch and keeps the pieces that are missed.
  @inline(__always)
  mutating func append<IDs: IDLayout>(
    _ batch: UnsafePointer<PendingPiece>, count batchCount: Int, to ids: inout IDBuffer, cache: borrowing WordCache,
    as layout: IDs.Type
  ) {
    if count == 0 { start = ids.count }
    let before = Int32(truncatingIfNeeded: ids.count - start)
    let added = unsafe cache.appendKnown(batch, count: batchCount, to: &ids, missed: places + count, as: layout)
    for index in count..<count + added {
      unsafe pieces[index] = batch[Int(places[index].word)]
      unsafe places[index].ids_before += before
    }
    count += added
  }

  /// Moves the ids of missed pieces, which stand from `end` on, between the known ones, and forgets the pieces.
  mutating func spread(in output: inout IDBuffer, from end: Int) {
    ids.count = 0
    unsafe ids.append(output.base + end, count: output.count - end)
    var (source, target) = (end, output.count)
    for index in (0..<count).reversed() {
      let gap = unsafe start + Int(places[index].ids_before)
      target -= source - gap
      unsafe (output.base + target).update(from: output.base + gap, count: source - gap)
      source = gap
      let first = index == 0 ? 0 : unsafe ends[index - 1]
      let added = unsafe ends[index] - first
      target -= added
      unsafe (output.base + target).update(from: ids.base + first, count: added)
    }
    count = 0
  }
}
