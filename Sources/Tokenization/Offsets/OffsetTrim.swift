internal import Blocks

/// What `ByteLevel` and `RobertaProcessing` do to offsets behind the model: white space at the ends of a token is not
/// covered.
struct OffsetTrim: Sendable {
  /// The first token may begin with one space that was not in the text.
  let addsPrefixSpace: Bool

  /// The trims of a post-processor and its members, in order.
  static func all(in component: Component) throws(Diagnostic) -> [OffsetTrim] {
    switch try component.type() {
    case "ByteLevel", "RobertaProcessing":
      guard try component.flag("trim_offsets", default: true) else { return [] }
      return [OffsetTrim(addsPrefixSpace: try component.flag("add_prefix_space", default: true))]
    case "Sequence":
      var trims: [OffsetTrim] = []
      for member in try component.members("processors") { trims += try all(in: member) }
      return trims
    default: return []
    }
  }

  /// - Parameters:
  ///   - spelling: the token as the vocabulary spells it; for an added token, what it covers.
  ///   - range: in characters.
  func apply(to range: Range<Int>, of spelling: [UInt8], isFirst: Bool) -> Range<Int> {
    let scalars = String(decoding: spelling, as: UTF8.self).unicodeScalars
    var leading = scalars.prefix { Self.isSpace($0) }.count
    let trailing = scalars.reversed().prefix { Self.isSpace($0) }.count
    var (start, end) = (range.lowerBound, range.upperBound)
    if leading > 0 {
      if isFirst || start == 0, addsPrefixSpace, leading == 1 { leading = 0 }
      start = min(start + leading, end)
    }
    if trailing > 0, end >= trailing { end = max(end - trailing, start) }
    return start..<end
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "Ġ" || ScalarFlags(of: scalar.value).contains(.whiteSpace)
  }
}
