public import Blocks
public import Files

/// The report as one HTML file that needs nothing else: a table of verdicts and the loss curves, drawn as SVG.
public struct ValidationPage: Sendable {
  private let report: ValidationReport

  public init(_ report: ValidationReport) { self.report = report }

  /// - Throws: what the file system has to say.
  public func write(to path: String, in fileSystem: any FileSystem = LocalFileSystem()) throws(Diagnostic) {
    var file = try AtomicFile(path, in: fileSystem)
    try file.write(Array(html.utf8))
    try file.commit()
  }

  public var html: String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>palimpsest validate</title><style>
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
    table { border-collapse: collapse; width: 100% } td { padding: .15rem .6rem .15rem 0; vertical-align: top }
    .passed { color: #18794e } .failed { color: #c62a2f; font-weight: 600 } .skipped { color: #777 }
    svg { width: 100%; height: auto; margin: .5rem 0 1.5rem }
    </style></head><body><h1>\(report.isSound ? "Can be learned from" : "Not sound")</h1>
    \(report.objectives.map(section).joined(separator: "\n"))
    </body></html>

    """
  }

  private func section(_ objective: ObjectiveReport) -> String {
    let rows = objective.verdicts.map { verdict in
      "<tr><td class=\"\(verdict.outcome.rawValue)\">\(verdict.outcome.rawValue)</td><td>\(escaped(verdict.check))</td>"
        + "<td>\(escaped(verdict.found))</td><td>\(escaped(verdict.expected))</td></tr>"
    }
    return """
      <h2>\(escaped(objective.name))</h2><p>\(escaped(objective.kind)) · \(objective.family.rawValue) ·
      \(Number.count(objective.rows)) rows</p><table>
      \(rows.joined(separator: "\n"))
      </table>
      \(objective.losses.map(chart) ?? "")
      """
  }

  /// Both curves over the steps, and what single tokens and the token beside tell as lines across.
  private func chart(_ losses: ObjectiveReport.Losses) -> String {
    let values = losses.curve + losses.controlCurve + [losses.singles, losses.pairs].compactMap(\.self)
    guard losses.curve.count > 1, let low = values.min(), let high = values.max(), high > low else { return "" }
    func y(_ value: Double) -> String { Number.decimal(10 + 180 * (high - value) / (high - low), places: 1) }
    func line(_ curve: [Double], _ color: String, _ name: String) -> String {
      let points = curve.enumerated().map { step, value in
        "\(Number.decimal(40 + 640 * Double(step) / Double(max(1, curve.count - 1)), places: 1)),\(y(value))"
      }
      return curve.isEmpty
        ? ""
        : "<polyline fill=\"none\" stroke=\"\(color)\" points=\"\(points.joined(separator: " "))\">"
          + "<title>\(name)</title></polyline>"
    }
    func across(_ value: Double?, _ name: String) -> String {
      guard let value else { return "" }
      return "<line x1=\"40\" x2=\"680\" y1=\"\(y(value))\" y2=\"\(y(value))\" stroke=\"#999\" stroke-dasharray=\"4\"/>"
        + "<text x=\"684\" y=\"\(y(value))\" font-size=\"11\">\(name) \(Number.decimal(value, places: 2))</text>"
    }
    return """
      <svg viewBox="0 0 820 200" role="img" aria-label="loss by step">
      \(line(losses.controlCurve, "#bbb", "shuffled labels"))
      \(line(losses.curve, "#0b68cb", "loss"))
      \(across(losses.singles, "single tokens"))
      \(across(losses.pairs, "token beside"))
      <text x="0" y="\(y(losses.before))" font-size="11">\(Number.decimal(losses.before, places: 2))</text>
      <text x="0" y="\(y(losses.after))" font-size="11">\(Number.decimal(losses.after, places: 2))</text>
      </svg>
      """
  }

  private func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}
