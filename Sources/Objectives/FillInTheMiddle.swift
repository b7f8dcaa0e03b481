internal import Blocks

/// Takes a part out of the middle of a text and puts it behind the end, so that who reads on learns to fill in.
///
///     text     p p p m m m m s s s E
///     PSM      <PRE> p p p <SUF> s s s <MID> m m m m E
///     SPM      <PRE> <SUF> s s s <MID> p p p m m m m E
///
/// - Source: Bavarian et al. 2022 (arXiv:2207.14255); Megatron-LM's `fim_dataset`, SPM in its second variant. Cuts are
///   made between tokens, or between characters, the three parts then encoded each by itself.
package struct FillInTheMiddle: Sendable, Equatable {
  /// What is transformed. The raw value is the name in recipes.
  enum Context: String, CaseIterable {
    /// Each segment of a window, after windows are cut.
    case window
    /// Each document, before windows are cut.
    case document
  }

  /// Between what a text may be cut.
  enum Level: String, CaseIterable {
    case token, character
  }

  /// How a segment is laid out; the raw values are those of the column `fim_mode`.
  package enum Mode: Int32, Sendable {
    case none, psm, spm
  }

  /// Marks that a segment grows by.
  package static let markCount = 3

  let prefix: UInt32
  let middle: UInt32
  let suffix: UInt32
  let rate: Threshold
  let spmRate: Threshold
  let context: Context
  let level: Level

  static let settings = [
    Setting(
      "fim_rate", .number(0...1), default: .number(0),
      "Share of segments whose middle is moved behind their end (fill-in-the-middle); 0 for none."),
    Setting(
      "fim_spm_rate", .number(0...1), default: .number(0.5),
      "Share of those in which the suffix stands before the prefix (SPM); the others keep prefix, suffix, middle (PSM)."
    ),
    Setting(
      "fim_context", .choice(Context.allCases.map(\.rawValue)), default: .text(Context.window.rawValue),
      "window: each part of a document in a row is transformed by itself. document: documents are transformed before"
        + " they are cut into rows."),
    Setting(
      "fim_level", .choice(Level.allCases.map(\.rawValue)), default: .text(Level.token.rawValue),
      "token: middles begin and end between tokens. character: between any two characters of the text, and the parts"
        + " are tokenized again; with fim_context: document only."),
  ]

  /// - Returns: nil where the rate is 0.
  init?(_ settings: Settings, vocabulary: SpecialTokens, for objective: String) throws(Diagnostic) {
    guard settings.number("fim_rate") > 0 else { return nil }
    let context = Context(rawValue: settings.text("fim_context")) ?? .window
    let level = Level(rawValue: settings.text("fim_level")) ?? .token
    guard level == .token || context == .document else {
      throw settings.invalid(
        "fim_level", "does not go with fim_context: window",
        help: "a row has no text to cut: use fim_context: document, or fim_level: token")
    }
    self.init(
      prefix: try vocabulary.require(.fimPrefix, for: objective),
      middle: try vocabulary.require(.fimMiddle, for: objective),
      suffix: try vocabulary.require(.fimSuffix, for: objective), rate: settings.number("fim_rate"),
      spmRate: settings.number("fim_spm_rate"), context: context, level: level)
  }

  package init(prefix: UInt32, middle: UInt32, suffix: UInt32, rate: Double, spmRate: Double) {
    self.init(
      prefix: prefix, middle: middle, suffix: suffix, rate: rate, spmRate: spmRate, context: .window, level: .token)
  }

  init(
    prefix: UInt32, middle: UInt32, suffix: UInt32, rate: Double, spmRate: Double, context: Context, level: Level
  ) {
    self.prefix = prefix
    self.middle = middle
    self.suffix = suffix
    self.rate = Threshold(rate)
    self.spmRate = Threshold(spmRate)
    self.context = context
    self.level = level
  }

  /// Lays every segment of a window out, into `row`, and writes mode and cuts of each into `scratch.order`: three
  /// values a segment.
  ///
  /// Segment after segment: whether it is transformed, and then whether to SPM (purpose 7); then the two cuts, each
  /// uniform in 0 ... n (8). A segment that is nothing but its end draws nothing.
  func transform(
    _ window: TokenWindow, endOfDocument: UInt32, drawing draws: ExampleDraws, into row: inout [UInt32],
    scratch: inout ObjectiveScratch
  ) {
    var modes = draws.stream(.mode)
    var cuts = draws.stream(.split)
    row.removeAll(keepingCapacity: true)
    scratch.order.removeAll(keepingCapacity: true)
    for segment in window.segmentStarts.indices {
      let start = window.segmentStarts[segment]
      let end = segment + 1 < window.segmentStarts.count ? window.segmentStarts[segment + 1] : window.ids.count
      let textEnd = window.ids[end - 1] == endOfDocument ? end - 1 : end
      var (mode, a, b) = (Mode.none, 0, 0)
      if textEnd > start, modes.bernoulli(rate) {
        mode = modes.bernoulli(spmRate) ? .spm : .psm
        (a, b) = (cuts.bounded(textEnd - start + 1), cuts.bounded(textEnd - start + 1))
        if a > b { swap(&a, &b) }
      }
      append(window.ids[start..<textEnd], mode, from: a, to: b, row: &row)
      if textEnd < end { row.append(endOfDocument) }
      scratch.order.append(mode.rawValue)
      scratch.order.append(Int32(a))
      scratch.order.append(Int32(b))
    }
  }

  /// Appends a text, its middle being what lies in a ..< b.
  package func append(_ text: ArraySlice<UInt32>, _ mode: Mode, from a: Int, to b: Int, row: inout [UInt32]) {
    let (first, last) = (text.startIndex + a, text.startIndex + b)
    switch mode {
    case .none: row.append(contentsOf: text)
    case .psm:
      row.append(prefix)
      row.append(contentsOf: text[..<first])
      row.append(suffix)
      row.append(contentsOf: text[last...])
      row.append(middle)
      row.append(contentsOf: text[first..<last])
    case .spm:
      row.append(prefix)
      row.append(suffix)
      row.append(contentsOf: text[last...])
      row.append(middle)
      row.append(contentsOf: text[..<last])
    }
  }

  /// The text that was laid out; nil when the marks do not stand where mode and cuts put them.
  package func restore(_ shown: ArraySlice<UInt32>, _ mode: Mode, from a: Int, to b: Int) -> [UInt32]? {
    if mode == .none { return a == 0 && b == 0 ? Array(shown) : nil }
    let count = shown.count - Self.markCount
    guard count >= 0, a >= 0, a <= b, b <= count else { return nil }
    let shown = Array(shown)
    let suffixMark = mode == .psm ? a + 1 : 1
    let middleMark = suffixMark + 1 + count - b
    guard shown[0] == prefix, shown[suffixMark] == suffix, shown[middleMark] == middle else { return nil }
    let tail = shown[(suffixMark + 1)..<middleMark]
    return Array(shown[1..<suffixMark] + shown[(middleMark + 1)...] + tail)
  }

  func isMark(_ id: UInt32) -> Bool { id == prefix || id == middle || id == suffix }
}
