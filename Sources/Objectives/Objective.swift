public import Blocks

/// A self-supervised task: how windows of ids become examples, and how an example gives its window back.
///
/// An objective is a small immutable value. It sees ids only: no text, no tokenizer, no file. What it appends is a pure
/// function of the window and the draws. Copy `PrefixLM.swift` to make a new one, and add it to `AllObjectives`.
public protocol Objective: Sendable {
  /// The name in recipes (`objective: mlm`), in the manifest and on the command line.
  static var name: String { get }
  /// One sentence for lists and reference pages.
  static var summary: String { get }
  /// Every key this objective takes, in the order of the reference page.
  static var settings: [Setting] { get }

  /// Checks the settings once; afterwards nothing about them can fail.
  ///
  /// - Throws: `settings.invalid` for values that do not go together, `objective.missing-token` for an id that the
  ///   vocabulary lacks, `objective.too-few-sentinels`.
  init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic)

  /// As `init`, for an objective that is made of others.
  ///
  /// - Parameter list: the objectives there are.
  static func make(
    _ settings: Settings, vocabulary: SpecialTokens, among list: NamedList<any Objective.Type>
  ) throws(Diagnostic) -> any Objective
  /// The settings with the defaults of what they hold filled in, too: those of the objectives that it is made of.
  static func complete(
    _ settings: Settings, among list: NamedList<any Objective.Type>
  ) throws(Diagnostic) -> Settings
  /// Special tokens that it cannot do without, beside those that every trained tokenizer has.
  var specialTokenNeeds: SpecialTokenNeeds { get }

  /// The number that keys this objective's draws (specification 6.3).
  var drawNumber: UInt32 { get }
  /// The columns of its examples.
  var schema: ExampleSchema { get }
  /// How documents are cut into windows for it.
  var windowing: Windowing { get }
  /// Rows that follow one another, from the first of each shard on, of which no two may come from one document; nil
  /// where that does not matter.
  var batchSize: Int? { get }
  /// Which rates its examples should show.
  var expectations: [Expectation] { get }
  /// How what it draws should be spread over its examples. None by default.
  var laws: [Law] { get }

  /// Makes one example of a window and appends it, with its order key, to `batch`; or appends nothing and returns the
  /// reason (`window_too_short`).
  func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason?

  /// The window that an example was made of: the exact inverse of `append`, without any randomness.
  ///
  /// - Throws: `verify.…`, when the example cannot have come from this objective; the message says which invariant of
  ///   the specification is broken and where in the row.
  func restore(_ example: Example) throws(Diagnostic) -> TokenWindow

  /// Checks every exact invariant of the specification on one example.
  ///
  /// - Throws: `verify.…`, as `restore`.
  func check(_ example: Example) throws(Diagnostic)

  /// What the example shows and asks, token by token, for the eye.
  func explain(_ example: Example) -> [ExampleSection]
}

/// Special tokens that an objective needs.
public struct SpecialTokenNeeds: Sendable, Equatable {
  public var roles: Set<SpecialTokens.Role>
  /// How many sentinels.
  public var sentinels: Int

  public init(roles: Set<SpecialTokens.Role> = [], sentinels: Int = 0) {
    self.roles = roles
    self.sentinels = sentinels
  }

  /// What both need.
  public func union(_ other: SpecialTokenNeeds) -> SpecialTokenNeeds {
    SpecialTokenNeeds(roles: roles.union(other.roles), sentinels: max(sentinels, other.sentinels))
  }
}

/// Why a window gave no example. Counted by name; never silent.
public struct DropReason: Sendable, Hashable {
  public var name: String
  public init(_ name: String) { self.name = name }

  /// Fewer tokens than the objective can work with.
  public static let windowTooShort = DropReason("window_too_short")
  /// The last, short window of a document or block, left out by `tail: drop`.
  public static let tailDropped = DropReason("tail_dropped")
  /// A record without a text that goes with its first one.
  public static let noPositive = DropReason("no_positive")
  /// The window, or the record, has fewer hard negatives than were asked for.
  public static let noNegative = DropReason("no_negative")
  /// A hard negative is equal to a view.
  public static let leakingNegative = DropReason("leaking_negative")
  /// Nothing in the text can be changed.
  public static let nothingToChange = DropReason("nothing_to_change")
  /// No position of the window would carry loss.
  public static let nothingToPredict = DropReason("nothing_to_predict")
}

/// Buffers that objectives use while they make an example: owned by a worker, reused, meaningless between calls.
public struct ObjectiveScratch: Sendable {
  /// Positions to draw from, or places of spans.
  public var positions: [Int32] = []
  /// Lengths that belong to `positions`.
  public var lengths: [Int32] = []
  /// An order of sentences.
  public var order: [Int32] = []
  /// One flag for each token.
  public var mask: [Bool] = []
  /// A second flag for each token, or one for each span.
  public var flags: [Bool] = []
  /// By token: whether a word starts there.
  public var wordStarts: [Bool] = []
  public var ids: [UInt32] = []
  public var targets: [UInt32] = []
  public var labels: [Int32] = []
  /// Where the windows of a block are gathered.
  public var window = TokenWindow()

  public init() {}
}
