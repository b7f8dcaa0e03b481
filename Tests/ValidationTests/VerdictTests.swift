import Objectives
import Palimpsest
import Testing
import Validation

@Suite("Verdicts")
struct VerdictTests {
  static let objectives: [(kind: String, settings: String)] = [
    ("mlm", #"{"length": 32, "mask_probability": 0.25}"#),
    ("mlm", #"{"length": 32, "mask_probability": 0.25, "layout": "compact"}"#),
    ("bert_pairs", #"{"length": 32, "mask_probability": 0.25}"#),
    ("replaced_token_detection", #"{"length": 32, "mask_probability": 0.25, "sampler": "uniform"}"#),
    ("unilm", #"{"length": 32, "mask_probability": 0.25}"#),
    ("clm", #"{"length": 32}"#),
    ("clm", #"{"length": 32, "label_shift": "next"}"#),
    ("clm", #"{"length": 32, "windowing": "best_fit", "fim_rate": 0.5, "layout": "compact"}"#),
    ("prefix_lm", #"{"length": 32}"#),
    ("prefix_lm", #"{"length": 32, "form": "encoder_decoder", "layout": "compact"}"#),
    ("span_corruption", #"{"length": 32, "windowing": "document", "noise_density": 0.3}"#),
    ("ul2", #"{"length": 32, "windowing": "document"}"#),
    ("mass", #"{"length": 32}"#),
    ("denoising", #"{"length": 32}"#),
    ("contrastive", #"{"length": 24, "pairs": "crop"}"#),
    ("contrastive", #"{"length": 24}"#),
    ("image_mlm", #"{"height": 4, "width": 6, "min_block": 2}"#),
    ("audio_mlm", #"{"length": 32, "span_length": 2, "start_probability": 0.15}"#),
  ]

  @Test("Rows as the objectives make them pass the checks that need no model", arguments: 0..<18)
  func soundRows(index: Int) throws {
    let (kind, settings) = Self.objectives[index]
    let sample = try MadeUpTexts.sample(kind, settings, documents: 120)
    let set = try #require(TaskSet(sample))
    for verdict in RowChecks(set: set).verdicts { #expect(verdict.outcome != .failed, "\(kind): \(verdict)") }
    #expect(set.unreadable == 0)
  }

  @Test("What can be learned passes", arguments: [0, 5, 8, 10])
  func soundData(index: Int) throws {
    let (kind, settings) = Self.objectives[index]
    let report = MadeUpTexts.report(try MadeUpTexts.sample(kind, settings))
    // One layer and sixty steps are too few to find a gap's place in the source.
    let verdicts = report.verdicts.filter { $0.check != "source" }
    for verdict in verdicts { #expect(verdict.outcome != .failed, "\(kind): \(verdict)") }
    #expect(report.losses != nil)
  }

  /// Faults that rows alone show, and the check that says so.
  @Test(
    "A planted fault is caught without training",
    arguments: [
      (0, Fault.shiftedLabels, "aligned"), (0, .visibleTargets, "copying"), (0, .foreignIDs, "ids"),
      (1, .shiftedLabels, "aligned"), (3, .shiftedLabels, "aligned"), (4, .movedBorders, "borders"),
      (5, .shiftedLabels, "aligned"), (5, .visibleTargets, "copying"), (5, .reversedWindows, "borders"),
      (5, .movedBorders, "borders"), (6, .shiftedLabels, "aligned"), (8, .movedBorders, "in sight"),
      (8, .visibleTargets, "in sight"), (10, .shiftedLabels, "marks"), (10, .misorderedSentinels, "marks"),
      (10, .visibleTargets, "hidden"), (10, .foreignIDs, "ids"), (12, .shiftedLabels, "aligned"),
      (13, .shiftedLabels, "aligned"), (13, .visibleTargets, "hidden"), (14, .visibleTargets, "hidden"),
      (14, .foreignIDs, "ids"),
    ] as [(Int, Fault, String)])
  func faultsInRows(index: Int, fault: Fault, check: String) throws {
    let (kind, settings) = Self.objectives[index]
    var sample = try MadeUpTexts.sample(kind, settings, documents: 120)
    #expect(fault.plant(in: &sample, seed: 5))
    let set = try #require(TaskSet(sample))
    let failed = RowChecks(set: set).verdicts.filter { $0.outcome == .failed }.map(\.check)
    #expect(failed.contains(check), "\(kind) \(fault): \(failed)")
  }

  /// Faults that only a model notices.
  @Test(
    "A planted fault is caught by what is not learned",
    arguments: [
      (0, Fault.shuffledLabels, ["learned", "control"]), (3, .shuffledLabels, ["learned", "control"]),
      (10, .mismatchedPairs, ["marks"]), (14, .mismatchedPairs, ["retrieval"]),
    ] as [(Int, Fault, [String])])
  func faultsInLearning(index: Int, fault: Fault, checks: [String]) throws {
    let (kind, settings) = Self.objectives[index]
    let report = MadeUpTexts.report(try MadeUpTexts.sample(kind, settings), fault)
    let failed = report.verdicts.filter { $0.outcome == .failed }.map(\.check)
    for check in checks { #expect(failed.contains(check), "\(kind) \(fault): \(failed)") }
  }

  @Test("The same rows and seed give the same report, whatever runs first")
  func reproducible() throws {
    let sample = try MadeUpTexts.sample("mlm", Self.objectives[0].settings)
    let report = MadeUpTexts.report(sample)
    let trial = Trial(sample, MadeUpTexts.settings, seed: 17)
    try Parallel.run(trial.pieces { _ in }.reversed(), threads: 2)
    #expect(trial.report == report)
  }

  @Test("What an attention layout allows is a range, the same as its rule", arguments: 0..<200)
  func visibility(seed: Int) {
    var stream = RandomStream(key: (UInt32(seed), 1), counterHigh: (0, 0))
    let direction = AttentionLayout.Direction(rawValue: UInt8(stream.bounded(4))) ?? .bidirectional
    var starts = [0]
    for _ in 0...stream.bounded(3) { starts.append((starts.last ?? 0) + 1 + stream.bounded(5)) }
    let prefixes = zip(starts, starts.dropFirst()).map { stream.bounded($1 - $0 + 1) }
    let layout = AttentionLayout(direction, segmentStarts: starts, prefixLengths: prefixes)
    for query in -1...layout.count {
      let allowed = (0..<layout.count).filter { layout.allows(query: query, key: $0) }
      #expect(Array(layout.visible(to: query)) == allowed)
    }
  }

  @Test("Rows that are too few are not judged by a model")
  func tooFew() throws {
    let report = MadeUpTexts.report(try MadeUpTexts.sample("mlm", #"{"length": 32}"#, documents: 6))
    #expect(report.isSound)
    #expect(report.losses == nil)
    #expect(report.verdicts.contains { $0.check == "learned" && $0.outcome == .skipped })
  }
}
