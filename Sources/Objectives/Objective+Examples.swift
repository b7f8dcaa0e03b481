public import Blocks

extension Objective {
  public var batchSize: Int? { nil }
  public var laws: [Law] { [] }

  public static func make(
    _ settings: Settings, vocabulary: SpecialTokens, among list: NamedList<any Objective.Type>
  ) throws(Diagnostic) -> any Objective {
    try Self(settings, vocabulary: vocabulary)
  }

  public static func complete(
    _ settings: Settings, among list: NamedList<any Objective.Type>
  ) throws(Diagnostic) -> Settings { settings }

  public var specialTokenNeeds: SpecialTokenNeeds { SpecialTokenNeeds() }

  /// The draws of one window's example: keyed by (seed, objective, epoch, origin, example), and by nothing else.
  public func draws(seed: UInt64, for window: TokenWindow) -> ExampleDraws {
    ExampleDraws(
      seed: seed, objective: drawNumber, epoch: UInt32(window.epoch), origin: window.originID,
      example: window.exampleIndex)
  }

  /// The key by which a shuffled dataset is sorted: the first double word of objective 255's stream (specification
  /// 6.6).
  ///
  /// The same for every objective, so that rows made of one window keep together across objectives.
  public func orderKey(seed: UInt64, for window: TokenWindow) -> UInt64 {
    var stream = ExampleDraws(
      seed: seed, objective: 255, epoch: UInt32(window.epoch), origin: window.originID, example: window.exampleIndex
    ).stream(.orderKey)
    return stream.doubleWord()
  }

  /// Makes every example of a block: windows in order, and of each window its copies for the epochs; windows
  /// that are drawn, epoch by epoch.
  ///
  /// - Parameters:
  ///   - documents: positions in `block.documents` of those that take part (one split of the dataset), ascending.
  ///   - epochs: how many corruption copies of each window.
  ///   - firstEpoch: number of the first of them: documents that take part again go on with the next numbers.
  ///   - text: the texts of `block`'s documents; needed only by objectives whose windowing says so (`needsText`).
  /// - Returns: what was made, and what was left out and why.
  public func appendExamples(
    of block: borrowing TokenBlock, documents: [Int], seed: UInt64, epochs: Int,
    firstEpoch: Int = 0, text: (any DocumentText)? = nil, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) throws(Diagnostic) -> ExampleReport {
    precondition(firstEpoch + epochs <= 1 << 16, "epochs are counted in 16 bits")
    let all = firstEpoch..<firstEpoch + epochs
    var report = ExampleReport()
    // The window is taken out while windows are cut, so that `append` may use the rest of the scratch.
    var gathered = TokenWindow()
    swap(&gathered, &scratch.window)
    defer { swap(&gathered, &scratch.window) }
    // Drawn windows are cut once for each epoch, others once for all.
    for copy in windowing.isDrawn ? all : all.prefix(1) {
      let cut = try windowing.forEachWindow(
        of: block, documents: documents, seed: seed, epoch: UInt16(copy), text: text, gatheringInto: &gathered
      ) { window in
        var window = window
        var made = 0
        for epoch in windowing.isDrawn ? copy..<copy + 1 : all {
          window.epoch = UInt16(epoch)
          let dropped = append(
            window, drawing: draws(seed: seed, for: window), orderKey: orderKey(seed: seed, for: window),
            scratch: &scratch, to: &batch)
          if let dropped { report.count(dropped.name) } else { made += 1 }
        }
        report.examples += made
        report.tokens += made * window.ids.count
        if made == 0 { report.droppedTokens += window.ids.count }
      }
      report.windows += cut.windows
      report.droppedTokens += cut.droppedTokens
      if cut.droppedTails > 0 { report.count(DropReason.tailDropped.name, cut.droppedTails) }
    }
    return report
  }
}

/// What an objective made of a block, and what it left out.
public struct ExampleReport: Sendable, Equatable {
  /// How often one reason left something out.
  public struct Drop: Sendable, Equatable {
    public var reason: String
    public var count: Int

    public init(reason: String, count: Int) {
      self.reason = reason
      self.count = count
    }
  }

  /// Windows that were cut; each is tried once for every epoch, drawn ones for theirs.
  public var windows = 0
  public var examples = 0
  /// Tokens of the windows behind the examples, end-of-document marks and overlaps included, each copy counted.
  public var tokens = 0
  /// Tokens that are in no example: those of dropped tails, and of windows that gave none.
  public var droppedTokens = 0
  /// Counts by reason, sorted by reason.
  public private(set) var drops: [Drop] = []

  public init() {}

  /// Counts a reason.
  public mutating func count(_ reason: String, _ times: Int = 1) {
    if let index = drops.firstIndex(where: { $0.reason >= reason }) {
      if drops[index].reason == reason {
        drops[index].count += times
      } else {
        drops.insert(Drop(reason: reason, count: times), at: index)
      }
    } else {
      drops.append(Drop(reason: reason, count: times))
    }
  }

  /// Adds another block's counts.
  public mutating func add(_ other: ExampleReport) {
    windows += other.windows
    examples += other.examples
    tokens += other.tokens
    droppedTokens += other.droppedTokens
    for drop in other.drops { count(drop.reason, drop.count) }
  }
}
