import Palimpsest

/// Shows how far the small models are: one line that is written over on a terminal, nothing elsewhere, where each
/// objective's report comes as it is ready. Holds no state, so that several models may report at once.
struct ValidationProgress: Sendable {
  private let isOn: Bool

  init(isQuiet: Bool) { isOn = !isQuiet && Terminal.isErrorTerminal }

  func show(_ progress: Validator.Progress) {
    guard isOn else { return }
    Terminal.printProgress("\r\u{1B}[Klearning  \(progress.objective)  \(Int(progress.fraction * 100)) %")
  }

  /// Takes the line away.
  func clear() {
    if isOn { Terminal.printProgress("\r\u{1B}[K") }
  }
}
