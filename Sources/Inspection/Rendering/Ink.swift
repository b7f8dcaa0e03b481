/// How a stretch of text looks where colours can be shown. Never the only carrier of meaning: the same text without any
/// ink must say the same.
enum Ink: Sendable, Equatable {
  case plain
  /// Furniture: brackets, dividers, special tokens, labels.
  case faint
  case heading
  /// What was there before.
  case hidden
  /// What stands there by chance.
  case wrong
  /// What stands there and is asked for all the same.
  case kept
  case sentinel
  case asked
  case given
  case number

  /// The parameters of the terminal's "select graphic rendition"; empty for the terminal's own text colour.
  var parameters: String {
    switch self {
    case .plain: ""
    case .faint: "2"
    case .heading: "1"
    case .hidden: "1;35"
    case .wrong: "31"
    case .kept: "1;36"
    case .sentinel: "1;33"
    case .asked: "32"
    case .given: "34"
    case .number: "1;34"
    }
  }
}
