internal import CKernels

/// NFC, NFD, NFKC and NFKD with the tables of Unicode 9, as the reference has them.
///
/// Runs of characters that a form leaves alone are copied; only what lies between is decomposed, ordered and composed,
/// beginning with the character before, which a mark may join.
enum NormalizationForm: String, Sendable, CaseIterable {
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"

  private var inert: ScalarFlags {
    switch self {
    case .nfc: .nfcInert
    case .nfd: .nfdInert
    case .nfkc: .nfkcInert
    case .nfkd: .nfkdInert
    }
  }

  private var composes: Bool { self == .nfc || self == .nfkc }

  /// True if the form leaves every character of the text alone; false says nothing.
  func leavesAlone(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Bool {
    let inert = self.inert
    var offset = start
    while offset < end {
      if unsafe text[offset] < 0x80 {
        offset += 1
        continue
      }
      let (scalar, byteCount) = unsafe decodeScalar(text, at: offset, end: end)
      guard ScalarFlags(of: scalar).contains(inert) else { return false }
      offset += byteCount
    }
    return true
  }

  func apply(to text: borrowing AlignedText, into output: inout AlignedText) {
    let inert = self.inert
    let bytes = text.bytes
    var copied = 0
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let end = buffer.count
      var offset = 0
      var lastStart = 0
      var stretch: [DecomposedScalar] = []
      while offset < end {
        if unsafe base[offset] < 0x80 {
          lastStart = offset
          offset += 1
          continue
        }
        let (scalar, byteCount) = unsafe decodeScalar(base, at: offset, end: end)
        if ScalarFlags(of: scalar).contains(inert) {
          lastStart = offset
          offset += byteCount
          continue
        }
        output.append(text, copied..<max(copied, lastStart))
        stretch.removeAll(keepingCapacity: true)
        var next = max(copied, lastStart)
        let stretchStart = next
        while next < end {
          let (scalar, byteCount) = unsafe decodeScalar(base, at: next, end: end)
          if next > offset, ScalarFlags(of: scalar).contains(inert) { break }
          decompose(scalar, sourceEnd: text.sourceEnd(at: next), into: &stretch)
          next += byteCount
        }
        order(&stretch)
        if composes { compose(&stretch) }
        if text.isTracedByPlace { Self.traceByPlace(&stretch, in: text, from: stretchStart) }
        for item in stretch { output.append(scalar: item.scalar, sourceEnd: item.sourceEnd) }
        copied = next
        lastStart = next
        offset = next
      }
      output.append(text, copied..<end)
    }
  }

  private func decompose(_ scalar: UInt32, sourceEnd: Int, into stretch: inout [DecomposedScalar]) {
    let first = stretch.count
    defer { for index in stretch.indices.dropFirst(first + 1) { stretch[index].sourceCount = 0 } }
    if scalar &- Hangul.firstSyllable < Hangul.syllableCount {
      let index = scalar - Hangul.firstSyllable
      stretch.append(DecomposedScalar(Hangul.firstLead + index / Hangul.perLead, sourceEnd))
      stretch.append(DecomposedScalar(Hangul.firstVowel + index % Hangul.perLead / Hangul.trailCount, sourceEnd))
      let trail = index % Hangul.trailCount
      if trail != 0 { stretch.append(DecomposedScalar(Hangul.beforeTrail + trail, sourceEnd)) }
      return
    }
    var byteCount: UInt32 = 0
    let isCompatible = self == .nfkc || self == .nfkd
    let mapped = unsafe isCompatible ? palimpsest_nfkd(scalar, &byteCount) : palimpsest_nfd(scalar, &byteCount)
    guard let mapped = unsafe mapped else {
      stretch.append(DecomposedScalar(scalar, sourceEnd))
      return
    }
    var offset = 0
    while offset < Int(byteCount) {
      let part = unsafe decodeScalar(mapped, at: offset, end: Int(byteCount))
      stretch.append(DecomposedScalar(part.scalar, sourceEnd))
      offset += part.byteCount
    }
  }

  /// Gives each scalar the origin of the next source scalar that nobody has, as many as it stands for; one that stands
  /// for none has the origin of the one before it.
  private static func traceByPlace(_ stretch: inout [DecomposedScalar], in text: borrowing AlignedText, from start: Int)
  {
    var offset = start
    for index in stretch.indices {
      stretch[index].sourceEnd = text.sourceEnd(at: stretch[index].sourceCount == 0 ? offset - 1 : offset)
      for _ in 0..<stretch[index].sourceCount {
        offset += 1
        while offset < text.count, text.bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      }
    }
  }

  /// Sorts each run of marks by class; equal classes keep their order.
  private func order(_ stretch: inout [DecomposedScalar]) {
    var index = 0
    while index < stretch.count {
      guard stretch[index].combiningClass != 0 else {
        index += 1
        continue
      }
      let first = index
      var isOrdered = true
      while index < stretch.count, stretch[index].combiningClass != 0 {
        if index > first, stretch[index].combiningClass < stretch[index - 1].combiningClass { isOrdered = false }
        index += 1
      }
      if isOrdered { continue }
      let sorted = stretch[first..<index].enumerated().sorted { left, right in
        (left.element.combiningClass, left.offset) < (right.element.combiningClass, right.offset)
      }
      for (offset, item) in sorted.enumerated() { stretch[first + offset] = item.element }
    }
  }

  /// Joins each character to the starter before it, where nothing in between blocks it.
  private func compose(_ stretch: inout [DecomposedScalar]) {
    var starter: Int?
    var lastClass: UInt8 = 0
    var hasMarksBetween = false
    var count = 0
    for index in stretch.indices {
      let item = stretch[index]
      if let starter, !hasMarksBetween || lastClass < item.combiningClass {
        let joined = Self.composition(stretch[starter].scalar, item.scalar)
        if joined != 0 {
          stretch[starter].scalar = joined
          stretch[starter].sourceEnd = max(stretch[starter].sourceEnd, item.sourceEnd)
          stretch[starter].sourceCount += item.sourceCount
          continue
        }
      }
      stretch[count] = item
      if item.combiningClass == 0 {
        starter = count
        hasMarksBetween = false
      } else {
        hasMarksBetween = true
        lastClass = item.combiningClass
      }
      count += 1
    }
    stretch.removeLast(stretch.count - count)
  }

  /// The composition of two scalars, 0 if there is none.
  private static func composition(_ first: UInt32, _ second: UInt32) -> UInt32 {
    if first &- Hangul.firstLead < Hangul.leadCount, second &- Hangul.firstVowel < Hangul.vowelCount {
      let lead = first - Hangul.firstLead
      return Hangul.firstSyllable + (lead * Hangul.vowelCount + second - Hangul.firstVowel) * Hangul.trailCount
    }
    if first &- Hangul.firstSyllable < Hangul.syllableCount, (first - Hangul.firstSyllable) % Hangul.trailCount == 0,
      second &- (Hangul.beforeTrail + 1) < Hangul.trailCount - 1
    {
      return first + (second - Hangul.beforeTrail)
    }
    return palimpsest_composition(first, second)
  }
}

/// A scalar of a decomposition with its class and the raw offset behind what it came from.
private struct DecomposedScalar {
  var scalar: UInt32
  var combiningClass: UInt8
  var sourceEnd: Int
  /// How many source scalars it stands for: none for all but the first of a decomposition.
  var sourceCount = 1

  init(_ scalar: UInt32, _ sourceEnd: Int) {
    self.scalar = scalar
    self.sourceEnd = sourceEnd
    combiningClass = palimpsest_combining_class(scalar)
  }
}

/// The arithmetic of Hangul syllables (Unicode, section 3.12).
private enum Hangul {
  static let firstSyllable: UInt32 = 0xAC00
  static let firstLead: UInt32 = 0x1100
  static let firstVowel: UInt32 = 0x1161
  static let beforeTrail: UInt32 = 0x11A7
  static let leadCount: UInt32 = 19
  static let vowelCount: UInt32 = 21
  static let trailCount: UInt32 = 28
  static let perLead: UInt32 = vowelCount * trailCount
  static let syllableCount: UInt32 = leadCount * perLead
}
