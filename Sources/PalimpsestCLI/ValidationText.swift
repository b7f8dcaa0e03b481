import Palimpsest

/// Verdicts as text for people.
enum ValidationText {
  static func text(_ report: ObjectiveReport) -> String {
    let kind = report.kind == report.name ? "" : " (\(report.kind))"
    var lines = ["── \(report.name)\(kind) · \(report.family.rawValue) · \(Format.count(report.rows)) rows"]
    var table = TextTable()
    table.leftColumns = [0, 1, 2, 3]
    for verdict in report.verdicts {
      let mark =
        switch verdict.outcome {
        case .passed: "pass"
        case .failed: "FAIL"
        case .skipped: "–"
        }
      let expected = verdict.outcome == .failed && !verdict.expected.isEmpty ? "  expected: " + verdict.expected : ""
      table.rows.append([mark, verdict.check, verdict.found + expected])
    }
    lines.append(table.render())
    if let losses = report.losses { lines += curve(losses) }
    return lines.joined(separator: "\n") + "\n"
  }

  static func verdict(_ report: ValidationReport) -> String {
    let failed = report.objectives.filter { !$0.isSound }.map(\.name)
    if failed.isEmpty { return "\(report.objectives.count) objectives can be learned from." }
    return "Not sound: " + failed.joined(separator: ", ") + ". The lines with FAIL say what was expected."
  }

  /// The loss of the steps, in forty columns, each a mean.
  private static func curve(_ losses: ObjectiveReport.Losses) -> [String] {
    guard losses.curve.count > 1 else { return [] }
    let all = losses.curve + losses.controlCurve
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    func line(_ curve: [Double]) -> String {
      let bars = Array("▁▂▃▄▅▆▇█")
      let columns = min(40, curve.count)
      return String(
        (0..<columns).map { column in
          let part = curve[column * curve.count / columns..<(column + 1) * curve.count / columns]
          let mean = part.reduce(0, +) / Double(part.count)
          return bars[Int((mean - low) / max(high - low, 1e-9) * 7.99)]
        })
    }
    var lines = [
      "  loss     \(Format.decimal(losses.before, places: 2)) \(line(losses.curve)) "
        + "\(Format.decimal(losses.after, places: 2))"
    ]
    if let control = losses.control {
      lines.append(
        "  shuffled \(Format.decimal(losses.before, places: 2)) \(line(losses.controlCurve)) "
          + "\(Format.decimal(control, places: 2))")
    }
    return lines
  }
}
