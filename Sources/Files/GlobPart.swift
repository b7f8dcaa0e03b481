/// One part of a path pattern, matched against one name.
///
///     GlobPart("part-*.jsonl").matches("part-0007.jsonl") → true
package struct GlobPart: Sendable {
  private enum Piece {
    case character(Unicode.Scalar)
    case anyCharacter
    case anyText
    case oneOf([ClosedRange<Unicode.Scalar>], negated: Bool)
  }

  private let pieces: [Piece]

  package init(_ pattern: String) {
    var pieces: [Piece] = []
    var rest = Substring(pattern).unicodeScalars
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": pieces.append(.anyText)
      case "?": pieces.append(.anyCharacter)
      case "\\": pieces.append(.character(rest.popFirst() ?? "\\"))
      case "[":
        // A bracket that nothing closes stands for itself, as in a shell.
        if let set = Self.takeSet(from: &rest) { pieces.append(set) } else { pieces.append(.character("[")) }
      default: pieces.append(.character(scalar))
      }
    }
    self.pieces = pieces
  }

  /// Whether the whole name matches. Linear in name × pattern: a `*` is tried again only from the last one.
  package func matches(_ name: String) -> Bool {
    let scalars = Array(name.unicodeScalars)
    if scalars.first == ".", !startsWithDot { return false }
    var (piece, position) = (0, 0)
    var retry: (piece: Int, position: Int)?
    while position < scalars.count {
      if piece < pieces.count, case .anyText = pieces[piece] {
        retry = (piece, position)
        piece += 1
      } else if piece < pieces.count, Self.matches(pieces[piece], scalars[position]) {
        piece += 1
        position += 1
      } else if let last = retry {
        retry = (last.piece, last.position + 1)
        (piece, position) = (last.piece + 1, last.position + 1)
      } else {
        return false
      }
    }
    return pieces[piece...].allSatisfy { if case .anyText = $0 { true } else { false } }
  }

  private var startsWithDot: Bool {
    if case .character(".")? = pieces.first { true } else { false }
  }

  private static func matches(_ piece: Piece, _ scalar: Unicode.Scalar) -> Bool {
    switch piece {
    case .character(let wanted): wanted == scalar
    case .anyCharacter: true
    case .anyText: false
    case .oneOf(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
    }
  }

  /// The set behind a `[`, or nil (and nothing taken) when no `]` closes it. A `]` that comes first is a member.
  private static func takeSet(from rest: inout Substring.UnicodeScalarView) -> Piece? {
    var ahead = rest
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    let negated = ahead.first == "!" || ahead.first == "^"
    if negated { ahead.removeFirst() }
    var isFirst = true
    while let scalar = ahead.popFirst() {
      if scalar == "]", !isFirst {
        rest = ahead
        return .oneOf(ranges, negated: negated)
      }
      isFirst = false
      let low = scalar == "\\" ? ahead.popFirst() ?? scalar : scalar
      var high = low
      if ahead.first == "-", let end = ahead.dropFirst().first, end != "]" {
        ahead.removeFirst(2)
        high = end
      }
      // A range the wrong way round holds nothing.
      if low <= high { ranges.append(low...high) }
    }
    return nil
  }
}
