/// Numbers for people: units, thin precision, thousands apart.
enum Format {
  /// `1,234,567`
  static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// `71.2 MB`; decimal units.
  static func bytes(_ value: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var number = Double(value)
    var unit = 0
    while number >= 1_000, unit < units.count - 1 {
      number /= 1_000
      unit += 1
    }
    return unit == 0 ? "\(value) B" : "\(decimal(number, places: number < 100 ? 1 : 0)) \(units[unit])"
  }

  /// `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`
  static func seconds(_ value: Double) -> String {
    if value < 10 { return decimal(value, places: 1) + " s" }
    let whole = Int(value.rounded())
    if whole < 60 { return "\(whole) s" }
    let (minutes, seconds) = (whole / 60, whole % 60)
    if minutes < 60 { return "\(minutes) min \(seconds < 10 ? "0" : "")\(seconds) s" }
    return "\(minutes / 60) h \(minutes % 60 < 10 ? "0" : "")\(minutes % 60) min"
  }

  /// A rate per second: `142 MB/s`, `3.1 M tokens/s`.
  static func bytesPerSecond(_ bytes: Int, _ seconds: Double) -> String {
    seconds > 0 ? self.bytes(Int(Double(bytes) / seconds)) + "/s" : "–"
  }

  static func tokensPerSecond(_ tokens: Int, _ seconds: Double) -> String {
    guard seconds > 0 else { return "–" }
    let rate = Double(tokens) / seconds
    return rate >= 1e6 ? decimal(rate / 1e6, places: 1) + " M tokens/s" : count(Int(rate)) + " tokens/s"
  }

  /// A p-value: `0.312`, `2e-9`.
  static func probability(_ value: Double) -> String {
    if value >= 0.001 { return decimal(value, places: 3) }
    guard value > 0 else { return "0" }
    var (digits, exponent) = (value, 0)
    while digits < 1 {
      digits *= 10
      exponent -= 1
    }
    return digits < 9.5 ? "\(Int(digits.rounded()))e\(exponent)" : "1e\(exponent + 1)"
  }

  /// A number with a fixed count of decimals, rounded half away from zero.
  static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + "\(scaled)" }
    let fraction = String(scaled % scale)
    return sign + "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}

/// Rows of text in columns: the first column to the left, the others to the right.
struct TextTable {
  var rows: [[String]] = []
  /// Columns that are text and go to the left.
  var leftColumns: Set<Int> = [0]

  func render(indent: String = "  ") -> String {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.count)
      }
    }
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        let pad = String(repeating: " ", count: widths[column] - cell.count)
        line += (column > 0 ? "  " : "") + (leftColumns.contains(column) ? cell + pad : pad + cell)
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
