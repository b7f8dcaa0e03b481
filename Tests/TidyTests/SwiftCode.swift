/// Swift source with comments and the insides of string literals made blank, so that a search finds code alone.
///
///     let a = "print(1)"  // print(2)      →      let a = "        "
///
/// Line breaks stay where they are. Interpolated code is blanked with its string: the rules that use this look for
/// calls that nobody hides in an interpolation.
struct SwiftCode {
  private let source: [UInt8]
  private var output: [UInt8]
  private var position = 0

  /// What a comment or a string can begin with.
  private static let openings: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: "\""), UInt8(ascii: "#")]

  static func only(_ text: String) -> String {
    var code = SwiftCode(Array(text.utf8))
    code.run()
    return String(decoding: code.output, as: UTF8.self)
  }

  private init(_ source: [UInt8]) {
    self.source = source
    output = source
  }

  private mutating func run() {
    while position < source.count {
      // Most bytes begin nothing: pass over them quickly.
      guard Self.openings.contains(source[position]) else {
        position += 1
        continue
      }
      if starts("//") {
        blank { !$0.starts("\n") }
      } else if starts("/*") {
        skipBlockComment()
      } else if let delimiter = stringDelimiter() {
        skipString(delimiter)
      } else {
        position += 1
      }
    }
  }

  /// A string's opening: how many `#` stand before it, and whether it has three quotes.
  private struct Delimiter {
    var pounds: Int
    var isMultiline: Bool
    var closing: String { (isMultiline ? "\"\"\"" : "\"") + String(repeating: "#", count: pounds) }
    var byteCount: Int { pounds + (isMultiline ? 3 : 1) }
  }

  private func stringDelimiter() -> Delimiter? {
    var pounds = 0
    while position + pounds < source.count, source[position + pounds] == UInt8(ascii: "#") { pounds += 1 }
    guard starts("\"", at: position + pounds) else { return nil }
    return Delimiter(pounds: pounds, isMultiline: starts("\"\"\"", at: position + pounds))
  }

  private mutating func skipString(_ delimiter: Delimiter) {
    position += delimiter.byteCount
    let escape = "\\" + String(repeating: "#", count: delimiter.pounds)
    while position < source.count, !starts(delimiter.closing) {
      if !delimiter.isMultiline, starts("\n") { return }
      if starts(escape + "(") {
        blank(count: escape.utf8.count + 1)
        skipInterpolation()
      } else if starts(escape) {
        blank(count: escape.utf8.count + 1)
      } else {
        blank(count: 1)
      }
    }
    position += delimiter.closing.utf8.count
  }

  /// From behind `\(` to behind its `)`, strings inside included.
  private mutating func skipInterpolation() {
    var depth = 1
    while position < source.count, depth > 0 {
      if let delimiter = stringDelimiter() {
        skipString(delimiter)
        continue
      }
      if starts("(") { depth += 1 }
      if starts(")") { depth -= 1 }
      blank(count: 1)
    }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        blank(count: 2)
      } else if starts("*/") {
        depth -= 1
        blank(count: 2)
      } else {
        blank(count: 1)
      }
    } while depth > 0 && position < source.count
  }

  private func starts(_ text: String, at start: Int? = nil) -> Bool {
    let start = start ?? position
    return source.count - start >= text.utf8.count && source[start...].starts(with: text.utf8)
  }

  private mutating func blank(while condition: (SwiftCode) -> Bool) {
    while position < source.count, condition(self) { blank(count: 1) }
  }

  private mutating func blank(count: Int) {
    for _ in 0..<count where position < source.count {
      if source[position] != UInt8(ascii: "\n") { output[position] = UInt8(ascii: " ") }
      position += 1
    }
  }
}
