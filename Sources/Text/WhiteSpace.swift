/// The Unicode property White_Space: 25 characters, unchanged since Unicode 6.3.
@inline(__always)
func isWhiteSpace(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
  default: false
  }
}

/// The white space that ends a line: LF, VT, FF, CR, U+0085, U+2028, U+2029.
///
/// - Source: Unicode Standard §5.8, Newline Guidelines.
@inline(__always)
func isNewline(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
  default: false
  }
}
