/// Columns that a text takes on a terminal: 2 for wide characters, 0 for marks that join the one before.
func displayWidth(_ text: some StringProtocol) -> Int {
  text.reduce(0) { $0 + displayWidth($1) }
}

/// Columns of one character: those of its first scalar; the rest of it joins that one.
func displayWidth(_ character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  if scalar.value < 0x300 { return 1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: return isWide(scalar.value) ? 2 : 1
  }
}

/// East Asian wide and full-width characters and emoji (Unicode Standard Annex 11, the blocks that matter).
private func isWide(_ value: UInt32) -> Bool {
  switch value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
    true
  default: false
  }
}

extension String {
  /// The text with nothing in it that moves the cursor, hides or reorders: line ends, tabs and controls become visible.
  ///
  /// What a dataset holds must not be able to command the terminal that shows it.
  var printable: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x0A, 0x0D: result += "⏎"
      case 0x09: result += "⇥"
      case ..<0x20, 0x7F..<0xA0, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF:
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
