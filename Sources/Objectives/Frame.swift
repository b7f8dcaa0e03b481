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
