/// Takes white space off the ends.
struct Strip: Sendable, Equatable {
  var left = true
  var right = true

  func apply(to text: borrowing AlignedText, into output: inout AlignedText) {
    var first: Int?
    var last = 0
    text.forEachScalar { scalar, range in
      guard !ScalarFlags(of: scalar).contains(.whiteSpace) else { return }
      if first == nil { first = range.lowerBound }
      last = range.upperBound
    }
    guard let first else {
      if !left && !right { output.append(text, 0..<text.count) }
      return
    }
    output.append(text, (left ? first : 0)..<(right ? last : text.count))
  }
}
