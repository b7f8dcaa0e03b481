internal import Blocks
public import JSONText
internal import Objectives

/// Counts over one split of one objective.
public struct SplitStatistics: Sendable, Equatable {
  /// An id and how often it stands in the inputs.
  public struct TokenCount: Sendable, Equatable {
    public var id: UInt32
    public var token: String
    public var count: Int
  }

  public var objective: String
  public var kind: String
  public var split: String
  /// Rows of the split, and how many of them were read.
  public var rowCount: Int
  public var rowsRead = 0
  /// Bytes of its shards.
  public var byteCount: Int
  /// Tokens of the corpus behind the rows, overlaps and copies counted each time.
  public var sourceTokens = 0
  /// Real tokens of each row's input; rows with several views count each.
  public var inputLengths = LengthDistribution()
  /// Tokens each row asks for; empty where the objective has no labels.
  public var targetLengths = LengthDistribution()
  /// Values of the input column, and how many of them are padding.
  public var cellCount = 0
  public var paddingCount = 0
  public var vocabularySize: Int
  /// Different ids in the inputs.
  public var idsSeen = 0
  /// The most frequent first; equal counts by id.
  public var topTokens: [TokenCount] = []
  public var rates: [RateMeasurement] = []
  public var laws: [LawMeasurement] = []

  /// Share of the input's values that is padding.
  public var paddingShare: Double { cellCount == 0 ? 0 : Double(paddingCount) / Double(cellCount) }
  /// Share of the vocabulary that occurs.
  public var coverage: Double { vocabularySize == 0 ? 0 : Double(idsSeen) / Double(vocabularySize) }
  /// True when no rate and no distribution is further from its expectation than chance allows.
  public var isPlausible: Bool { !rates.contains(where: \.isSuspicious) && !laws.contains(where: \.isSuspicious) }
}

extension SplitStatistics {
  /// One object with stable keys.
  public var json: JSONValue {
    [
      "objective": .string(objective), "kind": .string(kind), "split": .string(split), "rows": .integer(rowCount),
      "rows_read": .integer(rowsRead), "bytes": .integer(byteCount), "source_tokens": .integer(sourceTokens),
      "input_length": inputLengths.json,
      "target_length": targetLengths.count == 0 ? .null : targetLengths.json,
      "padding_share": .number(paddingShare), "vocabulary_size": .integer(vocabularySize),
      "ids_seen": .integer(idsSeen), "coverage": .number(coverage),
      "top_tokens": .array(
        topTokens.map {
          ["id": .integer(Int($0.id)), "token": .string($0.token), "count": .integer($0.count)]
        }),
      "rates": .array(rates.map(\.json)), "laws": .array(laws.map(\.json)), "plausible": .bool(isPlausible),
    ]
  }
}
