import Palimpsest

/// Audits and statistics as text for people.
enum InspectionText {
  static func text(_ report: AuditReport) -> String {
    var lines = report.findings.flatMap { [$0.description, ""] }
    if !report.counts.isEmpty {
      var table = TextTable()
      table.leftColumns = [0, 2]
      table.rows = report.counts.map { [$0.severity.rawValue, Format.count($0.count), $0.code] }
      lines += [table.render(), ""]
    }
    var table = TextTable()
    table.leftColumns = [0, 1]
    table.rows = [["objective", "split", "shards", "size", "examples", "checked"]]
    for section in report.sections {
      table.rows.append([
        section.objective, section.split, Format.count(section.shards), Format.bytes(section.bytes),
        Format.count(section.rows), Format.count(section.rowsChecked),
      ])
    }
    if !report.sections.isEmpty { lines += [table.withoutRepeats(2).render(), ""] }
    lines.append(verdict(report))
    return lines.joined(separator: "\n")
  }

  private static func verdict(_ report: AuditReport) -> String {
    if !report.isClean {
      let count = report.errorCount
      return "\(report.path) is damaged: \(Format.count(count)) error\(count == 1 ? "" : "s")."
    }
    let isWhole = report.sections.allSatisfy { $0.rows == $0.rowsChecked }
    return "\(report.path) is right: every byte as written, "
      + (isWhole
        ? "every example restored and made again, every row in its place."
        : "every example drawn restored and made again.")
  }

  static func text(_ splits: [SplitStatistics]) -> String {
    var lines: [String] = []
    var table = TextTable()
    table.leftColumns = [0, 1]
    table.rows = [["objective", "split", "rows", "read", "size", "source tokens", "padding", "ids used"]]
    for split in splits {
      table.rows.append([
        split.objective, split.split, Format.count(split.rowCount), Format.count(split.rowsRead),
        Format.bytes(split.byteCount), Format.count(split.sourceTokens), percent(split.paddingShare),
        "\(percent(split.coverage)) of \(Format.count(split.vocabularySize))",
      ])
    }
    lines += [table.withoutRepeats(1).render(), "", lengths(splits)]
    if splits.contains(where: { !$0.rates.isEmpty }) { lines += ["", rates(splits)] }
    if splits.contains(where: { !$0.laws.isEmpty }) { lines += ["", laws(splits)] }
    let tops = splits.filter { !$0.topTokens.isEmpty }
    if !tops.isEmpty { lines += ["", topTokens(tops)] }
    lines += ["", departures(splits)]
    return lines.joined(separator: "\n")
  }

  /// What departs, line by line, or that nothing does.
  private static func departures(_ splits: [SplitStatistics]) -> String {
    var lines: [String] = []
    for split in splits {
      for rate in split.rates where rate.isSuspicious {
        lines.append(
          "! \(split.objective)/\(split.split): \(rate.name): \(Format.decimal(rate.observed ?? 0, places: 4)),"
            + " expected \(Format.decimal(rate.expected, places: 4)): \(Format.decimal(rate.z ?? 0, places: 1))"
            + " standard errors")
      }
      for law in split.laws where law.isSuspicious {
        lines.append(
          "! \(split.objective)/\(split.split): \(law.name): not as expected (\(law.test.rawValue), p "
            + "\(Format.probability(law.pValue ?? 0)))" + (furthest(law).isEmpty ? "" : ": \(furthest(law))"))
      }
    }
    let compared = splits.reduce(0) { sum, split in
      sum + split.rates.count { $0.z != nil } + split.laws.count { $0.pValue != nil }
    }
    if lines.isEmpty {
      return compared == 0
        ? "Nothing here is drawn at random."
        : "Nothing departs: \(Format.count(compared)) comparisons, all within what chance does."
    }
    return (lines + ["", "Not chance: \(lines.count) of \(Format.count(compared)) comparisons depart."])
      .joined(separator: "\n")
  }

  private static func laws(_ splits: [SplitStatistics]) -> String {
    var table = TextTable()
    table.leftColumns = [0, 1, 2, 3, 7, 8]
    table.rows = [["distribution", "", "", "test", "draws", "statistic", "p", "furthest", ""]]
    for split in splits {
      for law in split.laws {
        table.rows.append([
          split.objective, split.split, law.name,
          law.test == .kolmogorovSmirnov ? "K-S" : "chi2" + (law.degreesOfFreedom.map { " (\($0))" } ?? ""),
          Format.count(law.draws),
          law.statistic.map { Format.decimal($0, places: law.test == .kolmogorovSmirnov ? 4 : 1) } ?? "–",
          law.pValue.map { Format.probability($0) } ?? "–", law.test == .chiSquare ? furthest(law) : "",
          law.isSuspicious ? "!" : "",
        ])
      }
    }
    return table.withoutRepeats(2).render()
  }

  /// `7 … 9: 0.034, expected 0.031`
  private static func furthest(_ law: LawMeasurement) -> String {
    guard law.pValue != nil, law.draws > 0, let cell = law.furthest else { return "" }
    func share(_ count: Double) -> String { Format.decimal(count / Double(law.draws), places: 4) }
    return "\(cell.name): \(share(cell.observed)), expected \(share(cell.expected))"
  }

  private static func lengths(_ splits: [SplitStatistics]) -> String {
    var table = TextTable()
    table.leftColumns = [0, 1, 2]
    table.rows = [["tokens a row", "", "", "min", "mean", "p50", "p90", "max"]]
    for split in splits {
      for (name, lengths) in [("input", split.inputLengths), ("target", split.targetLengths)] where lengths.count > 0 {
        table.rows.append([
          split.objective, split.split, name, "\(lengths.minimum)", Format.decimal(lengths.mean, places: 1),
          "\(lengths.percentile(0.5))", "\(lengths.percentile(0.9))", "\(lengths.maximum)",
        ])
      }
    }
    return table.withoutRepeats(2).render()
  }

  private static func rates(_ splits: [SplitStatistics]) -> String {
    var table = TextTable()
    table.leftColumns = [0, 1, 2, 7]
    table.rows = [["rate", "", "", "expected", "observed", "chances", "z"]]
    for split in splits {
      for rate in split.rates {
        table.rows.append([
          split.objective, split.split, rate.name,
          (rate.isLeast ? "≥ " : "") + Format.decimal(rate.expected, places: 4),
          rate.observed.map { Format.decimal($0, places: 4) } ?? "–", Format.decimal(rate.trials, places: 0),
          rate.z.map { Format.decimal($0, places: 2) } ?? "–", rate.isSuspicious ? "!" : "",
        ])
      }
    }
    return table.withoutRepeats(2).render()
  }

  private static func topTokens(_ splits: [SplitStatistics]) -> String {
    var table = TextTable()
    table.leftColumns = [0, 1, 2]
    table.rows = [["most frequent", "", ""]]
    for split in splits {
      table.rows.append([split.objective, split.split, split.topTokens.map(\.token).joined(separator: "  ")])
    }
    return table.withoutRepeats(2).render()
  }

  /// `14.8 %`
  private static func percent(_ share: Double) -> String { Format.decimal(share * 100, places: 1) + " %" }
}

extension TextTable {
  /// The table with the first `count` columns blank where they and those before them repeat the row above.
  fileprivate func withoutRepeats(_ count: Int) -> TextTable {
    var table = self
    for row in rows.indices.dropFirst() {
      for column in 0..<count where rows[row][...column] == rows[row - 1][...column] { table.rows[row][column] = "" }
    }
    return table
  }
}
