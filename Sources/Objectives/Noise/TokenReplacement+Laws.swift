internal import Blocks

extension TokenReplacement {
  /// A selected token: what a row shows there, and what stood there.
  typealias Selected = (shown: UInt32, original: UInt32)

  /// Mask, random and itself among what was decided. A draw that gives what was there, or the mask, is allowed for.
  ///
  /// - Parameter decided: one token of each decision; nil for damaged rows.
  func shownLaw(
    _ name: String, mask: UInt32, table: IDTable, decided: @escaping @Sendable (Example) -> [Selected]?
  ) -> Law {
    let visible = shares[1] / Double(table.ordinary.count)
    let drawnMask = table.mayDraw(mask) ? visible : 0
    let shares = shares
    return Law(
      "what \(name) show", outcomes: ["mask", "random", "itself"],
      probabilities: { isDrawable in
        let same = isDrawable == 1 ? visible : 0
        return [shares[0] + drawnMask, shares[1] - drawnMask - same, shares[2] + same]
      },
      observe: { example, counts in
        for token in decided(example) ?? [] {
          counts.add(
            token.shown == mask ? 0 : token.shown == token.original ? 2 : 1,
            given: table.mayDraw(token.original) ? 1 : 0)
        }
      })
  }

  /// Random tokens are uniform over the ids they are drawn from, but for the mask and the token itself, which do not
  /// show as random. Nil where nothing is random.
  ///
  /// - Parameter selected: every token that may show a random one; nil for damaged rows.
  func idLaw(
    _ name: String, mask: UInt32, table: IDTable, selected: @escaping @Sendable (Example) -> [Selected]?
  ) -> Law? {
    guard shares[1] > 0, table.ordinary.count > 2 else { return nil }
    let cells = IDCells(table)
    return Law(
      "random ids of \(name)", outcomes: cells.names,
      probabilities: { cells.shares(without: [cells.cell(of: mask), $0 < cells.count ? $0 : nil]) },
      observe: { example, counts in
        for token in selected(example) ?? [] where token.shown != mask && token.shown != token.original {
          // The condition is where the token itself lies: one id of that cell is not random.
          counts.add(cells.cell(of: token.shown) ?? -1, given: cells.cell(of: token.original) ?? cells.count)
        }
      })
  }
}

/// The ids that are drawn from, in order, in a few cells of the same size.
struct IDCells: Sendable {
  static let most = 64
  let count: Int
  let names: [String]
  private let sizes: [Int]
  private let table: IDTable

  init(_ table: IDTable) {
    self.table = table
    let total = table.ordinary.count
    let count = min(Self.most, total)
    let starts = (0...count).map { ($0 * total + count - 1) / count }
    self.count = count
    sizes = (0..<count).map { starts[$0 + 1] - starts[$0] }
    names = (0..<count).map { cell in
      let (first, last) = (table.ordinary[starts[cell]], table.ordinary[starts[cell + 1] - 1])
      return first == last ? "id \(first)" : "ids \(first)-\(last)"
    }
  }

  func cell(of id: UInt32) -> Int? { table.place(of: id).map { $0 * count / table.ordinary.count } }

  /// Shares of the cells when one id of each of some is left out.
  func shares(without excluded: [Int?]) -> [Double] {
    var sizes = sizes
    for case let cell? in excluded { sizes[cell] -= 1 }
    let total = Double(sizes.reduce(0, +))
    return sizes.map { Double($0) / total }
  }
}
