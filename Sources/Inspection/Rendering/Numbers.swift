/// Numbers for people.
enum Numbers {
  /// `1,234,567`
  static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `14.8 %`, rounded half away from zero; `–` of nothing.
  static func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "–" }
    let tenths = Int((Double(part) * 1_000 / Double(whole)).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// `1 token`, `128 tokens`
  static func counted(_ value: Int, _ noun: String) -> String {
    count(value) + " " + noun + (value == 1 ? "" : "s")
  }
}
