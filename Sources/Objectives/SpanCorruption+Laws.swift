internal import Blocks

extension SpanCorruption {
  /// Lengths of spans and of what is kept between them, or where the noise lies.
  public var laws: [Law] {
    let known = { @Sendable (example: Example) -> HiddenRuns? in
      // A dropped token may equal the kept one behind it: then its run cannot be told for sure.
      guard format.target != .full || format.input == .tokenMask else { return nil }
      return hidden(example)
    }
    switch noise.kind {
    case .spans:
      let spans = noise.spans
      return noise.isRolled
        ? []
        : SpanNoise.laws(longest: tokensLength) { example in
          known(example).map { ($0, spans.counts($0.window.count)) }
        }
    case .iid: return [hiddenPlaces(known)]
    case .regular: return [regularLengths(known)]
    case .prefix: return [prefixPlaces(known)]
    }
  }

  private func hiddenPlaces(_ read: @escaping @Sendable (Example) -> HiddenRuns?) -> Law {
    .uniformPlace("place of hidden tokens") { example, counts in
      guard let hidden = read(example), hidden.window.count > 32 else { return }
      for place in hidden.runs.joined() { counts.addPlace(place, of: hidden.window.count) }
    }
  }

  private func regularLengths(_ read: @escaping @Sendable (Example) -> HiddenRuns?) -> Law {
    let longestPeriod = noise.regularSpans.map(\.period).max() ?? 1
    return Law("length of regular spans", (1...5).map { ("\($0)", 0.2) }) { example, counts in
      guard let hidden = read(example), hidden.window.count >= 3 * longestPeriod,
        let inner = hidden.runs.first(where: { $0.lowerBound > 0 && $0.upperBound < hidden.window.count })
      else { return }
      counts.add(inner.count - 1)
    }
  }

  private func prefixPlaces(_ read: @escaping @Sendable (Example) -> HiddenRuns?) -> Law {
    let noise = noise
    return .uniformPlace("prefix length within its range") { example, counts in
      guard let hidden = read(example), hidden.window.count >= 2 else { return }
      let prefixes = noise.prefixes(hidden.window.count)
      counts.addPlace(hidden.noiseCount - prefixes.lowerBound, of: prefixes.count)
    }
  }
}

extension SpanNoise {
  /// A row's runs, and how many hidden tokens and spans its window was divided into.
  typealias DividedRow = (hidden: HiddenRuns, counts: Counts)

  /// Of each row one span and one stretch that is kept: the parts of one composition depend on each other, those of
  /// different rows do not.
  static func laws(
    of noise: String = "", longest: Int, _ read: @escaping @Sendable (Example) -> DividedRow?
  ) -> [Law] {
    let suffix = noise.isEmpty ? "" : " of \(noise)"
    return [
      law("length of spans" + suffix, longest: longest, read) { row, number in
        (row.hidden.runs[number].count, row.counts.noise)
      },
      law("length between spans" + suffix, longest: longest, read) { row, number in
        let start = number == 0 ? 0 : row.hidden.runs[number - 1].upperBound
        return (row.hidden.runs[number].lowerBound - start, row.hidden.window.count - row.counts.noise)
      },
    ]
  }

  /// - Parameter part: length of a part, and of the whole that was divided.
  private static func law(
    _ name: String, longest: Int, _ read: @escaping @Sendable (Example) -> DividedRow?,
    _ part: @escaping @Sendable (DividedRow, _ number: Int) -> (length: Int, whole: Int)
  ) -> Law {
    // A condition is a whole and a number of parts.
    let radix = longest + 1
    return Law(
      name, outcomes: (1...longest).map { "\($0)" },
      probabilities: { composition(of: $0 / radix, parts: $0 % radix, outcomes: longest) },
      observe: { example, counts in
        guard let row = read(example), row.counts.spans > 1 else { return }
        let runs = row.hidden.runs.count
        guard runs == row.counts.spans else { return counts.add(-1) }
        let number = Int(row.hidden.window.reduce(0) { $0 &+ $1 } % UInt32(runs))
        let (length, whole) = part(row, number)
        // One way to divide a whole says nothing.
        guard whole > runs else { return }
        counts.add(length - 1, given: whole * radix + runs)
      })
  }

  /// Lengths of one part of a random composition: P(l) = C(n - l - 1, k - 2) / C(n - 1, k - 1).
  private static func composition(of whole: Int, parts: Int, outcomes: Int) -> [Double] {
    var shares = Array(repeating: 0.0, count: outcomes)
    var share = Double(parts - 1) / Double(whole - 1)
    for length in 1...min(outcomes, whole - parts + 1) {
      shares[length - 1] = share
      guard whole - length - 1 > 0 else { break }
      share *= Double(whole - length - parts + 1) / Double(whole - length - 1)
    }
    return shares
  }
}
