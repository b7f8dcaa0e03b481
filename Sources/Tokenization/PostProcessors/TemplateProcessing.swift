/// Special tokens by a template: `[CLS] $A [SEP]`, `[CLS] $A [SEP] $B [SEP]`.
struct TemplateProcessing: Sendable {
  enum Piece: Sendable, Equatable {
    case firstText
    case secondText
    case special([UInt32])
  }

  var single: [Piece]
  var pair: [Piece]

  func process(_ first: [UInt32], _ second: [UInt32]?) -> [UInt32] {
    (second == nil ? single : pair).flatMap { piece in
      switch piece {
      case .firstText: first
      case .secondText: second ?? []
      case .special(let ids): ids
      }
    }
  }
}
