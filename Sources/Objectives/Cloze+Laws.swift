internal import Blocks

extension Cloze {
  /// What selected tokens show, where they lie, and how long the runs are that are selected as one.
  ///
  /// - Parameter read: takes an example apart, nil when it is broken.
  func laws(_ read: @escaping @Sendable (Example) -> Parts?) -> [Law] {
    var list = [
      replacement.shownLaw("selected tokens", mask: mask, table: table) { example in
        read(example).map { parts in
          decisions(parts).map { (parts.shown[$0.lowerBound], parts.original[$0.lowerBound]) }
        }
      }
    ]
    let ids = replacement.idLaw("selected tokens", mask: mask, table: table) { example in
      read(example).map { parts in
        parts.shown.indices.filter { parts.selected[$0] }.map { (parts.shown[$0], parts.original[$0]) }
      }
    }
    if let ids { list.append(ids) }
    list += selection.laws { example in read(example).map { ($0.original, $0.selected, $0.shown) } }
    return list
  }
}

extension ClozeSelection {
  /// A row as it was, which of its tokens are selected, and what it shows.
  typealias SelectedRow = (original: [UInt32], selected: [Bool], shown: [UInt32])

  /// Where selected tokens lie; for runs of a drawn length, how long they are.
  func laws(_ read: @escaping @Sendable (Example) -> SelectedRow?) -> [Law] {
    switch unit {
    // Drawn without putting back: the counts of cells vary less than independent ones.
    case .token: [placeLaw(read)]
    case .wholeWord: []
    case .ngram, .span, .skipgram: [runLaw(read)]
    }
  }

  private func placeLaw(_ read: @escaping @Sendable (Example) -> SelectedRow?) -> Law {
    let table = table
    return .uniformPlace("place of selected tokens") { example, counts in
      guard let row = read(example) else { return }
      let eligible = row.original.indices.filter { !table.isSpecial(row.original[$0]) }
      for (place, position) in eligible.enumerated() where row.selected[position] {
        counts.addPlace(place, of: eligible.count)
      }
    }
  }

  /// Lengths of selected runs in words. Runs that touch are one, and the last one drawn is cut: no closed form, so that
  /// each row is compared with one that the rule itself selects by other draws.
  private func runLaw(_ read: @escaping @Sendable (Example) -> SelectedRow?) -> Law {
    let reference = ReferenceSelection(self)
    let longest = 3 * reference.longest
    return Law(
      "words of a selected run", outcomes: (1...longest).map { $0 == longest ? "\($0) or more" : "\($0)" },
      probabilities: nil
    ) { example, counts in
      guard let row = read(example), let length = reference.runLength(row.original, row.selected) else { return }
      var stream = RandomStream(twinOf: row.original, row.shown)
      let again = reference.select(row.original, drawing: &stream)
      guard let other = reference.runLength(row.original, again) else { return }
      counts.add(min(length, longest) - 1)
      counts.addReference(min(other, longest) - 1)
    }
  }
}

extension RandomStream {
  /// Draws beside those of a dataset, for reference rows: keyed by what a row shows, under a key that no row has.
  init(twinOf ids: [UInt32]...) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for list in ids {
      for id in list { hash = (hash ^ UInt64(id)) &* 0x0000_0100_0000_01B3 }
    }
    self.init(
      key: (UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32)),
      counterHigh: (0x5457_494E, 0x5354_4154))
  }
}
