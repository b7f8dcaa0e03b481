/// The part of a line around an offset, with a caret below it, as diagnostics show it.
///
///       | …"text": "abc" "x": 1}
///       |                ^
///
/// Characters that would disturb a terminal become `·`.
func excerpt(of line: UnsafeRawBufferPointer, around offset: Int) -> String {
  // A character is shown whole or not at all.
  func isInside(_ place: Int) -> Bool { unsafe place < line.count && line[place] & 0xC0 == 0x80 }
  var first = max(0, offset - 40)
  while first < offset, isInside(first) { first += 1 }
  var last = min(line.count, offset + 30)
  while last > offset, isInside(last) { last -= 1 }
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
