/// How large a model is. The defaults are as small as will do to tell data that teaches from data that does not.
public struct ModelShape: Sendable, Equatable {
  /// Ids it knows: 0 ..< `vocabularySize`.
  public var vocabularySize: Int
  /// Numbers in a state.
  public var width = 64
  public var heads = 4
  public var layers = 2
  /// Numbers in a feed-forward layer.
  public var hidden = 256
  /// Positions that have a vector; those beyond share the last one.
  public var longest = 512
  /// Kinds of text that have a vector (`token_type_ids`).
  public var types = 8
  /// Share of numbers put to zero in training.
  public var dropout: Float = 0

  public init(vocabularySize: Int) { self.vocabularySize = vocabularySize }
}
