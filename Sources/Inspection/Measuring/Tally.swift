internal import Blocks
internal import Objectives
internal import Shards
internal import Tokenization

/// The counts of a split while rows come in.
struct Tally: Sendable {
  private var result: SplitStatistics
  private var laws: LawTally
  private var idCounts: [Int]
  private let input: Int?
  private let labels: Int?
  private let maskedLabels: Int?
  private let attentionMask: Int?
  private let sourceLength: Int?

  init(_ objective: DatasetObjective, _ split: DatasetObjective.Split, vocabularySize: Int) {
    result = SplitStatistics(
      objective: objective.name, kind: objective.kind, split: split.name, rowCount: split.rowCount,
      byteCount: split.shards.reduce(0) { $0 &+ $1.byteCount }, vocabularySize: vocabularySize)
    laws = LawTally(objective.objective)
    idCounts = Array(repeating: 0, count: vocabularySize)
    let columns = objective.objective.schema.columns
    func index(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }
    input = index("input_ids")
    labels = index("labels")
    maskedLabels = index("masked_labels")
    attentionMask = index("attention_mask")
    sourceLength = index("source_length")
  }

  mutating func add(_ example: Example) {
    result.rowsRead += 1
    laws.add(example)
    if let length = sourceLength.flatMap({ example.values[$0].first }) {
      result.sourceTokens &+= Int(length)
    }
    if let input {
      let ids = example.values[input]
      let mask = attentionMask.map { example.values[$0] }
      var real = 0
      for (position, id) in ids.enumerated() where mask.map({ position < $0.count && $0[position] == 1 }) ?? true {
        real += 1
        if id >= 0, id < idCounts.count { idCounts[Int(id)] += 1 }
      }
      result.cellCount += ids.count
      result.paddingCount += ids.count - real
      result.inputLengths.add(real)
    }
    if let targets = labels ?? maskedLabels {
      result.targetLengths.add(example.values[targets].reduce(0) { $0 + ($1 >= 0 ? 1 : 0) })
    }
  }

  /// Adds what was counted in another part of the same split.
  mutating func add(_ other: Tally) {
    result.rowsRead += other.result.rowsRead
    result.sourceTokens &+= other.result.sourceTokens
    result.cellCount += other.result.cellCount
    result.paddingCount += other.result.paddingCount
    result.inputLengths.add(other.result.inputLengths)
    result.targetLengths.add(other.result.targetLengths)
    for id in idCounts.indices { idCounts[id] += other.idCounts[id] }
    laws.add(other.laws)
  }

  func result(topCount: Int, token: (UInt32) -> String) -> SplitStatistics {
    var result = result
    result.rates = laws.rates
    result.laws = laws.measurements
    let seen = idCounts.indices.filter { idCounts[$0] > 0 }
    result.idsSeen = seen.count
    result.topTokens = seen.sorted { idCounts[$0] != idCounts[$1] ? idCounts[$0] > idCounts[$1] : $0 < $1 }
      .prefix(topCount)
      .map { .init(id: UInt32($0), token: token(UInt32($0)).printable, count: idCounts[$0]) }
    return result
  }
}
