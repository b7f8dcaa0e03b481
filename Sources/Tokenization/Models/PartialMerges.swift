/// The merges of a byte-level encoding that can tear a character: those that join a part of one with its neighbour.
///
/// Where no such merge can happen at either edge of a character, its bytes merge among themselves as if it were alone,
/// whatever stands around it, and may do so first. That is so because merges come in the order of their ranks, and no
/// symbol merges before it is made: a merge of whole characters comes after all merges inside of them. There are a few
/// dozen tearing merges in a published vocabulary, most of them of a space or a Cyrillic letter with a lead byte.
struct PartialMerges: Sendable {
  /// The right part is the beginning of a character: the last characters of left parts, and those beginnings.
  private var charactersBeforeParts: Set<UInt32> = []
  private var parts: Set<[UInt8]> = []
  /// The left part is the end of a character: its last bytes, and what right parts begin with: characters, or parts.
  private var lastBytes: Set<UInt8> = []
  private var charactersBehindParts: Set<UInt32> = []
  private var partsBehindParts: Set<[UInt8]> = []

  /// What a character's edges may be part of.
  struct Edges: OptionSet, Sendable {
    let rawValue: UInt32

    static let beforePart = Edges(rawValue: 1)
    static let isPart = Edges(rawValue: 2)
    static let endsAsPart = Edges(rawValue: 4)
    static let behindPart = Edges(rawValue: 8)

    /// Whether some merge may join a part of one character with its neighbour.
    @inline(__always)
    static func mayTear(_ left: Edges, _ right: Edges) -> Bool {
      left.rawValue & right.rawValue >> 1 & 5 != 0
    }
  }

  /// What the bytes of a symbol are, as far as it matters here.
  private struct Shape {
    var first: UInt8
    /// Bytes, and first bytes of characters among them; counted up to 100.
    var count: UInt8
    var leads: UInt8
    /// Bytes that the last character lacks.
    var missing: UInt8

    init(_ byte: UInt8) {
      first = byte
      count = 1
      leads = byte & 0xC0 == 0x80 ? 0 : 1
      missing = byte < 0xC0 ? 0 : byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3
    }

    var startsInside: Bool { first & 0xC0 == 0x80 }

    func followed(by next: Shape) -> Shape {
      var joined = self
      joined.count = min(100, count + next.count)
      joined.leads = min(100, leads + next.leads)
      joined.missing = next.leads > 0 ? next.missing : missing - min(missing, next.count)
      return joined
    }
  }

  /// Nil where merges do not come in an order that makes each symbol once and before it merges.
  ///
  /// - Parameters:
  ///   - symbols: of each byte.
  ///   - bytes: what a symbol stands for.
  init?(
    _ merges: [(left: UInt32, right: UInt32, merged: UInt32)], symbols: [UInt32], idLimit: Int,
    bytes: (UInt32) -> [UInt8]?
  ) {
    var shapes = [Shape?](repeating: nil, count: idLimit)
    for (byte, symbol) in symbols.enumerated() {
      guard symbol < idLimit else { return nil }
      shapes[Int(symbol)] = Shape(UInt8(byte))
    }
    for merge in merges {
      guard let left = shapes[Int(merge.left)], let right = shapes[Int(merge.right)],
        shapes[Int(merge.merged)] == nil
      else { return nil }
      shapes[Int(merge.merged)] = left.followed(by: right)
      if right.startsInside || left.missing > 0 { continue }
      let isEnd = left.leads == 0
      let isBeginning = right.leads == 1 && right.missing > 0
      if !isEnd, !isBeginning { continue }
      guard let leftBytes = bytes(merge.left), let rightBytes = bytes(merge.right) else { return nil }
      add(leftBytes, rightBytes, isEnd: isEnd, isBeginning: isBeginning)
    }
  }

  private mutating func add(_ left: [UInt8], _ right: [UInt8], isEnd: Bool, isBeginning: Bool) {
    if isEnd {
      lastBytes.insert(left[left.count - 1])
      if isBeginning { partsBehindParts.insert(right) } else { charactersBehindParts.insert(Self.scalar(right, at: 0)) }
    } else {
      var start = left.count - 1
      while start > 0, left[start] & 0xC0 == 0x80 { start -= 1 }
      charactersBeforeParts.insert(Self.scalar(left, at: start))
      parts.insert(right)
    }
  }

  private static func scalar(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe decodeScalar(base, at: offset, end: buffer.count).scalar
    }
  }

  /// The edges of a character, which has these bytes.
  func edges(of scalar: UInt32, _ bytes: [UInt8]) -> Edges {
    var edges: Edges = []
    if charactersBeforeParts.contains(scalar) { edges.insert(.beforePart) }
    if bytes.count > 1, let last = bytes.last, lastBytes.contains(last) { edges.insert(.endsAsPart) }
    if charactersBehindParts.contains(scalar) { edges.insert(.behindPart) }
    for count in 1..<max(1, bytes.count) {
      let part = Array(bytes.prefix(count))
      if parts.contains(part) { edges.insert(.isPart) }
      if partsBehindParts.contains(part) { edges.insert(.behindPart) }
    }
    return edges
  }
}
