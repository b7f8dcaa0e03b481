package import Blocks

/// What objectives look up about single ids, built once from the vocabulary.
package struct IDTable: Sendable {
  let size: Int
  /// The ids that random replacement draws from, ascending: all ordinary ones, or those that a recipe states.
  let ordinary: [UInt32]
  private let special: [Bool]
  private let continues: [Bool]

  /// - Parameter stated: the ids to draw from; nil for all ordinary ones.
  /// - Throws: `objective.no-ordinary-ids` when nothing is left to draw from.
  package init(
    _ vocabulary: SpecialTokens, for objective: String, drawingFrom stated: [UInt32]? = nil
  ) throws(Diagnostic) {
    size = vocabulary.vocabularySize
    ordinary = stated ?? vocabulary.ordinaryIDs
    var special = Array(repeating: false, count: size)
    for id in vocabulary.special where Int(id) < size { special[Int(id)] = true }
    self.special = special
    continues = vocabulary.continuesWord
    guard ordinary.count >= 2 else {
      throw Diagnostic(
        "objective.no-ordinary-ids", "the vocabulary has too few ordinary ids for \(objective)",
        expected: "two ids or more that are not special", found: "\(ordinary.count) of \(size) ids",
        help: "train a tokenizer with a larger vocabulary")
    }
  }

  /// True for ids that no text gives and no random draw chooses; `unk` is one, too, and stays untouched.
  @inline(__always)
  func isSpecial(_ id: UInt32) -> Bool { Int(id) < special.count && special[Int(id)] }

  /// True where a token continues the word of the token before it. A special token ends a word.
  @inline(__always)
  func continuesWord(_ id: UInt32, after previous: UInt32) -> Bool {
    Int(id) < continues.count && continues[Int(id)] && !isSpecial(previous) && !isSpecial(id)
  }

  /// A uniform ordinary id.
  @inline(__always)
  func draw(_ stream: inout RandomStream) -> UInt32 { ordinary[stream.bounded(ordinary.count)] }

  /// A uniform ordinary id other than `original`.
  @inline(__always)
  func draw(_ stream: inout RandomStream, otherThan original: UInt32) -> UInt32 {
    while true {
      let id = draw(&stream)
      if id != original { return id }
    }
  }
}

extension IDTable {
  /// Whether random replacement may give this id.
  func mayDraw(_ id: UInt32) -> Bool { place(of: id) != nil }

  /// Place of an id among those that random replacement draws from.
  func place(of id: UInt32) -> Int? {
    var (low, high) = (0, ordinary.count)
    while low < high {
      let middle = low + (high - low) / 2
      if ordinary[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low < ordinary.count && ordinary[low] == id ? low : nil
  }

  static let replacementSetting = Setting(
    "replacement_ids",
    .either([.list(.either([.integer(0...Int(Int32.max)), .text])), .integer(0...Int(Int32.max)), .text]),
    default: .null,
    "The ids that random tokens are drawn from: numbers and ranges such as 1000-1999, both ends included; null for all"
      + " that are not special.")
}

extension Settings {
  /// The stated replacement ids, ascending and each once; nil for all ordinary ones.
  ///
  /// - Throws: `settings.invalid` for text that is no range, an id beyond the vocabulary, and fewer than two ids.
  func replacementIDs(below size: Int) throws(Diagnostic) -> [UInt32]? {
    guard value("replacement_ids").content != .null else { return nil }
    var isStated = Array(repeating: false, count: size)
    for text in texts("replacement_ids") {
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
        throw invalid(
          "replacement_ids", "holds '\(text)', which is no id and no range", help: "for example [1000-1999]")
      }
      guard last < size else {
        throw invalid("replacement_ids", "goes beyond the vocabulary", help: "the last id is \(size - 1)")
      }
      for id in first...last { isStated[id] = true }
    }
    let ids = (0..<UInt32(size)).filter { isStated[Int($0)] }
    guard ids.count >= 2 else {
      throw invalid("replacement_ids", "states fewer than two ids", help: "leave it out for all that are not special")
    }
    return ids
  }
}
