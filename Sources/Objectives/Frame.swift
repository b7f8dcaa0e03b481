internal import Blocks

/// The two tokens around a text: `[CLS] … [SEP]`, or `<s> … </s>`.
struct Frame: Sendable, Equatable {
  let opening: UInt32
  let closing: UInt32

  /// BERT's frame; a vocabulary without `cls` and `sep` lends its `bos` and `eos`.
  static func classification(_ vocabulary: SpecialTokens, for objective: String) throws(Diagnostic) -> Frame {
    if let bos = vocabulary.ids[.bos], let eos = vocabulary.ids[.eos], vocabulary.ids[.cls] == nil {
      return Frame(opening: bos, closing: eos)
    }
    return Frame(
      opening: try vocabulary.require(.cls, for: objective), closing: try vocabulary.require(.sep, for: objective))
  }

  /// BART's frame; a vocabulary without `bos` and `eos` lends its `cls` and `sep`.
  static func sequence(_ vocabulary: SpecialTokens, for objective: String) throws(Diagnostic) -> Frame {
    if let cls = vocabulary.ids[.cls], let sep = vocabulary.ids[.sep], vocabulary.ids[.bos] == nil {
      return Frame(opening: cls, closing: sep)
    }
    return Frame(
      opening: try vocabulary.require(.bos, for: objective), closing: try vocabulary.require(.eos, for: objective))
  }
}

extension Frame {
  /// Frames one text: `[CLS] A [SEP]`.
  func enclose(_ ids: [UInt32], into row: inout [UInt32]) {
    row.removeAll(keepingCapacity: true)
    row.append(opening)
    row.append(contentsOf: ids)
    row.append(closing)
  }

  /// Frames two texts: `[CLS] A [SEP] B [SEP]`.
  ///
  /// - Parameter second: where B starts.
  func enclose(_ ids: [UInt32], dividedAt second: Int, into row: inout [UInt32]) {
    row.removeAll(keepingCapacity: true)
    row.append(opening)
    row.append(contentsOf: ids[..<second])
    row.append(closing)
    row.append(contentsOf: ids[second...])
    row.append(closing)
  }

  /// The two texts of a framed row, and where the second starts.
  ///
  /// - Throws: `verify.frame`.
  func dividedText(
    _ parts: Cloze.Parts, _ row: ExampleReader, below size: Int
  ) throws(Diagnostic) -> (ids: [UInt32], second: Int) {
    _ = try row.unframed(Cloze.ColumnIndex.inputIDs, 0..<parts.shown.count, self, below: size)
    let original = parts.original
    guard let middle = original.dropLast().firstIndex(of: closing), middle >= 2, middle + 2 < original.count else {
      throw row.broken(
        "frame", "input_ids do not hold two texts", expected: "\(closing) between them and behind the second")
    }
    return (Array(original[1..<middle] + original[(middle + 1)..<original.count - 1]), middle - 1)
  }
}
