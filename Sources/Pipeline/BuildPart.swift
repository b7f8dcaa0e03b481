public import Blocks

/// One of several shares of a build: `2/8` is the second of eight.
///
/// Blocks go to parts in turn, by file and number, and so do shards once all blocks are there, so parts need not know
/// of each other. Any machine may make any part, in any order, again, or twice at once: what is there is not made
/// again, and whoever makes it makes the same bytes.
public struct BuildPart: Sendable, Equatable {
  /// From 1 to `count`.
  public let number: Int
  public let count: Int

  /// - Throws: `build.bad-part` unless the text is `I/N` with 1 ≤ I ≤ N.
  public init(_ text: String) throws(Diagnostic) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1], number >= 1, number <= count else {
      throw Diagnostic(
        "build.bad-part", "'\(text)' is no part of a build", expected: "I/N with I from 1 to N, for example 2/8",
        found: text)
    }
    self.number = number
    self.count = count
  }

  /// Whether a block belongs to this part.
  func contains(file: Int, block: Int) -> Bool { (file + block) % count == number - 1 }
  /// Whether a shard does, by its number among all of the dataset.
  func contains(shard: Int) -> Bool { shard % count == number - 1 }
}

extension BuildPart: CustomStringConvertible {
  public var description: String { "\(number)/\(count)" }
}
