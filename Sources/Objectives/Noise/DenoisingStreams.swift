package import Blocks

/// The streams of one denoising example: steps that share a purpose go on with the same stream, in the order of steps.
package struct DenoisingStreams {
  /// Positions of masked, deleted and replaced tokens.
  var positions: RandomStream
  /// Whether a span shows a random id.
  var actions: RandomStream
  /// Lengths of spans.
  var lengths: RandomStream
  /// Starts of spans.
  var starts: RandomStream
  /// Random ids.
  var ids: RandomStream
  /// The order of sentences.
  var permutation: RandomStream
  /// Places of insertions.
  var insertions: RandomStream
  var rotation: RandomStream

  package init(_ draws: ExampleDraws) {
    positions = draws.stream(.positionSelection)
    actions = draws.stream(.action)
    lengths = draws.stream(.noiseSpanLengths)
    starts = draws.stream(.spanStarts)
    ids = draws.stream(.replacementIDs)
    permutation = draws.stream(.permutation)
    insertions = draws.stream(.insertionPositions)
    rotation = draws.stream(.rotation)
  }
}
