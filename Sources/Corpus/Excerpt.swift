/// The part of a line around an offset, with a caret below it, as diagnostics show it.
///
///       | …"text": "abc" "x": 1}
///       |                ^
///
/// Characters that would disturb a terminal become `·`.
func excerpt(of line: UnsafeRawBufferPointer, around offset: Int) -> String {
  let first = max(0, offset - 40)
  let last = min(line.count, offset + 30)
  let before = unsafe printable(line[first..<min(offset, line.count)])
  let after = unsafe printable(line[min(offset, line.count)..<last])
  let head = first > 0 ? "…" : ""
  let tail = last < line.count ? "…" : ""
  let caret = String(repeating: " ", count: (head + before).unicodeScalars.count) + "^"
  return "      | \(head)\(before)\(after)\(tail)\n      | \(caret)"
}

private func printable(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
  var text = ""
  for scalar in unsafe String(decoding: bytes, as: UTF8.self).unicodeScalars {
    let isPlain: Bool =
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .nonspacingMark, .enclosingMark, .unassigned,
        .privateUse:
        false
      default: true
      }
    text.unicodeScalars.append(isPlain ? scalar : "·")
  }
  return text
}
