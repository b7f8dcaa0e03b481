import Palimpsest

/// Shows a run's progress on standard error: one line that is written over on a terminal, a plain line now and then
/// elsewhere, nothing when quiet.
///
/// `@unchecked Sendable`: a run reports its progress in the thread that started it, which is the one that calls
/// `finish`.
final class ProgressLine: @unchecked Sendable {
  private let isTerminal = Terminal.isErrorTerminal
  private let isQuiet: Bool
  private var secondsOfLastLine = 0.0
  private var phase: Progress.Phase?
  private var isLineOpen = false

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func show(_ progress: Progress) {
    guard !isQuiet else { return }
    if isTerminal {
      Terminal.printProgress("\r\u{1B}[K" + text(progress))
      isLineOpen = true
      return
    }
    // Elsewhere a line every ten seconds is enough to see that it lives.
    if phase != progress.phase { secondsOfLastLine = 0 }
    phase = progress.phase
    guard progress.seconds - secondsOfLastLine >= 10 else { return }
    secondsOfLastLine = progress.seconds
    Terminal.printError(text(progress))
  }

  /// Takes the line away, so that what follows starts on a clean one.
  func finish() {
    if isLineOpen { Terminal.printProgress("\r\u{1B}[K") }
    isLineOpen = false
  }

  private func text(_ progress: Progress) -> String {
    var parts: [String] = []
    if let fraction = progress.fraction { parts.append("\(Int(fraction * 100)) %") }
    switch progress.phase {
    case .counting, .blocks:
      parts.append(Format.count(progress.documents) + " documents")
      parts.append(Format.bytesPerSecond(progress.sourceBytes, progress.seconds))
      if progress.tokens > 0 { parts.append(Format.tokensPerSecond(progress.tokens, progress.seconds)) }
    case .merging:
      parts.append("\(Format.count(progress.vocabulary)) of \(Format.count(progress.vocabularyTotal)) tokens")
    case .publishing:
      parts.append("\(progress.shards) of \(progress.shardTotal) shards")
    }
    if let remaining = progress.remainingSeconds, remaining >= 1 { parts.append("\(Format.seconds(remaining)) left") }
    let name =
      switch progress.phase {
      case .counting: "counting  "
      case .merging: "merging   "
      case .blocks: "building  "
      case .publishing: "publishing"
      }
    return name + "  " + parts.joined(separator: " · ")
  }
}
