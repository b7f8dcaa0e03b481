internal import Blocks

/// Whether the rows of a split stand in the order in which they were to be written.
///
/// Shuffled: order keys never fall. In corpus order: all windows of an origin stand together, and ascend; an origin
/// that comes back must start again from its first window, as a document does that occurs twice in the corpus, or that
/// takes part twice and then has the next epochs. The order of origins itself is that of the corpus, which is not at
/// hand.
struct OrderCheck {
  private let isShuffled: Bool?
  private let epochs: Int
  private var lastKey: UInt64 = 0
  private var last: RowIdentity?
  /// The first window of each origin that was met.
  private var firstPlaces: [UInt64: UInt64] = [:]

  /// - Parameter isShuffled: nil when the manifest does not say: then any order will do.
  init(isShuffled: Bool?, epochs: Int) {
    self.isShuffled = isShuffled
    self.epochs = max(1, epochs)
  }

  /// Takes the next row; returns a finding, without its place, when it should not stand here.
  mutating func check(_ row: RowIdentity, key: UInt64) -> Finding? {
    defer {
      lastKey = key
      last = row
    }
    switch isShuffled {
    case nil: return nil
    case true:
      guard key < lastKey else { return nil }
      return Finding(
        "audit.order", "the row does not stand where its order key puts it", at: .init(),
        expected: "an order key from \(Digest.hex(lastKey)) on", found: Digest.hex(key), help: Self.help)
    default:
      if let last, last.origin == row.origin, row.place > last.place { return nil }
      var start = row
      start.epoch = UInt16(Int(row.epoch) % epochs)
      guard let first = firstPlaces[row.origin] else {
        firstPlaces[row.origin] = start.place
        return nil
      }
      guard first != start.place else { return nil }
      return Finding(
        "audit.order", "the row does not stand in corpus order", at: .init(),
        expected: "the windows of an origin together and ascending",
        found: "window \(row.exampleIndex), epoch \(row.epoch)"
          + (last.map { " behind window \($0.exampleIndex), epoch \($0.epoch) of \(Digest.hex($0.origin))" } ?? ""),
        help: Self.help)
    }
  }

  private static let help = "rows or shards were moved after they were written: build the dataset again"
}
