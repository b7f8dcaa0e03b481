internal import Blocks

/// What a selected token shows: the mask, a random token, or itself (BERT's 80/10/10).
///
///     one word x of the action stream     x < T(mask)   │ x < T(mask + random) │ else
///                                         the mask      │ a random token       │ the token itself
struct TokenReplacement: Sendable {
  enum Action {
    case mask, random, keep
  }

  /// The shares of mask, random and keep, as given.
  let shares: [Double]
  private let maskBelow: UInt64
  private let randomBelow: UInt64

  static let setting = Setting(
    "replace", .list(.number(0...1)),
    default: .list([0.8, 0.1, 0.1].map { SettingValue(.number($0)) }),
    "Shares of selected tokens that show the mask, a random token, and the token itself.")

  /// - Throws: `settings.invalid` unless there are three shares that sum to one.
  init(_ settings: Settings) throws(Diagnostic) {
    shares = settings.numbers("replace")
    guard shares.count == 3, abs(shares[0] + shares[1] + shares[2] - 1) < 1e-9 else {
      throw settings.invalid("replace", "is not three shares that sum to 1", help: "for example [0.8, 0.1, 0.1]")
    }
    maskBelow = Threshold(shares[0]).value
    randomBelow = Threshold(shares[0] + shares[1]).value
  }

  /// What one word of the action stream says.
  @inline(__always)
  func action(of word: UInt32) -> Action {
    UInt64(word) < maskBelow ? .mask : UInt64(word) < randomBelow ? .random : .keep
  }

  /// What one token shows. One word of `actions`, and one `bounded` of `ids` for a random token.
  @inline(__always)
  func shown(
    for original: UInt32, mask: UInt32, table: IDTable, actions: inout RandomStream, ids: inout RandomStream
  ) -> UInt32 {
    switch action(of: actions.word()) {
    case .mask: mask
    case .random: table.draw(&ids)
    case .keep: original
    }
  }
}
