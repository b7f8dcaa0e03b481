internal import Blocks

extension HiddenRuns {
  /// The input's tokens, hidden runs marked by their number.
  func shown(_ input: [UInt32], format: SpanFormat, sentinels: Sentinels) -> [ExampleSection.Token] {
    var run = -1
    var hidden = runs.joined().makeIterator()
    return input.map { id in
      guard sentinels.index(of: id) != nil else { return .init(id) }
      if format.input == .tokenMask { return .init(id, .masked, original: hidden.next().map { window[$0] }) }
      run += 1
      return .init(id, .sentinel, group: run)
    }
  }

  /// The target's tokens, hidden runs marked by their number.
  func asked(format: SpanFormat, sentinels: Sentinels) -> [ExampleSection.Token] {
    var tokens: [ExampleSection.Token] = []
    var next = 0
    for (number, run) in runs.enumerated() {
      if format.target == .full { tokens += window[next..<run.lowerBound].map { .init($0, .target) } }
      if format.target == .spans { tokens.append(.init(sentinels.ids[number], .sentinel, group: number)) }
      tokens += window[run].map { .init($0, format.input == .drop ? .deleted : .target, group: number) }
      next = run.upperBound
    }
    if format.target == .full { tokens += window[next...].map { .init($0, .target) } }
    if format.target == .spans, format.isClosed, runs.count < sentinels.ids.count {
      tokens.append(.init(sentinels.ids[runs.count], .sentinel, group: runs.count))
    }
    return tokens
  }
}
