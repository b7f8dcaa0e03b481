internal import Blocks

/// Finds windows of a block that share rare tokens: Okapi's BM25 with a bound on what a question may cost.
///
///     score(q, d) = Σ idf(t) · tf(t, d) · (k1 + 1) / (tf(t, d) + k1 · (1 - b + b · |d| / mean |d|))
///     idf(t)      = log2((2N + 2) / (2 df(t) + 1))        in 2^-16, rounded down, by integers alone
///
/// A question is made of the window's rarest tokens: at most `termLimit` of them, and none that stands in more than
/// `postingLimit` windows, for those say little and cost most. So it takes `termLimit` · `postingLimit` additions at
/// most, whatever the size of the block.
///
/// Scores are sums of doubles in a fixed order, without a logarithm of the platform: the same everywhere.
///
/// - Source: Robertson and Zaragoza 2009; the idf is Lucene's, k1 and b are its defaults.
package struct BM25Index {
  package static let k1 = 1.2
  package static let b = 0.75
  package static let termLimit = 12
  package static let postingLimit = 500

  /// A window in which a token stands, and how often.
  private struct Posting {
    var window: Int32
    var count: Int32
  }

  private let ids: [UInt32]
  /// Where each window starts in `ids`, and their end.
  private let starts: [Int]
  /// By token: in how many windows it stands.
  private var frequencies: [Int32]
  /// By token: where its postings start; those of too frequent and of single tokens are left out.
  private var postingStarts: [Int]
  private var postings: [Posting]
  /// By window: k1 · (1 - b + b · |d| / mean |d|).
  private let norms: [Double]
  // What a question works with.
  private var scores: [Double]
  private var touched: [Int] = []
  private var terms: [UInt32] = []

  package init(ids: [UInt32], starts: [Int]) {
    precondition(starts.first == 0 && starts.last == ids.count, "windows cover the ids")
    self.ids = ids
    self.starts = starts
    let windowCount = starts.count - 1
    let mean = Double(ids.count) / Double(max(1, windowCount))
    norms = (0..<windowCount).map { window in
      Self.k1 * (1 - Self.b + Self.b * (Double(starts[window + 1] - starts[window]) / mean))
    }
    scores = Array(repeating: 0, count: windowCount)
    frequencies = Array(repeating: 0, count: Int(ids.max() ?? 0) + 1)
    postingStarts = Array(repeating: 0, count: frequencies.count + 1)
    postings = []
    for window in 0..<windowCount { countTerms(of: window) { id, _ in frequencies[Int(id)] += 1 } }
    var total = 0
    for id in frequencies.indices {
      postingStarts[id] = total
      if isAsked(UInt32(id)) { total += Int(frequencies[id]) }
    }
    postingStarts[frequencies.count] = total
    postings = Array(repeating: Posting(window: 0, count: 0), count: total)
    var next = postingStarts
    for window in 0..<windowCount {
      countTerms(of: window) { id, count in
        guard isAsked(id) else { return }
        postings[next[Int(id)]] = Posting(window: Int32(window), count: Int32(count))
        next[Int(id)] += 1
      }
    }
  }

  /// The nearest windows to one, itself left out, by descending score; equal ones in their order.
  ///
  /// - Parameter isAllowed: which windows may be found.
  /// - Returns: up to `count`; only such as share a token that is asked for.
  package mutating func nearest(to window: Int, count: Int, where isAllowed: (Int) -> Bool) -> [Int] {
    chooseTerms(of: window)
    touched.removeAll(keepingCapacity: true)
    for id in terms {
      let weight = Double(Self.log2(2 * (scores.count + 1), over: 2 * Int(frequencies[Int(id)]) + 1))
      for index in postingStarts[Int(id)]..<postingStarts[Int(id) + 1] {
        let posting = postings[index]
        let other = Int(posting.window)
        if scores[other] == 0 { touched.append(other) }
        let frequency = Double(posting.count)
        scores[other] += weight * (frequency * (Self.k1 + 1) / (frequency + norms[other]))
      }
    }
    var best: [Int] = []
    for other in touched where other != window {
      // The few best so far stay sorted. Most windows are no better than the last of them, so that is asked first.
      let place = best.firstIndex { scores[$0] != scores[other] ? scores[$0] < scores[other] : $0 > other }
      guard place != nil || best.count < count, isAllowed(other) else { continue }
      best.insert(other, at: place ?? best.count)
      if best.count > count { best.removeLast() }
    }
    for other in touched { scores[other] = 0 }
    return best
  }

  /// The rarest tokens of a window first, the lower id first where two are as rare.
  private mutating func chooseTerms(of window: Int) {
    terms.removeAll(keepingCapacity: true)
    var chosen: [UInt32] = []
    countTerms(of: window) { id, _ in if isAsked(id) { chosen.append(id) } }
    chosen.sort {
      let (one, other) = (frequencies[Int($0)], frequencies[Int($1)])
      return one != other ? one < other : $0 < $1
    }
    terms.append(contentsOf: chosen.prefix(Self.termLimit))
  }

  /// Whether a token finds other windows, and not too many.
  private func isAsked(_ id: UInt32) -> Bool {
    let frequency = frequencies[Int(id)]
    return frequency >= 2 && Int(frequency) <= Self.postingLimit
  }

  /// Calls `body` with each token of a window and how often it stands there, ascending.
  private func countTerms(of window: Int, _ body: (UInt32, Int) -> Void) {
    let sorted = ids[starts[window]..<starts[window + 1]].sorted()
    var first = 0
    while first < sorted.count {
      var end = first + 1
      while end < sorted.count, sorted[end] == sorted[first] { end += 1 }
      body(sorted[first], end - first)
      first = end
    }
  }

  /// log2(numerator / denominator) in 2^-16, rounded down: squares of integers, one for each bit.
  ///
  /// - Precondition: 0 < denominator ≤ numerator < 2^33.
  package static func log2(_ numerator: Int, over denominator: Int) -> Int {
    var whole = 0
    while denominator << (whole + 1) <= numerator { whole += 1 }
    // A number from 1 to 2, with 62 bits behind the point.
    let (numerator, denominator) = (UInt64(numerator), UInt64(denominator) << UInt64(whole))
    var rest = denominator.dividingFullWidth((numerator >> 2, numerator << 62)).quotient
    var bits = whole
    for _ in 0..<16 {
      let square = rest.multipliedFullWidth(by: rest)
      rest = square.high << 2 | square.low >> 62
      bits <<= 1
      if rest >= 1 << 63 {
        rest >>= 1
        bits |= 1
      }
    }
    return bits
  }
}
