public import Blocks
internal import Objectives

/// Rows of one objective, as they were read: what everything is judged by.
public struct ObjectiveSample: Sendable {
  /// The name in the recipe.
  public var name: String
  /// The kind of objective: `mlm`.
  public var kind: String
  public var vocabulary: SpecialTokens
  /// Rows to learn from.
  public var training: [Example]
  /// Rows of other documents, to measure by.
  public var heldOut: [Example]

  public init(
    name: String, kind: String, vocabulary: SpecialTokens, training: [Example], heldOut: [Example]
  ) {
    self.name = name
    self.kind = kind
    self.vocabulary = vocabulary
    self.training = training
    self.heldOut = heldOut
  }
}

/// How rows are put to a model.
public enum Family: String, Sendable, CaseIterable {
  /// Answers stand where the question is: masked tokens, or a label for each token.
  case inPlace = "encoder"
  /// Each token is asked of those before it.
  case nextToken = "decoder"
  /// A source is read, a target is written.
  case sides = "encoder-decoder"
  /// Two texts belong together.
  case pairs = "contrastive"

  /// The family of a kind of objective, told by the columns where the kind is not one of ours.
  init(kind: String, _ example: Example) {
    switch kind {
    case MaskedLM.name, BERTPairs.name, UniLM.name, ReplacedTokenDetection.name, ImageMLM.name, AudioMLM.name:
      self = .inPlace
    case CausalLM.name: self = .nextToken
    case SpanCorruption.name, UL2.name, MASS.name, Denoising.name: self = .sides
    case ContrastivePairs.name: self = .pairs
    default:
      if example.scalar("prefix_length") != nil || !example["cu_seqlens"].isEmpty {
        self = .nextToken
      } else if !example["masked_positions"].isEmpty || example["labels"].count == example["input_ids"].count,
        kind != PrefixLM.name
      {
        self = .inPlace
      } else {
        self = example["labels"].isEmpty ? .pairs : .sides
      }
    }
  }
}
