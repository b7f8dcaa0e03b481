/// Which tokens of a text stand behind each token of its damaged form.
///
///     text      a b c d e      shown    a M d M e      ranges    0..<1  1..<3  3..<4  4..<4  4..<5
///
/// A mask stands for any run of tokens, an empty one included; every other token for itself.
package enum Alignment {
  /// The ranges for each shown token, or nil when the text cannot have become `shown`.
  ///
  /// - Parameters:
  ///   - mask: the wildcard; nil when there is none.
  ///   - gapsAllowed: tokens may be missing without a mask (deletion); masks then get empty ranges.
  ///   - emptyAllowed: a mask may stand for no token at all.
  /// - Cost: O(text) in ordinary cases, O(text · shown) at worst.
  package static func ranges(
    of shown: [UInt32], in text: [UInt32], mask: UInt32?, gapsAllowed: Bool, emptyAllowed: Bool = true
  ) -> [Range<Int>]? {
    gapsAllowed
      ? subsequence(shown, text, mask: mask) : wildcards(shown, text, mask: mask, shortest: emptyAllowed ? 0 : 1)
  }

  private static func subsequence(_ shown: [UInt32], _ text: [UInt32], mask: UInt32?) -> [Range<Int>]? {
    var ranges: [Range<Int>] = []
    var next = 0
    for id in shown {
      if id == mask {
        ranges.append(next..<next)
        continue
      }
      guard let place = text[next...].firstIndex(of: id) else { return nil }
      ranges.append(place..<place + 1)
      next = place + 1
    }
    return ranges
  }

  private static func wildcards(_ shown: [UInt32], _ text: [UInt32], mask: UInt32?, shortest: Int) -> [Range<Int>]? {
    var places = Array(repeating: text.count, count: shown.count)
    var (i, j) = (0, 0)
    var lastMask: Int?
    var retry = 0
    while j < text.count {
      if i < shown.count, shown[i] == mask {
        places[i] = j
        lastMask = i
        j += shortest
        retry = j
        i += 1
      } else if i < shown.count, shown[i] == text[j] {
        places[i] = j
        i += 1
        j += 1
      } else if let last = lastMask {
        retry += 1
        j = retry
        i = last + 1
      } else {
        return nil
      }
    }
    guard shown[i...].allSatisfy({ $0 == mask && shortest == 0 }) else { return nil }
    for rest in shown.indices.suffix(from: i) { places[rest] = text.count }
    return shown.indices.map { index in
      shown[index] == mask
        ? places[index]..<(index + 1 < shown.count ? places[index + 1] : text.count)
        : places[index]..<places[index] + 1
    }
  }
}
