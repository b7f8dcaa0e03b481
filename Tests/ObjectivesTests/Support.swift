import Blocks
import Objectives
import TestSupport
import Testing

/// Vocabularies and windows that tests share.
enum Sample {
  /// The vocabulary of the golden cases: ids below 1000 special, `bos` and `eos` apart from `cls` and `sep`.
  static let bert = SpecialTokens(
    vocabularySize: 30522, ids: [.pad: 0, .unk: 100, .cls: 101, .sep: 102, .mask: 103],
    otherSpecial: Array(1..<1000))

  static let t5 = SpecialTokens(
    vocabularySize: 32100, ids: [.pad: 0, .eos: 1, .unk: 2],
    sentinels: (0..<100).map { UInt32(32099 - $0) })

  static let bart = SpecialTokens(
    vocabularySize: 50265, ids: [.bos: 0, .pad: 1, .eos: 2, .unk: 3, .mask: 4])

  static let gpt = SpecialTokens(
    vocabularySize: 50300, ids: [.eod: 50256, .fimPrefix: 50281, .fimMiddle: 50282, .fimSuffix: 50283])

  /// Has every role, so that any objective runs with it; ids 30..<300 are ordinary, every third continues a word. The
  /// marks of fill-in-the-middle are the last sentinels.
  static let full = SpecialTokens(
    vocabularySize: 303,
    ids: [
      .pad: 0, .unk: 1, .bos: 2, .eos: 3, .cls: 4, .sep: 5, .mask: 6, .eod: 7, .del: 8, .fimPrefix: 9, .fimMiddle: 10,
      .fimSuffix: 11, .modeR: 300, .modeS: 301, .modeX: 302,
    ],
    sentinels: (0..<21).map { UInt32(29 - $0) },
    continuesWord: (0..<303).map { $0 >= 30 && $0 < 300 && $0 % 3 == 0 }, lexicon: lexicon)

  /// Every third ordinary id, by itself and with 33 behind it, has synonyms of one token and of two.
  static let lexicon = WordLexicon(
    stride(from: 31, to: 300, by: 3).flatMap { (id: UInt32) in
      [
        WordLexicon.Entry(word: [id], synonyms: [[id + 1], [id + 1, id + 2]].filter { $0.max() ?? 0 < 300 }),
        WordLexicon.Entry(word: [id, 33], synonyms: [[id + 1, 36]]),
      ]
    })

  static func window(
    _ ids: [UInt32], document: UInt64 = 42, example: UInt32 = 0, epoch: UInt16 = 0, sentences: [Int] = []
  ) -> TokenWindow {
    var window = TokenWindow()
    window.ids = ids
    window.segmentStarts = [0]
    window.sentenceStarts = sentences
    window.documentID = document
    window.originID = document
    window.exampleIndex = example
    window.epoch = epoch
    return window
  }

  /// A block of documents with random ids, sentences and sections, from a seed.
  static func block(
    seed: UInt64, documents: Int, longest: Int, vocabulary: SpecialTokens = full, unknownShare: Double = 0.02
  ) -> TokenBlock {
    var stream = RandomStream(key: (UInt32(truncatingIfNeeded: seed), 7), counterHigh: (1, 2))
    var sectionStream = RandomStream(key: (UInt32(truncatingIfNeeded: seed), 8), counterHigh: (1, 2))
    let ordinary = vocabulary.ordinaryIDs
    var block = TokenBlock()
    for number in 0..<documents {
      let start = block.ids.count
      let count = stream.bounded(longest + 1)
      let firstSentence = block.sentenceStarts.count
      for index in 0..<count {
        if index == 0 || stream.bounded(7) == 0 { block.sentenceStarts.append(start + index) }
        if stream.bernoulli(Threshold(unknownShare)), let unknown = vocabulary.ids[.unk] {
          block.ids.append(unknown)
        } else {
          block.ids.append(ordinary[stream.bounded(ordinary.count)])
        }
      }
      let firstSection = block.sectionStarts.count
      if count > 0 { block.sectionStarts.append(start) }
      for index in 1..<max(1, count) where sectionStream.bounded(count) < 3 {
        block.sectionStarts.append(start + index)
      }
      block.documents.append(
        TokenBlock.Document(
          id: Digest.xxh64("document \(seed) \(number)"), start: start, tokenCount: count,
          sentences: firstSentence..<block.sentenceStarts.count, sections: firstSection..<block.sectionStarts.count))
    }
    return block
  }
}

/// Settings of an objective from keys and values.
func settings(
  _ objective: (some Objective).Type, _ values: KeyValuePairs<String, SettingValue.Content> = [:]
) throws -> Settings {
  try Settings(
    SettingValue(.map(values.map { SettingValue.Entry($0.key, SettingValue($0.value)) })),
    allowing: objective.settings, path: objective.name)
}

func make<Made: Objective>(
  _ objective: Made.Type, _ values: KeyValuePairs<String, SettingValue.Content> = [:],
  vocabulary: SpecialTokens = Sample.full
) throws -> Made {
  try Made(settings(objective, values), vocabulary: vocabulary)
}

/// An objective from the settings of a golden case, and some more.
func make<Made: Objective>(
  _ objective: Made.Type, golden: Golden, _ values: KeyValuePairs<String, SettingValue.Content> = [:]
) throws -> Made {
  guard case .map(let entries) = golden.setting.content else { fatalError("settings are a map") }
  return try make(objective, with: entries.map { ($0.key, $0.value.content) } + values.map { ($0.key, $0.value) })
}

func make<Made: Objective>(
  _ objective: Made.Type, with values: [(key: String, value: SettingValue.Content)]
) throws -> Made {
  let map = SettingValue(.map(values.map { SettingValue.Entry($0.key, SettingValue($0.value)) }))
  return try Made(Settings(map, allowing: objective.settings, path: objective.name), vocabulary: Sample.full)
}

extension SettingValue.Content {
  static func texts(_ texts: String...) -> SettingValue.Content { .list(texts.map { SettingValue(.text($0)) }) }
  static func numbers(_ numbers: Double...) -> SettingValue.Content {
    .list(numbers.map { SettingValue(.number($0)) })
  }
}

extension Objective {
  /// The one row of a window; nil when the window is dropped.
  func example(of window: TokenWindow, seed: UInt64 = 12345) -> Example? {
    var batch = ExampleBatch(schema: schema)
    var scratch = ObjectiveScratch()
    let dropped = append(
      window, drawing: draws(seed: seed, for: window), orderKey: 0, scratch: &scratch, to: &batch)
    return dropped == nil ? batch.example(at: 0) : nil
  }

  /// Every row of a block, all documents taking part.
  func examples(
    of block: borrowing TokenBlock, seed: UInt64 = 12345, epochs: Int = 1
  ) throws -> (examples: [Example], report: ExampleReport) {
    var batch = ExampleBatch(schema: schema)
    var scratch = ObjectiveScratch()
    let report = try appendExamples(
      of: block, documents: Array(block.documents.indices), seed: seed, epochs: epochs, scratch: &scratch, to: &batch)
    return ((0..<batch.rowCount).map { batch.example(at: $0) }, report)
  }
}

/// The values of a column up to the padding.
func trimmed(_ values: [Int64], _ pad: Int64) -> [Int64] {
  Array(values.prefix(values.count - values.reversed().prefix { $0 == pad }.count))
}
