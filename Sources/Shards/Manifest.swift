public import Blocks
public import JSONText

/// `dataset.json`: what was built, of what, by which recipe, and how to prove every byte of it.
///
/// It is written last of all: a folder without it holds no dataset, only work to resume. It holds no clock, no machine
/// and no thread count, so the same recipe gives the same bytes.
public struct Manifest: Sendable, Equatable {
  public static let fileName = "dataset.json"
  public static let currentFormatVersion = 2
  /// Skipped documents listed in full, unless the writer says otherwise; all are counted.
  public static let defaultSkippedLimit = 1000

  public var formatVersion = Manifest.currentFormatVersion
  /// The version of the program that built the dataset.
  public var palimpsestVersion = ""
  public var seed: UInt64 = 0
  /// The whole recipe, defaults included.
  public var recipe: JSONValue = .null
  public var recipeDigest = ""
  public var tokenizer = ManifestTokenizer()
  public var inputs: [ManifestInput] = []
  public var counts = ManifestCounts()
  /// Documents that were left out, in corpus order: the first `skippedLimit` of `counts.skipped`.
  public var skipped: [SkippedDocument] = []
  public var skippedLimit = Manifest.defaultSkippedLimit
  public var objectives: [ManifestObjective] = []

  public init() {}

  /// The most that any document took part: each time has epochs of its own.
  public var mostShares: Int { max(1, inputs.map { Int($0.weight.rounded(.up)) }.max() ?? 1) }
}

/// The tokenizer that made the ids, as far as a reader of ids needs to know it.
public struct ManifestTokenizer: Sendable, Equatable {
  /// Where it is, relative to the dataset.
  public var path = "tokenizer.json"
  /// XXH64 of that file.
  public var digest: UInt64 = 0
  public var vocabularySize = 0
  public var ids: [SpecialTokens.Role: UInt32] = [:]
  public var sentinels: [UInt32] = []
  /// Special ids that have no role and are no sentinels, ascending.
  public var otherSpecial: [UInt32] = []

  public init() {}

  public init(path: String = "tokenizer.json", digest: UInt64, _ tokens: SpecialTokens) {
    self.path = path
    self.digest = digest
    vocabularySize = tokens.vocabularySize
    ids = tokens.ids
    sentinels = tokens.sentinels
    let known = Set(Array(tokens.ids.values) + tokens.sentinels)
    otherSpecial = tokens.special.filter { !known.contains($0) }.sorted()
  }

  /// The facts that objectives take. Which tokens continue a word is not in the manifest: load the tokenizer for that.
  public func specialTokens(continuesWord: [Bool] = []) -> SpecialTokens {
    SpecialTokens(
      vocabularySize: vocabularySize, ids: ids, sentinels: sentinels, otherSpecial: otherSpecial,
      continuesWord: continuesWord)
  }
}

/// One input file.
public struct ManifestInput: Sendable, Equatable {
  /// As the recipe gave it, or as a pattern of the recipe matched it.
  public var path: String
  /// Documents read from it, the dropped and skipped ones included.
  public var documents: Int
  /// Decompressed bytes.
  public var bytes: Int
  /// How often each of its documents took part; 1 where the recipe does not say.
  public var weight: Double
  /// The file as it was read, packed or not: its size and its XXH64. Nil in datasets of format version 1.
  public var file: Fingerprint?

  /// What tells a file from another version of it.
  public struct Fingerprint: Sendable, Equatable {
    public var byteCount: Int
    /// XXH64 of the bytes.
    public var checksum: UInt64

    public init(byteCount: Int, checksum: UInt64) {
      self.byteCount = byteCount
      self.checksum = checksum
    }
  }

  public init(path: String, documents: Int, bytes: Int, weight: Double = 1, file: Fingerprint? = nil) {
    self.weight = weight
    self.path = path
    self.documents = documents
    self.bytes = bytes
    self.file = file
  }
}

/// Something that was left out, counted by its reason.
public struct ManifestDrop: Sendable, Equatable {
  public var reason: String
  public var count: Int

  public init(reason: String, count: Int) {
    self.reason = reason
    self.count = count
  }
}

/// What went into the dataset, over all inputs.
public struct ManifestCounts: Sendable, Equatable {
  /// Documents that gave tokens.
  public var documents = 0
  /// Bytes of their text, as the tokenizer saw it.
  public var textBytes = 0
  public var tokens = 0
  /// Documents that could not be read.
  public var skipped = 0
  /// Documents that a text step left out.
  public var dropped: [ManifestDrop] = []

  public init() {}
}

/// One objective's part of the dataset: a folder in the layout of `save_to_disk`.
public struct ManifestObjective: Sendable, Equatable {
  /// The folder.
  public var name: String
  /// The objective's name in recipes: `mlm`.
  public var kind: String
  public var settings: JSONValue
  public var epochs: Int
  public var schema: ExampleSchema
  /// Ids of the corpus in its examples, over all epochs.
  public var tokens = 0
  public var splits: [ManifestSplit]
  /// Windows that gave no example.
  public var dropped: [ManifestDrop]
  /// XXH64 of the lexicon that its synonyms come from, a file of this name in its folder; nil where there is none.
  public var lexiconDigest: UInt64?

  public static let lexiconFileName = "lexicon"

  public init(
    name: String, kind: String, settings: JSONValue = .object([:]), epochs: Int = 1, schema: ExampleSchema,
    tokens: Int = 0, splits: [ManifestSplit] = [], dropped: [ManifestDrop] = []
  ) {
    self.name = name
    self.kind = kind
    self.settings = settings
    self.epochs = epochs
    self.schema = schema
    self.tokens = tokens
    self.splits = splits
    self.dropped = dropped
  }
}

extension ManifestObjective {
  /// How many rows of a split stand behind its last whole batch; nil where rows are not laid out in batches.
  public func unbatchedRowCount(of split: ManifestSplit) -> Int? {
    guard let batches = split.batchCount, let size = settings["batch_size"]?.integer, size > 0,
      batches <= split.rows / size
    else { return nil }
    return split.rows - batches * size
  }
}

/// One split of an objective: `train`, `validation`; one for each bin where rows are parted by length: `train_128`.
public struct ManifestSplit: Sendable, Equatable {
  public var name: String
  public var rows: Int
  /// In order; together they hold the rows.
  public var shards: [ShardSummary]
  /// Whole batches from the first row on, none with two rows of one document; the rows behind them fill no batch, or
  /// come from documents with more rows than there are batches. Nil where rows are not laid out in batches.
  public var batchCount: Int?
  /// The most `input_ids` of a row, where rows are parted by length; nil where they are not.
  public var bin: Int?

  public init(name: String, rows: Int, shards: [ShardSummary], batchCount: Int? = nil, bin: Int? = nil) {
    self.bin = bin
    self.name = name
    self.rows = rows
    self.shards = shards
    self.batchCount = batchCount
  }
}
