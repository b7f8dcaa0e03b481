/// A labelled part of an example for the eye: an input, a target, a view.
public struct ExampleSection: Sendable, Equatable {
  /// What happened to a token.
  public enum Mark: String, Sendable, Equatable {
    /// Shown as it was.
    case plain
    /// A special token added by the objective (`[CLS]`, `</s>`, pad).
    case special
    /// Hidden behind the mask token; `original` is what was there.
    case masked
    /// Replaced by a random token; `original` is what was there.
    case replaced
    /// Selected, shown as it was, and asked for.
    case kept
    /// A sentinel; the same `group` on input and target side belong together.
    case sentinel
    /// Asked for: part of the target.
    case target
    /// Given: the part of a prefix example that carries no loss.
    case prefix
    /// Missing from the input (deleted); `ids` of the entry are those of the original.
    case deleted
    /// Moved from elsewhere; `group` is its sentence in the original.
    case moved
    /// Inserted: not in the original.
    case inserted
  }

  public struct Token: Sendable, Equatable {
    public var id: UInt32
    public var mark: Mark
    /// The token that was there before, for `masked` and `replaced`.
    public var original: UInt32?
    /// Number of the span, sentence or sentinel it belongs to.
    public var group: Int?

    public init(_ id: UInt32, _ mark: Mark = .plain, original: UInt32? = nil, group: Int? = nil) {
      self.id = id
      self.mark = mark
      self.original = original
      self.group = group
    }
  }

  /// "input", "target", "view 1", …
  public var title: String
  public var tokens: [Token]

  public init(_ title: String, _ tokens: [Token]) {
    self.title = title
    self.tokens = tokens
  }
}
