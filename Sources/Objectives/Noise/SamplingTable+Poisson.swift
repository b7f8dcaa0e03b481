public import Blocks

extension SamplingTable {
  /// Poisson lengths as fairseq truncates them: up to the first probability below 1e-7, renormalised.
  ///
  /// The thresholds are floor(2^32 · cdf) in exact rationals (exp(-λ) cancels), written out: no stored byte may depend on
  /// a platform's exponential.
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
      213833831, 855335324, 1817587564, 2779839805, 3501528985, 3934542493, 4151049247, 4243837856, 4278633584,
      4290232160, 4293711733, 4294660708, 4294897951, 4294952700, 4294964432, 4294966778, 4294967218, 4294967296,
    ])

  private static let poisson3Point5 = SamplingTable(
    firstValue: 0,
    thresholds: [
      129696775, 583635487, 1378028235, 2304819773, 3115762369, 3683422187, 4014557080, 4180124527, 4252560285,
      4280729746, 4290589058, 4293726111, 4294641085, 4294887425, 4294949009, 4294963379, 4294966522, 4294967170,
      4294967296,
    ])
}
