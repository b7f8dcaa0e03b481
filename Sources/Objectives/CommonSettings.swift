internal import Blocks

/// Whether rows are filled up to one length.
enum Layout: String, CaseIterable {
  /// Fixed lengths, padded: every column is a matrix.
  case dense
  /// Lists without padding, and only what cannot be derived.
  case compact
}

/// Settings that several objectives share, so that a key means the same everywhere.
enum CommonSettings {
  /// Longest row any objective makes; keeps positions in 32 bits and buffers within reason.
  static let longest = 1 << 20

  static func length(_ defaultValue: Int, _ summary: String) -> Setting {
    Setting("length", .integer(4...longest), default: .integer(defaultValue), summary)
  }

  static func windowing(
    _ defaultValue: Windowing.Kind, _ kinds: [Windowing.Kind] = [.document, .packed]
  ) -> Setting {
    Setting(
      "windowing", .choice(kinds.map(\.rawValue)), default: .text(defaultValue.rawValue),
      kinds.map { "\($0.rawValue): \($0.summary)." }.joined(separator: " "))
  }

  static let layout = Setting(
    "layout", .choice(Layout.allCases.map(\.rawValue)), default: .text(Layout.dense.rawValue),
    "dense: fixed lengths, padded. compact: lists without padding, and only what cannot be derived.")

  static let tail = Setting(
    "tail", .choice(["pad", "short", "drop"]), default: .null,
    "The last, short window of a document or block: pad it (dense), keep it short (compact), or drop it."
      + " Left out, it is padded in dense rows and kept short in compact ones.")
}

extension Settings {
  var layout: Layout { Layout(rawValue: text("layout")) ?? .dense }

  var windowingKind: Windowing.Kind { Windowing.Kind(rawValue: text("windowing")) ?? .document }

  /// What becomes of short windows, in a layout that allows it.
  ///
  /// - Throws: `settings.invalid` for `short` in rows of fixed length and `pad` in lists.
  func tail(in layout: Layout) throws(Diagnostic) -> Windowing.Tail {
    switch (optionalText("tail"), layout) {
    case ("drop", _): return .drop
    case ("short", .dense):
      throw invalid("tail", "cannot keep rows short in the dense layout", help: "use tail: pad, or layout: compact")
    case ("pad", .compact):
      throw invalid("tail", "cannot pad in the compact layout", help: "use tail: short, or layout: dense")
    default: return .keep
    }
  }
}
