import Palimpsest
import Testing
import Validation

/// Rows of any objective over texts that a tiny model can learn: most tokens follow from the one before, each document
/// keeps to a few starting points, and sentences end with one token.
enum MadeUpTexts {
  /// Ids 30 ..< 94 are ordinary.
  static let vocabulary = SpecialTokens(
    vocabularySize: 97,
    ids: [
      .pad: 0, .unk: 1, .bos: 2, .eos: 3, .cls: 4, .sep: 5, .mask: 6, .eod: 7, .del: 8, .fimPrefix: 9, .fimMiddle: 10,
      .fimSuffix: 11, .modeR: 94, .modeS: 95, .modeX: 96,
    ],
    sentinels: (0..<18).map { UInt32(29 - $0) })

  static func block(documents: Int, seed: UInt32) -> TokenBlock {
    var stream = RandomStream(key: (seed, 7), counterHigh: (0, 0))
    var block = TokenBlock()
    for number in 0..<documents {
      let start = block.ids.count
      let firstSentence = block.sentenceStarts.count
      let topic = (number * 5) % 64
      var token = topic
      let count = 40 + stream.bounded(40)
      for index in 0..<count {
        if index % 8 == 0 {
          block.sentenceStarts.append(start + index)
          token = (topic + stream.bounded(6)) % 64
        } else {
          token = stream.bounded(10) == 0 ? stream.bounded(64) : (token * 5 + 3) % 64
        }
        block.ids.append(UInt32(30 + token))
      }
      block.documents.append(
        TokenBlock.Document(
          id: Digest.xxh64("text \(seed) \(number)"), start: start, tokenCount: count,
          sentences: firstSentence..<block.sentenceStarts.count))
    }
    return block
  }

  /// - Parameter settings: a JSON object.
  static func sample(_ kind: String, _ settings: String = "{}", documents: Int = 320) throws -> ObjectiveSample {
    let type = try #require(AllObjectives.standard.members.first { $0.name == kind }?.member)
    let json = try JSONValue(parsing: Array(settings.utf8), path: "settings")
    let objective = try type.init(
      Settings(SettingValue(json: json), allowing: type.settings, path: kind), vocabulary: vocabulary)
    return ObjectiveSample(
      name: kind, kind: kind, vocabulary: vocabulary, training: try rows(objective, documents, seed: 1),
      heldOut: try rows(objective, documents / 3, seed: 2))
  }

  private static func rows(_ objective: any Objective, _ documents: Int, seed: UInt32) throws -> [Example] {
    let block = block(documents: documents, seed: seed)
    var batch = ExampleBatch(schema: objective.schema)
    var scratch = ObjectiveScratch()
    _ = try objective.appendExamples(
      of: block, documents: Array(0..<documents), seed: 3, epochs: 1, text: nil, scratch: &scratch, to: &batch)
    return (0..<batch.rowCount).map { batch.example(at: $0) }
  }

  /// Models small enough for a debug build.
  static var settings: LearningSettings {
    var settings = LearningSettings()
    (settings.width, settings.heads, settings.layers) = (16, 2, 1)
    settings.steps = 60
    settings.tokensInBatch = 256
    settings.pairsInBatch = 8
    settings.heldOutTokens = 1500
    settings.vocabularyLimit = 97
    settings.rate = 1e-2
    return settings
  }

  /// The report on a sample, each piece run in turn.
  static func report(_ sample: ObjectiveSample, _ fault: Fault? = nil) -> ObjectiveReport {
    var sample = sample
    _ = fault?.plant(in: &sample, seed: 5)
    let trial = Trial(sample, settings, seed: 17)
    for piece in trial.pieces({ _ in }) { piece() }
    return trial.report
  }
}
