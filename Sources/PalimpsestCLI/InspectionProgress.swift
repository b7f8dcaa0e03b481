import Palimpsest

/// Shows how far an audit is: one line that is written over on a terminal, nothing elsewhere.
final class InspectionProgress {
  private let isOn: Bool
  private var lastPercent = -1

  init(isQuiet: Bool) { isOn = !isQuiet && Terminal.isErrorTerminal }

  func show(_ progress: Audit.Progress) {
    guard isOn, progress.byteTotal > 0 else { return }
    let percent = Int(min(1, Double(progress.bytes) / Double(progress.byteTotal)) * 100)
    guard percent != lastPercent else { return }
    lastPercent = percent
    Terminal.printProgress("\r\u{1B}[Kverifying  \(percent) %  \(progress.objective)/\(progress.split)")
  }

  /// Takes the line away.
  func finish() {
    if lastPercent >= 0 { Terminal.printProgress("\r\u{1B}[K") }
  }
}
