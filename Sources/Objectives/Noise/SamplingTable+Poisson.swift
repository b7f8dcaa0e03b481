public import Blocks

extension SamplingTable {
  /// Poisson lengths as fairseq truncates them: up to the first probability below 1e-7, renormalised.
  ///
  /// The thresholds are floor(2^32 · cdf) in exact rationals (exp(-λ) cancels), written out: no stored byte may depend
  /// on a platform's exponential.
  ///
  /// - Parameter mean: 3 (the BART paper) or 3.5 (the released models); nil for others, which have no table.
  public static func poisson(mean: Double) -> SamplingTable? {
    switch mean {
    case 3: poisson3
    case 3.5: poisson3Point5
    default: nil
    }
  }

  private static let poisson3 = SamplingTable(
    firstValue: 0,
    thresholds: [
      213_833_831, 855_335_324, 1_817_587_564, 2_779_839_805, 3_501_528_985, 3_934_542_493, 4_151_049_247,
      4_243_837_856, 4_278_633_584,
      4_290_232_160, 4_293_711_733, 4_294_660_708, 4_294_897_951, 4_294_952_700, 4_294_964_432, 4_294_966_778,
      4_294_967_218, 4_294_967_296,
    ])

  private static let poisson3Point5 = SamplingTable(
    firstValue: 0,
    thresholds: [
      129_696_775, 583_635_487, 1_378_028_235, 2_304_819_773, 3_115_762_369, 3_683_422_187, 4_014_557_080,
      4_180_124_527, 4_252_560_285,
      4_280_729_746, 4_290_589_058, 4_293_726_111, 4_294_641_085, 4_294_887_425, 4_294_949_009, 4_294_963_379,
      4_294_966_522, 4_294_967_170,
      4_294_967_296,
    ])
}
