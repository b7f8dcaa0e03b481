package import Blocks

/// What objectives look up about single ids, built once from the vocabulary.
package struct IDTable: Sendable {
  let size: Int
  /// The ids that random replacement draws from, ascending.
  let ordinary: [UInt32]
  private let special: [Bool]
  private let continues: [Bool]

  /// - Throws: `objective.no-ordinary-ids` when nothing is left to draw from.
  package init(_ vocabulary: SpecialTokens, for objective: String) throws(Diagnostic) {
    size = vocabulary.vocabularySize
    ordinary = vocabulary.ordinaryIDs
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
