import Palimpsest
import Synchronization

/// Shows a run's progress on standard error: one line that is written over on a terminal, a plain line now and then
/// elsewhere, nothing when quiet.
final class ProgressLine: Sendable {
  private struct State {
    var secondsOfLastLine = -Double.infinity
    var phase: Progress.Phase?
    var isLineOpen = false
  }

  private let isTerminal = Terminal.isErrorTerminal
  private let isQuiet: Bool
  private let state = Mutex(State())

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func show(_ progress: Progress) {
    guard !isQuiet else { return }
    state.withLock { state in
      if isTerminal {
        Terminal.printProgress("\r\u{1B}[K" + text(progress))
        state.isLineOpen = true
        return
      }
      // Elsewhere a line every ten seconds is enough to see that it lives.
      if state.phase != progress.phase { state.secondsOfLastLine = 0 }
      state.phase = progress.phase
      guard progress.seconds - state.secondsOfLastLine >= 10 else { return }
      state.secondsOfLastLine = progress.seconds
      Terminal.printError(text(progress))
    }
  }

  /// Takes the line away, so that what follows starts on a clean one.
  func finish() {
    state.withLock { state in
      if state.isLineOpen { Terminal.printProgress("\r\u{1B}[K") }
      state.isLineOpen = false
    }
  }

  private func text(_ progress: Progress) -> String {
    var parts: [String] = []
    if let fraction = progress.fraction { parts.append("\(Int(fraction * 100)) %") }
    switch progress.phase {
    case .training, .blocks:
      parts.append(Format.count(progress.documents) + " documents")
      parts.append(Format.bytesPerSecond(progress.sourceBytes, progress.seconds))
      if progress.tokens > 0 { parts.append(Format.tokensPerSecond(progress.tokens, progress.seconds)) }
    case .publishing:
      parts.append("\(progress.shards) of \(progress.shardTotal) shards")
    }
    if let remaining = progress.remainingSeconds, remaining >= 1 { parts.append("\(Format.seconds(remaining)) left") }
    let name =
      switch progress.phase {
      case .training: "training  "
      case .blocks: "building  "
      case .publishing: "publishing"
      }
    return name + "  " + parts.joined(separator: " · ")
  }
}
