import Blocks
import Objectives
import Testing

/// An objective with settings: what the laws are tried on.
struct Variant: CustomTestStringConvertible, Sendable {
  let name: String
  let objective: any Objective
  /// False where nothing is drawn: epochs and seeds then change nothing.
  let draws: Bool

  var testDescription: String { name }

  init(
    _ type: any Objective.Type, _ values: KeyValuePairs<String, SettingValue.Content>, draws: Bool = true
  ) throws {
    name = type.name + " " + values.map { "\($0.key): \(SettingValue($0.value).description)" }.joined(separator: ", ")
    objective = try Self.make(type, values)
    self.draws = draws
  }

  /// A mixture of tasks.
  init(_ type: Mixture.Type, tasks: KeyValuePairs<String, KeyValuePairs<String, SettingValue.Content>>) throws {
    name = "mixture of " + tasks.map(\.key).joined(separator: ", ")
    objective = try Mixture.of(tasks)
    draws = true
  }

  private static func make<Made: Objective>(
    _ type: Made.Type, _ values: KeyValuePairs<String, SettingValue.Content>
  ) throws -> any Objective {
    try Made(settings(type, values), vocabulary: Sample.full)
  }

  /// Every objective of the standard list in its forms, layouts and windowings.
  static let all: [Variant] = {
    do {
      let compact = SettingValue.Content.text("compact")
      let packed = SettingValue.Content.text("packed")
      return try [
        Variant(MaskedLM.self, ["length": .integer(24)]),
        Variant(MaskedLM.self, ["length": .integer(24), "layout": compact, "windowing": packed]),
        Variant(
          MaskedLM.self, ["length": .integer(32), "unit": .text("whole_word"), "mask_probability": .number(0.4)]),
        Variant(
          MaskedLM.self,
          ["length": .integer(24), "max_predictions": .integer(2), "replace": .numbers(1, 0, 0), "tail": .text("drop")]
        ),
        Variant(MaskedLM.self, ["length": .integer(20), "unit": .text("whole_word"), "layout": compact]),
        Variant(
          MaskedLM.self,
          ["length": .integer(24), "unit": .text("span"), "mask_probability": .number(0.4), "layout": compact]),
        Variant(
          MaskedLM.self,
          [
            "length": .integer(24), "unit": .text("ngram"), "mask_probability": .number(0.4), "decide": .text("unit"),
            "windowing": .text("full_sentences"),
          ]),
        Variant(
          MaskedLM.self,
          [
            "length": .integer(24), "unit": .text("whole_word"), "count": .text("stochastic"), "layout": compact,
            "decide": .text("unit"), "windowing": .text("doc_sentences"), "mask_probability": .number(0.4),
          ]),
        Variant(
          MaskedLM.self,
          [
            "length": .integer(24), "count": .text("bernoulli"), "mask_probability": .number(0.3),
            "replacement_ids": .texts("40-60", "6", "1"), "replace": .numbers(0.4, 0.4, 0.2),
          ]),
        Variant(BERTPairs.self, ["length": .integer(24), "short_seq_prob": .number(0.5)]),
        Variant(
          BERTPairs.self,
          ["length": .integer(24), "pairs": .text("sop"), "layout": compact, "unit": .text("ngram")]),
        Variant(
          ReplacedTokenDetection.self,
          ["length": .integer(20), "mask_probability": .number(0.4), "sampler": .text("uniform")]),
        Variant(
          ReplacedTokenDetection.self,
          [
            "length": .integer(20), "mask_probability": .number(0.4), "sampler": .text("window"), "layout": compact,
            "windowing": packed,
          ]),
        Variant(CausalLM.self, ["length": .integer(16)], draws: false),
        Variant(
          CausalLM.self, ["length": .integer(16), "layout": compact, "windowing": .text("document")], draws: false),
        Variant(
          CausalLM.self, ["length": .integer(9), "overlap_one": .flag(true), "reset": .flag(false)], draws: false),
        Variant(
          CausalLM.self, ["length": .integer(16), "windowing": .text("best_fit"), "segment_ids": .flag(true)],
          draws: false),
        Variant(
          CausalLM.self, ["length": .integer(12), "label_shift": .text("next"), "segment_ids": .flag(true)],
          draws: false),
        Variant(CausalLM.self, ["length": .integer(24), "fim_rate": .number(0.9), "loss_mask": .flag(true)]),
        Variant(
          CausalLM.self,
          ["length": .integer(24), "fim_rate": .number(0.9), "windowing": .text("best_fit"), "layout": compact]),
        Variant(
          CausalLM.self,
          [
            "length": .integer(20), "fim_rate": .number(1), "fim_spm_rate": .number(0.3), "label_shift": .text("next"),
            "windowing": .text("document"), "tail": .text("drop"),
          ]),
        Variant(
          CausalLM.self, ["length": .integer(16), "fim_rate": .number(0.9), "fim_context": .text("document")]),
        Variant(
          CausalLM.self,
          [
            "length": .integer(24), "fim_rate": .number(0.8), "fim_context": .text("document"), "layout": compact,
            "windowing": .text("best_fit"),
          ]),
        Variant(
          CausalLM.self,
          [
            "length": .integer(12), "fim_rate": .number(0.8), "fim_context": .text("document"),
            "label_shift": .text("next"), "windowing": .text("document"),
          ]),
        Variant(PrefixLM.self, ["length": .integer(20)]),
        Variant(PrefixLM.self, ["length": .integer(20), "windowing": packed, "layout": compact]),
        Variant(PrefixLM.self, ["length": .integer(20), "form": .text("encoder_decoder"), "density": .number(0.25)]),
        Variant(
          PrefixLM.self,
          ["length": .integer(20), "form": .text("encoder_decoder"), "windowing": packed, "layout": compact]),
        Variant(PrefixLM.self, ["length": .integer(20), "split": .numbers(0.3, 0.8)]),
        Variant(UniLM.self, ["length": .integer(24), "mask_probability": .number(0.4)]),
        Variant(
          UniLM.self,
          [
            "length": .integer(24), "split": .numbers(0.3, 0.8), "windowing": .text("doc_sentences"), "layout": compact,
            "unit": .text("whole_word"), "mask_probability": .number(0.4),
          ]),
        Variant(SpanCorruption.self, ["length": .integer(40)]),
        Variant(
          SpanCorruption.self,
          ["length": .integer(24), "noise_density": .number(0.5), "windowing": .text("document"), "layout": compact]),
        // One span always hides the tail: nothing to draw.
        Variant(
          SpanCorruption.self,
          ["length": .integer(32), "noise_density": .number(0.15), "mean_noise_span_length": .number(12)],
          draws: false),
        Variant(SpanCorruption.self, ["length": .integer(32), "noise_density": .number(0.4), "roll": .flag(true)]),
        Variant(
          SpanCorruption.self,
          ["length": .integer(24), "noise": .text("iid"), "layout": compact, "noise_density": .number(0.3)]),
        Variant(
          SpanCorruption.self,
          ["length": .integer(24), "noise": .text("regular"), "inputs": .text("drop"), "targets": .text("tokens")]),
        Variant(
          SpanCorruption.self,
          [
            "length": .integer(24), "noise": .text("prefix"), "noise_density": .number(0.5),
            "windowing": .text("document"),
          ]),
        Variant(
          SpanCorruption.self,
          ["length": .integer(24), "noise": .text("iid"), "inputs": .text("token_mask"), "targets": .text("full")]),
        Variant(
          SpanCorruption.self,
          [
            "length": .integer(24), "noise_density": .number(0.5), "inputs": .text("span_mask"),
            "targets": .text("tokens"), "layout": compact,
          ]),
        Variant(
          SpanCorruption.self,
          ["length": .integer(24), "noise_density": .number(0.5), "inputs": .text("drop"), "targets": .text("full")]),
        Variant(
          SpanCorruption.self, ["length": .integer(24), "noise_density": .number(0.5), "targets": .text("full")]),
        Variant(UL2.self, ["length": .integer(32)]),
        Variant(UL2.self, ["length": .integer(40), "window": .integer(38), "roll": .flag(true), "layout": compact]),
        Variant(
          UL2.self,
          [
            "length": .integer(24), "mode_tokens": .flag(false), "s_split": .text("uniform"),
            "windowing": .text("document"),
          ]),
        Variant(MASS.self, ["length": .integer(32)]),
        Variant(
          MASS.self,
          [
            "length": .integer(24), "layout": compact, "windowing": packed, "fragment": .number(0.3),
            "replace": .numbers(1, 0, 0),
          ]),
        Variant(Denoising.self, ["length": .integer(32)]),
        Variant(Denoising.self, ["length": .integer(32), "layout": compact, "poisson_lambda": .number(3.5)]),
        Variant(
          Denoising.self,
          [
            "length": .integer(32), "replace_length": .integer(-1), "mask_random": .number(0.3), "rotate": .number(0.5),
            "insert": .number(0.1), "unit": .text("whole_word"),
          ]),
        Variant(
          Denoising.self, ["length": .integer(32), "replace_length": .integer(0), "permute_sentences": .number(0.5)]),
        Variant(Denoising.self, ["length": .integer(32), "noise": .texts("permute_sentences", "mask")]),
        Variant(Denoising.self, ["length": .integer(32), "noise": .texts("delete")]),
        Variant(Denoising.self, ["length": .integer(32), "noise": .texts("replace", "rotate"), "rotate": .number(1)]),
        Variant(
          Denoising.self,
          [
            "length": .integer(32), "insert": .number(0.2), "mask": .number(0.15),
            "noise": .texts("insert", "mask", "replace", "delete"), "layout": compact,
          ]),
        Variant(ContrastivePairs.self, ["length": .integer(16)], draws: false),
        Variant(
          ContrastivePairs.self,
          [
            "length": .integer(16), "pairs": .text("augment"),
            "operations": .texts("delete", "replace", "insert", "swap"),
          ]),
        Variant(ContrastivePairs.self, ["length": .integer(16), "pairs": .text("adjacent")]),
        Variant(ContrastivePairs.self, ["length": .integer(16), "pairs": .text("crop")]),
        Variant(ContrastivePairs.self, ["length": .integer(20), "pairs": .text("clear")]),
        Variant(
          ContrastivePairs.self,
          ["length": .integer(8), "pairs": .text("declutr"), "min_span": .integer(2), "positives": .integer(1)]),
        Variant(
          ContrastivePairs.self,
          [
            "length": .integer(6), "pairs": .text("declutr"), "min_span": .integer(2), "anchors": .integer(3),
            "sampling": .text("adjacent"),
          ]),
        Variant(
          ContrastivePairs.self,
          [
            "length": .integer(14), "pairs": .text("declutr"), "min_span": .integer(4), "anchors": .integer(1),
            "sampling": .text("subsuming"),
          ]),
        Variant(ContrastivePairs.self, ["length": .integer(16), "pairs": .text("consert")]),
        Variant(
          ContrastivePairs.self,
          [
            "length": .integer(16), "pairs": .text("consert"), "cutoff": .text("span"), "cutoff_rate": .number(0.4),
            "move_frame": .flag(true),
          ]),
        Variant(ContrastivePairs.self, ["length": .integer(24), "pairs": .text("eda"), "rate": .number(0.3)]),
        Variant(
          ContrastivePairs.self,
          [
            "length": .integer(16), "pairs": .text("given"), "negatives": .text("given"),
            "negative_count": .integer(1),
          ], draws: false),
        Variant(ContrastivePairs.self, ["length": .integer(10), "pairs": .text("given")], draws: false),
        Variant(
          ContrastivePairs.self,
          [
            "length": .integer(12), "pairs": .text("augment"), "negatives": .text("same_source"),
            "negative_count": .integer(2),
          ]),
        Variant(
          ContrastivePairs.self,
          [
            "length": .integer(14), "pairs": .text("adjacent"), "negatives": .text("bm25"),
            "negative_count": .integer(2),
          ]),
        Variant(
          ContrastivePairs.self, ["length": .integer(16), "pairs": .text("crop"), "negatives": .text("same_source")]),
        Variant(ImageMLM.self, ["height": .integer(4), "width": .integer(5), "min_block": .integer(2)]),
        Variant(
          ImageMLM.self,
          ["height": .integer(5), "width": .integer(3), "min_block": .integer(1), "replace": .numbers(0.8, 0.1, 0.1)]),
        Variant(AudioMLM.self, ["length": .integer(32), "span_length": .integer(3)]),
        Variant(
          AudioMLM.self,
          [
            "length": .integer(24), "span_length": .integer(2), "start_probability": .number(0.2), "layout": compact,
            "replace": .numbers(0.5, 0.25, 0.25),
          ]),
        Variant(
          Mixture.self,
          tasks: [
            "mlm": ["weight": .integer(3), "length": .integer(24), "mask_probability": .number(0.4)],
            "denoising": ["weight": .integer(2), "length": .integer(32)],
            "clm": ["length": .integer(16), "windowing": .text("document")],
          ]),
        Variant(
          Mixture.self,
          tasks: [
            "spans": ["objective": .text("span_corruption"), "length": .integer(40), "weight": .integer(2)],
            "ul2": ["length": .integer(32), "weight": .integer(2)],
            "prefix_lm": ["length": .integer(20), "form": .text("encoder_decoder"), "windowing": packed],
          ]),
        Variant(
          Mixture.self,
          tasks: [
            "mlm": ["length": .integer(20), "layout": compact, "windowing": .text("full_sentences")],
            "detection": [
              "objective": .text("replaced_token_detection"), "length": .integer(24), "layout": compact,
              "windowing": packed, "mask_probability": .number(0.4),
            ],
          ]),
      ]
    } catch {
      fatalError("a variant is not valid: \(error)")
    }
  }()
}

extension Mixture {
  static func of(_ tasks: KeyValuePairs<String, KeyValuePairs<String, SettingValue.Content>>) throws -> Mixture {
    let map = tasks.map { task in
      SettingValue.Entry(task.key, SettingValue(.map(task.value.map { .init($0.key, SettingValue($0.value)) })))
    }
    return try ObjectivesTests.make(Mixture.self, ["tasks": .map(map)])
  }
}
