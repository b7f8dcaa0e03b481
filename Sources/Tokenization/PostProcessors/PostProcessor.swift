/// The `post_processor` of a `tokenizer.json`: which special tokens stand around one text or two.
indirect enum PostProcessor: Sendable {
  /// `[CLS] A [SEP]`, `[CLS] A [SEP] B [SEP]`
  case bert(cls: UInt32, sep: UInt32)
  /// `<s> A </s>`, `<s> A </s> </s> B </s>`
  case roberta(cls: UInt32, sep: UInt32)
  /// Changes offsets only.
  case byteLevel
  case template(TemplateProcessing)
  case sequence([PostProcessor])

  static let knownNames = ["BertProcessing", "RobertaProcessing", "ByteLevel", "TemplateProcessing", "Sequence"]

  /// The ids of one text, or of two, with special tokens.
  func process(_ first: [UInt32], _ second: [UInt32]?) -> [UInt32] {
    flatten(parts(.init(first: [first], second: second.map { [$0] })))
  }

  /// The encodings on their way through a sequence of processors: each may be in several runs already.
  struct Parts {
    var first: [[UInt32]]
    var second: [[UInt32]]?
  }

  private func flatten(_ parts: Parts) -> [UInt32] {
    Array((parts.first + (parts.second ?? [])).joined())
  }

  private func parts(_ parts: Parts) -> Parts {
    let first = Array(parts.first.joined())
    let second = parts.second.map { Array($0.joined()) }
    switch self {
    case .bert(let cls, let sep):
      return Parts(first: [[cls] + first + [sep]], second: second.map { [$0 + [sep]] })
    case .roberta(let cls, let sep):
      return Parts(first: [[cls] + first + [sep]], second: second.map { [[sep] + $0 + [sep]] })
    case .byteLevel: return parts
    case .template(let template): return Parts(first: [template.process(first, second)], second: nil)
    case .sequence(let members): return members.reduce(parts) { $1.parts($0) }
    }
  }
}
