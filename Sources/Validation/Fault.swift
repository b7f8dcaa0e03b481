internal import Blocks
internal import Objectives

/// What can go wrong between a corpus and a model, planted on purpose in rows that were read: so one sees that a
/// verdict can fail, and what it then says.
public enum Fault: String, Sendable, CaseIterable {
  /// Each label is that of the next place.
  case shiftedLabels = "shifted-labels"
  /// Labels are those of random other places, or other rows.
  case shuffledLabels = "shuffled-labels"
  /// What is asked for stands where the model sees it.
  case visibleTargets = "visible-targets"
  /// Targets name the sentinels in another order.
  case misorderedSentinels = "misordered-sentinels"
  /// A border between what is given and what is asked, or between documents, lies one token further on.
  case movedBorders = "moved-borders"
  /// The two sides of a row come from two rows.
  case mismatchedPairs = "mismatched-pairs"
  /// Tokens and labels of each row are turned round.
  case reversedWindows = "reversed-windows"
  /// Some ids are no ids of the vocabulary.
  case foreignIDs = "foreign-ids"

  public var summary: String {
    switch self {
    case .shiftedLabels: "each label is that of the next place"
    case .shuffledLabels: "labels are those of random other places"
    case .visibleTargets: "what is asked for stands where the model sees it"
    case .misorderedSentinels: "targets name the sentinels in another order"
    case .movedBorders: "prefixes, sources and segments end one token later"
    case .mismatchedPairs: "the two sides of a row come from two rows"
    case .reversedWindows: "tokens and labels of each row are turned round"
    case .foreignIDs: "some ids are no ids of the vocabulary"
    }
  }

  /// Changes the rows.
  ///
  /// - Returns: whether there was anything to change: not every objective has labels, sentinels or two sides.
  @discardableResult
  public func plant(in sample: inout ObjectiveSample, seed: UInt64) -> Bool {
    guard let first = sample.training.first else { return false }
    let planter = FaultPlanter(
      family: Family(kind: sample.kind, first), vocabulary: sample.vocabulary, seed: seed)
    let training = planter.plant(self, in: sample.training)
    let heldOut = planter.plant(self, in: sample.heldOut)
    let isChanged = training != sample.training
    sample.training = training
    sample.heldOut = heldOut
    return isChanged
  }
}
