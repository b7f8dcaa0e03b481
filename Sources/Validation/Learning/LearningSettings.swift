internal import ModelCore

/// How much is learned before a verdict.
public struct LearningSettings: Sendable, Equatable {
  /// Steps of the optimizer.
  public var steps = 450
  /// Padded tokens in a batch.
  public var tokensInBatch = 2048
  /// Pairs in a batch of contrastive rows.
  public var pairsInBatch = 32
  /// Padded tokens to measure by.
  public var heldOutTokens = 60_000
  /// Numbers of the compact vocabulary.
  public var vocabularyLimit = 2048
  /// Most rows that are read to learn from.
  public var rowLimit = 6000
  /// How often a row is seen at most.
  public var epochs = 8
  public var width = 64
  public var heads = 4
  public var layers = 2
  public var rate: Float = 6e-3

  public init() {}

  /// A first look: half of the steps, half of the batch, half of the vocabulary.
  public static var quick: LearningSettings {
    var settings = LearningSettings()
    settings.steps = 220
    settings.tokensInBatch = 1024
    settings.heldOutTokens = 20_000
    settings.vocabularyLimit = 1024
    settings.rowLimit = 3000
    return settings
  }

  func shape(_ vocabulary: CompactVocabulary, dropout: Float = 0) -> ModelShape {
    var shape = ModelShape(vocabularySize: vocabulary.size)
    shape.width = width
    shape.heads = heads
    shape.layers = layers
    shape.hidden = 4 * width
    shape.dropout = dropout
    return shape
  }

  func optimizer(steps: Int) -> AdamW.Settings {
    var settings = AdamW.Settings(steps: steps)
    settings.rate = rate
    settings.warmUp = max(1, steps / 15)
    return settings
  }
}
