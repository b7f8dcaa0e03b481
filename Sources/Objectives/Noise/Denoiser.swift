package import Blocks

/// The seven tasks that UL2 mixes.
///
///     R1 mean 3, 15 %   R2 mean 8, 15 %                                      regular: what T5 does
///     X1 mean 3, 50 %   X2 mean 8, 50 %   X3 mean 64, 15 %   X4 mean 64, 50 %   extreme: long spans, or many
///     S  the rest of the text                                              sequential: a prefix language model
///
/// - Source: Tay et al. 2022 (arXiv:2205.05131), table 1; the published `ul2_objective`.
package enum Denoiser: Int, CaseIterable, Sendable {
  case r1, r2, x1, x2, x3, x4, s

  package var name: String { ["R1", "R2", "X1", "X2", "X3", "X4", "S"][rawValue] }

  /// The token that tells a model which kind of noise it sees.
  package var mode: SpecialTokens.Role {
    switch self {
    case .r1, .r2: .modeR
    case .x1, .x2, .x3, .x4: .modeX
    case .s: .modeS
    }
  }

  /// The noise of spans; nil for S, which has none.
  package var noise: SpanNoise? {
    switch self {
    case .r1: SpanNoise(density: 0.15, meanSpanLength: 3)
    case .r2: SpanNoise(density: 0.15, meanSpanLength: 8)
    case .x1: SpanNoise(density: 0.5, meanSpanLength: 3)
    case .x2: SpanNoise(density: 0.5, meanSpanLength: 8)
    case .x3: SpanNoise(density: 0.15, meanSpanLength: 64)
    case .x4: SpanNoise(density: 0.5, meanSpanLength: 64)
    case .s: nil
    }
  }
}
