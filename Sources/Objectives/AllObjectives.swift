public import Blocks

/// The one list of objectives. A new objective is one file and one line here.
public enum AllObjectives {
  public static let standard = NamedList<any Objective.Type>(
    kind: "objective",
    [
      (MaskedLM.name, MaskedLM.self),
      (BERTPairs.name, BERTPairs.self),
      (ReplacedTokenDetection.name, ReplacedTokenDetection.self),
      (CausalLM.name, CausalLM.self),
      (PrefixLM.name, PrefixLM.self),
      (UniLM.name, UniLM.self),
      (SpanCorruption.name, SpanCorruption.self),
      (UL2.name, UL2.self),
      (MASS.name, MASS.self),
      (Denoising.name, Denoising.self),
      (ContrastivePairs.name, ContrastivePairs.self),
      (ImageMLM.name, ImageMLM.self),
      (AudioMLM.name, AudioMLM.self),
      (Mixture.name, Mixture.self),
    ])
}
