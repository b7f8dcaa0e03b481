/// How fill-in-the-middle laid out a whole document, before windows were cut.
///
///     text of 10 tokens, a 3, b 7     PSM    <PRE> 0 1 2 <SUF> 7 8 9 <MID> 3 4 5 6
public struct DocumentLayout: Sendable, Equatable {
  /// 0 as it was, 1 prefix-suffix-middle, 2 suffix-prefix-middle.
  public var mode: UInt8 = 0
  /// Tokens before the middle, up to the middle's end, and in all; marks and the end of the document do not count.
  public var a = 0
  public var b = 0
  public var count = 0
  /// The same in what was cut: characters (Unicode scalars) of the text, or tokens again.
  public var cutA = 0
  public var cutB = 0
  public var cutCount = 0

  public init() {}

  /// Positions of the three marks, prefix, suffix and middle, in the document as it is laid out; nil where it is as it
  /// was.
  package var marks: (prefix: Int, suffix: Int, middle: Int)? {
    switch mode {
    case 1: (0, a + 1, a + 2 + count - b)
    case 2: (0, 1, 2 + count - b)
    default: nil
    }
  }

  /// Tokens of the document as it is laid out, without its end.
  package var shownCount: Int { mode == 0 ? count : count + FillInTheMiddle.markCount }
}

/// The texts of a block's documents, for objectives that cut them between characters.
///
/// Objectives see ids only; who has text and tokenizer lends them through this.
public protocol DocumentText: AnyObject {
  /// Number of Unicode scalars in a document's text.
  ///
  /// - Parameter position: the document's position in the block of tokens.
  func scalarCount(ofDocument position: Int) -> Int
  /// Appends the tokens of a part of a document's text, encoded by itself.
  func append(_ scalars: Range<Int>, ofDocument position: Int, to ids: inout [UInt32])
}
