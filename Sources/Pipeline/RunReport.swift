public import Shards

/// What a run did: the summary at its end.
public struct RunReport: Sendable {
  public var outputPath: String
  /// The dataset's manifest.
  public var manifest: Manifest
  /// True when the dataset had been complete before, and nothing was done.
  public var wasComplete = false
  /// The share of the blocks and shards that was made; then the dataset is not finished, and `manifest` is empty.
  public var part: BuildPart?
  /// Of a part: whether all blocks were there, so that its shards could be made.
  public var hasShards = false
  /// Shards made or found, and how many of them an earlier run, or another machine, had finished.
  public var shards = 0
  public var shardsFoundDone = 0
  public var threads = 0
  public var trainingSeconds = 0.0
  public var blockSeconds = 0.0
  public var publishSeconds = 0.0
  /// Documents that were left out, by the code of the reason, sorted; empty when the dataset had been complete before.
  public var skips: [(code: String, count: Int)] = []
  /// Decompressed bytes of the inputs.
  public var sourceBytes = 0
  public var blocks = 0
  /// Blocks that an earlier run had finished.
  public var blocksFoundDone = 0
  /// Largest resident memory of the process so far, in bytes.
  public var peakMemoryBytes = 0

  /// Inputs of which a part could not be read at all: how many, of those skips.
  public var unreadableInputs: Int {
    skips.reduce(0) { sum, skip in
      let isAboutInput =
        skip.code.hasPrefix("files.") || skip.code == "corpus.not-text" || skip.code == "corpus.wrong-encoding"
      return sum + (isAboutInput ? skip.count : 0)
    }
  }

  public var seconds: Double { trainingSeconds + blockSeconds + publishSeconds }
}
