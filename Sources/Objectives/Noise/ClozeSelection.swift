internal import Blocks

/// Which tokens of a row are asked for: what is chosen as one, and how many.
///
///     unit         token, whole_word, ngram (a run of whole words, ALBERT), span (a run of words, SpanBERT),
///                  skipgram (a token, or now and then a run of some, UniLM)
///     count        fixed: one number for a length; stochastic: its mean is exact; bernoulli: each unit by itself
///
/// Special tokens, those of the frame included, are never chosen and end every word, n-gram and span.
package struct ClozeSelection: Sendable {
  package enum Unit: String, CaseIterable, Sendable {
    case token
    case wholeWord = "whole_word"
    case ngram
    case span
    case skipgram
  }

  package enum Count: String, CaseIterable, Sendable {
    /// BERT: max(1, round-half-even(length · p)) tokens. Spans, as SpanBERT: ceil(eligible tokens · p). Skip-grams, as
    /// UniLM: max(1, round-half-even(eligible tokens · p)).
    case fixed
    /// RoBERTa: floor(eligible units · p + u), u uniform in [0, 1), one at least.
    case stochastic
    /// Hugging Face: each eligible unit with probability p; one of them if none was.
    case bernoulli
  }

  package let unit: Unit
  package let count: Count
  let probability: Double
  /// At most this many tokens of a row; nil for no limit.
  let maxPredictions: Int?
  let ngrams: NGramSelection
  let spans: SpanSelection
  let skipgrams: SkipgramSelection
  let table: IDTable

  /// - Parameter unit: the default.
  static func settings(unit: Unit = .token) -> [Setting] {
    [shareSetting, unitSetting(unit)] + otherSettings
  }

  static let shareSetting = Setting(
    "mask_probability", .number(0.001...0.999), default: .number(0.15), "Share of a row's tokens that are selected.")

  private static func unitSetting(_ unit: Unit) -> Setting {
    Setting(
      "unit", .choice(Unit.allCases.map(\.rawValue)), default: .text(unit.rawValue),
      "What is chosen as one: token, whole_word (all tokens of a word or none), ngram (runs of whole words, as ALBERT),"
        + " span (runs of words of geometric length, as SpanBERT) or skipgram (tokens, and now and then runs of some,"
        + " as UniLM).")
  }

  private static let otherSettings = [
    Setting(
      "max_ngram", .integer(1...10), default: .integer(3),
      "With unit: ngram, the most words of one, n drawn with probability proportional to 1/n; with unit: skipgram, the"
        + " most tokens."),
    Setting(
      "favor_shorter", .flag, default: .flag(true),
      "With unit: ngram, false turns the probabilities round: long n-grams are the frequent ones."),
    Setting(
      "skipgram_prob", .number(0...1), default: .number(0.2),
      "With unit: skipgram, how often a run of 2 ... max_ngram tokens is chosen in place of one."),
    Setting(
      "span_p", .number(0.01...0.99), default: .number(0.2),
      "With unit: span, the p of the geometric law of its length in words."),
    Setting("max_span", .integer(1...100), default: .integer(10), "With unit: span, the most words of one."),
    Setting(
      "count", .choice(Count.allCases.map(\.rawValue)), default: .text(Count.fixed.rawValue),
      "How many: fixed (one number for a length, as BERT), stochastic (rounded up or down at random, so that the mean"
        + " is exact, as RoBERTa) or bernoulli (each unit by itself, as Hugging Face)."),
    Setting(
      "max_predictions", .integer(1...CommonSettings.longest), default: .null,
      "At most this many selected tokens a row; null for no limit."),
  ]

  /// - Throws: `settings.invalid` for a count that the unit does not know, and a limit that would bend a law.
  init(_ settings: Settings, table: IDTable) throws(Diagnostic) {
    unit = Unit(rawValue: settings.text("unit")) ?? .token
    count = Count(rawValue: settings.text("count")) ?? .fixed
    probability = settings.number("mask_probability")
    maxPredictions = settings.optionalInteger("max_predictions")
    self.table = table
    ngrams = NGramSelection(
      longest: settings.integer("max_ngram"), favorsShorter: settings.flag("favor_shorter"), table: table)
    spans = SpanSelection(p: settings.number("span_p"), longest: settings.integer("max_span"), table: table)
    skipgrams = SkipgramSelection(
      share: settings.number("skipgram_prob"), longest: settings.integer("max_ngram"), table: table)
    if count != .fixed, ![.token, .wholeWord].contains(unit) {
      throw settings.invalid(
        "count", "does not go with unit: \(unit.rawValue)", help: "use count: fixed, or unit: token or whole_word")
    }
    if count == .bernoulli, maxPredictions != nil {
      throw settings.invalid(
        "max_predictions", "does not go with count: bernoulli", help: "leave it out, or use count: stochastic")
    }
  }

  private var tokens: TokenSelection { TokenSelection(unit: .token, table: table) }
  private var words: TokenSelection { TokenSelection(unit: .wholeWord, table: table) }

  /// Tokens to select in a row of `count` tokens, the frame included: Python 3's rounding, not school rounding.
  package func predictionCount(_ count: Int) -> Int { limited(max(1, roundedHalfEven(Double(count) * probability))) }

  /// Tokens to cover with spans where `eligible` may be.
  package func spanBudget(_ eligible: Int) -> Int { min(eligible, limited(roundedUp(Double(eligible) * probability))) }

  /// Tokens to choose as skip-grams where `eligible` may be.
  func skipgramCount(_ eligible: Int) -> Int {
    min(eligible, limited(max(1, roundedHalfEven(Double(eligible) * probability))))
  }

  private func limited(_ count: Int) -> Int { maxPredictions.map { min($0, count) } ?? count }

  /// Number of tokens that may be chosen: all but special ones.
  func eligibleCount(in row: [UInt32]) -> Int { tokens.eligibleCount(in: row) }

  /// The most tokens that may be chosen of a row.
  func mostSelected(_ row: [UInt32]) -> Int {
    let eligible = eligibleCount(in: row)
    switch (count, unit) {
    case (.fixed, .span): return spanBudget(eligible)
    case (.fixed, .skipgram): return skipgramCount(eligible)
    case (.fixed, _): return min(eligible, predictionCount(row.count))
    case (.stochastic, .token): return min(eligible, limited(stochasticCounts(eligible).upperBound))
    case (.stochastic, _): return min(eligible, limited(.max))
    case (.bernoulli, _): return eligible
    }
  }

  /// Why nothing of a row could be chosen.
  func dropReason(_ row: [UInt32]) -> DropReason {
    eligibleCount(in: row) == 0 ? .windowTooShort : DropReason("no_word_fits")
  }

  /// Marks the chosen tokens of a framed row in `scratch.mask` and returns how many there are: none where nothing may
  /// be chosen, or no word fits.
  func mark(_ row: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> Int {
    switch (count, unit) {
    case (.fixed, .token):
      var positions = draws.stream(.positionSelection)
      return tokens.mark(predictionCount(row.count), in: row, drawing: &positions, scratch: &scratch)
    case (.fixed, .wholeWord):
      var positions = draws.stream(.positionSelection)
      return words.mark(predictionCount(row.count), in: row, drawing: &positions, scratch: &scratch)
    case (.fixed, .ngram):
      return ngrams.mark(predictionCount(row.count), in: row, drawing: draws, scratch: &scratch)
    case (.fixed, .span):
      let budget = spanBudget(eligibleCount(in: row))
      return spans.mark(budget, in: row, drawing: draws, scratch: &scratch)
    case (.fixed, .skipgram):
      return skipgrams.mark(skipgramCount(eligibleCount(in: row)), in: row, drawing: draws, scratch: &scratch)
    case (.stochastic, _):
      findUnits(in: row, scratch: &scratch)
      return markStochastic(drawing: draws, scratch: &scratch)
    case (.bernoulli, _):
      findUnits(in: row, scratch: &scratch)
      return markIndependent(drawing: draws, scratch: &scratch)
    }
  }

  /// Clears the mask and finds what may be chosen as one: starts in `positions`, tokens in `lengths`.
  private func findUnits(in row: [UInt32], scratch: inout ObjectiveScratch) {
    scratch.mask.reset(to: false, count: row.count)
    findUnits(in: row, starts: &scratch.positions, lengths: &scratch.lengths)
  }

  /// The units of a row: its words, or its single tokens.
  func findUnits(in row: [UInt32], starts: inout [Int32], lengths: inout [Int32]) {
    guard unit == .token || unit == .skipgram else {
      return words.findWords(in: row, starts: &starts, lengths: &lengths)
    }
    table.findOrdinary(in: row, into: &starts)
    lengths.removeAll(keepingCapacity: true)
    lengths.append(contentsOf: repeatElement(1, count: starts.count))
  }

  /// The least and the most units that `stochastic` chooses out of `units`.
  func stochasticCounts(_ units: Int) -> ClosedRange<Int> {
    let least = Int(Double(units) * probability)
    return min(units, max(1, least))...min(units, least + 1)
  }

  private func markStochastic(drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> Int {
    let units = scratch.positions.count
    guard units > 0 else { return 0 }
    var rounding = draws.stream(.countRounding)
    let wanted = min(units, max(1, Int(Double(units) * probability + rounding.double())))
    var positions = draws.stream(.positionSelection)
    var budget = WordBudget(tokens: limited(.max))
    var taken = 0
    for index in 0..<units where taken < wanted && !budget.isSpent {
      if index < units - 1 {
        let other = index + positions.bounded(units - index)
        scratch.positions.swapAt(index, other)
        scratch.lengths.swapAt(index, other)
      }
      guard budget.takes(Int(scratch.lengths[index])) else { continue }
      markUnit(index, scratch: &scratch)
      taken += 1
    }
    return budget.taken
  }

  private func markIndependent(drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) -> Int {
    let units = scratch.positions.count
    guard units > 0 else { return 0 }
    let threshold = Threshold(probability)
    var positions = draws.stream(.positionSelection)
    var selected = 0
    for index in 0..<units where positions.bernoulli(threshold) {
      markUnit(index, scratch: &scratch)
      selected += Int(scratch.lengths[index])
    }
    if selected > 0 { return selected }
    var fallback = draws.stream(.countRounding)
    let index = fallback.bounded(units)
    markUnit(index, scratch: &scratch)
    return Int(scratch.lengths[index])
  }

  private func markUnit(_ index: Int, scratch: inout ObjectiveScratch) {
    let start = Int(scratch.positions[index])
    for position in start..<start + Int(scratch.lengths[index]) { scratch.mask[position] = true }
  }
}
