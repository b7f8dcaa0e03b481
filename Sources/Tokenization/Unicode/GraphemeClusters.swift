internal import CKernels

/// Extended grapheme clusters, as Hugging Face tokenizers 0.23.3 finds them (UAX #29).
///
/// Pairs of regional indicators are left out: they have eight bytes, and only clusters of less than six are told apart.
enum GraphemeClusters {
  /// Where the cluster that starts at `start`, which lies before `end`, ends.
  static func end(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let first = unsafe decodeScalar(text, at: start, end: end)
    var offset = start + first.byteCount
    var state = State(after: kind(first.scalar))
    while offset < end {
      let next = unsafe decodeScalar(text, at: offset, end: end)
      guard state.joins(kind(next.scalar)) else { break }
      offset += next.byteCount
    }
    return offset
  }

  private typealias Kind = PalimpsestGraphemeClass

  private static func kind(_ scalar: UInt32) -> Kind { Kind(UInt32(palimpsest_grapheme(scalar))) }

  /// What is known of the cluster so far.
  private struct State {
    private var previous: Kind
    /// After a pictograph and nothing but extenders: then another joins directly behind U+200D.
    private var isPictograph: Bool
    /// After a consonant and what does not break a conjunct; and whether a linker was among it.
    private var isConjunct: Bool
    private var isLinked = false

    init(after first: Kind) {
      previous = first
      isPictograph = first == PALIMPSEST_GRAPHEME_PICTOGRAPH
      isConjunct = first == PALIMPSEST_GRAPHEME_CONSONANT
    }

    /// Whether the next scalar is of the cluster; if it is, it is taken in.
    mutating func joins(_ next: Kind) -> Bool {
      guard isJoint(with: next) else { return false }
      if previous == PALIMPSEST_GRAPHEME_JOINER { isPictograph = false }
      switch next {
      case PALIMPSEST_GRAPHEME_EXTEND, PALIMPSEST_GRAPHEME_JOINER: break
      case PALIMPSEST_GRAPHEME_LINKER: isLinked = true
      case PALIMPSEST_GRAPHEME_EXTEND_BREAKING_CONJUNCT: isConjunct = false
      default:
        isPictograph = next == PALIMPSEST_GRAPHEME_PICTOGRAPH
        isConjunct = next == PALIMPSEST_GRAPHEME_CONSONANT
        isLinked = false
      }
      previous = next
      return true
    }

    private func isExtender(_ kind: Kind) -> Bool {
      kind == PALIMPSEST_GRAPHEME_EXTEND || kind == PALIMPSEST_GRAPHEME_LINKER
        || kind == PALIMPSEST_GRAPHEME_EXTEND_BREAKING_CONJUNCT
    }

    private func isJoint(with next: Kind) -> Bool {
      switch previous {
      case PALIMPSEST_GRAPHEME_CR: return next == PALIMPSEST_GRAPHEME_LF
      case PALIMPSEST_GRAPHEME_LF, PALIMPSEST_GRAPHEME_CONTROL: return false
      default: break
      }
      switch next {
      case PALIMPSEST_GRAPHEME_CR, PALIMPSEST_GRAPHEME_LF, PALIMPSEST_GRAPHEME_CONTROL: return false
      case PALIMPSEST_GRAPHEME_JOINER, PALIMPSEST_GRAPHEME_SPACING_MARK: return true
      case _ where isExtender(next) || previous == PALIMPSEST_GRAPHEME_PREPEND: return true
      case PALIMPSEST_GRAPHEME_LEAD, PALIMPSEST_GRAPHEME_LV, PALIMPSEST_GRAPHEME_LVT:
        return previous == PALIMPSEST_GRAPHEME_LEAD
      case PALIMPSEST_GRAPHEME_VOWEL:
        return previous == PALIMPSEST_GRAPHEME_LEAD || previous == PALIMPSEST_GRAPHEME_LV
          || previous == PALIMPSEST_GRAPHEME_VOWEL
      case PALIMPSEST_GRAPHEME_TRAIL:
        return previous == PALIMPSEST_GRAPHEME_LV || previous == PALIMPSEST_GRAPHEME_LVT
          || previous == PALIMPSEST_GRAPHEME_VOWEL || previous == PALIMPSEST_GRAPHEME_TRAIL
      case PALIMPSEST_GRAPHEME_PICTOGRAPH: return previous == PALIMPSEST_GRAPHEME_JOINER && isPictograph
      case PALIMPSEST_GRAPHEME_CONSONANT: return isConjunct && isLinked
      default: return false
      }
    }
  }
}
