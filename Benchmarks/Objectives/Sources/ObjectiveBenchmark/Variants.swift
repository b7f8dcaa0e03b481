import Blocks
import Objectives

/// An objective with settings.
struct Variant {
  let name: String
  let objective: any Objective

  init(_ type: any Objective.Type, _ values: [(String, SettingValue.Content)]) throws {
    let map = SettingValue(.map(values.map { SettingValue.Entry($0.0, SettingValue($0.1)) }))
    name =
      ([type.name] + values.map { "\($0.0)=\(SettingValue($0.1).description)" }).joined(separator: " ")
    objective = try type.init(
      Settings(map, allowing: type.settings, path: type.name), vocabulary: Text.vocabulary)
  }

  /// Every objective in its main forms, at the lengths of the papers.
  static func all() throws -> [Variant] {
    let compact = ("layout", SettingValue.Content.text("compact"))
    func text(_ key: String, _ value: String) -> (String, SettingValue.Content) { (key, .text(value)) }
    func length(_ count: Int) -> (String, SettingValue.Content) { ("length", .integer(count)) }
    func pairs(_ kind: String, _ more: (String, SettingValue.Content)...) throws -> Variant {
      try Variant(ContrastivePairs.self, [text("pairs", kind)] + more)
    }
    return try [
      Variant(MaskedLM.self, [length(128)]),
      Variant(MaskedLM.self, [length(512)]),
      Variant(MaskedLM.self, [length(128), compact]),
      Variant(MaskedLM.self, [length(512), text("windowing", "full_sentences"), text("count", "stochastic")]),
      Variant(MaskedLM.self, [length(128), text("count", "bernoulli")]),
      Variant(MaskedLM.self, [length(128), text("unit", "whole_word")]),
      Variant(MaskedLM.self, [length(128), text("unit", "ngram")]),
      Variant(MaskedLM.self, [length(128), text("unit", "span")]),
      Variant(BERTPairs.self, [length(128)]),
      Variant(BERTPairs.self, [length(128), text("pairs", "sop")]),
      Variant(ReplacedTokenDetection.self, [length(128)]),
      Variant(UniLM.self, [length(128)]),
      Variant(CausalLM.self, [length(1024)]),
      Variant(CausalLM.self, [length(1024), text("windowing", "best_fit"), ("segment_ids", .flag(true))]),
      Variant(CausalLM.self, [length(1024), ("fim_rate", .number(0.5))]),
      Variant(CausalLM.self, [length(1024), ("fim_rate", .number(0.5)), text("fim_context", "document")]),
      Variant(PrefixLM.self, [length(512)]),
      Variant(PrefixLM.self, [length(512), text("form", "encoder_decoder")]),
      Variant(SpanCorruption.self, [length(512)]),
      Variant(SpanCorruption.self, [length(512), text("noise", "iid")]),
      Variant(UL2.self, [length(512)]),
      Variant(MASS.self, [length(512)]),
      Variant(Denoising.self, [length(512)]),
      Variant(Denoising.self, [length(512), ("noise", .list([SettingValue(.text("mask"))]))]),
      Variant(Denoising.self, [length(512), ("noise", .list([SettingValue(.text("delete"))]))]),
      pairs("dropout", length(64)),
      pairs("augment", length(64)),
      pairs("adjacent", length(64)),
      pairs("crop", length(128)),
      pairs("clear", length(64)),
      pairs("declutr", length(66), ("min_span", .integer(16)), ("anchors", .integer(2))),
      pairs("consert", length(64)),
      pairs("eda", length(64)),
      pairs("given", length(64)),
      pairs("crop", length(128), text("negatives", "same_source")),
      pairs("dropout", length(64), text("negatives", "bm25")),
      Variant(ImageMLM.self, []),
      Variant(AudioMLM.self, [length(512)]),
    ]
  }
}
