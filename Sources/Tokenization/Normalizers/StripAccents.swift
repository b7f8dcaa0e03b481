/// Drops every mark. It does not decompose: put NFD before it.
enum StripAccents {
  static func apply(to text: borrowing AlignedText, into output: inout AlignedText) {
    drop(.mark, of: text, into: &output)
  }

  /// Drops the scalars that have a flag.
  static func drop(_ flag: ScalarFlags, of text: borrowing AlignedText, into output: inout AlignedText) {
    text.forEachScalar { scalar, range in
      if !ScalarFlags(of: scalar).contains(flag) { output.append(text, range) }
    }
  }
}
