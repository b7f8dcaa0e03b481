package import Blocks

/// Noise behind sentinels, and the other ways in which the sides of a T5 example show it.
///
///     tokens   a b c d e f      mask  0 1 1 0 0 1
///     input    a S0 d e S1 eos
///     target   S0 b c S1 f eos
package struct Sentinels: Sendable {
  let ids: [UInt32]
  /// How many a full window may take.
  let needed: Int
  let endOfSequence: UInt32
  private let numbers: [UInt32: Int]

  /// - Throws: `objective.missing-token`, `objective.too-few-sentinels`.
  package init(_ vocabulary: SpecialTokens, needing count: Int, for objective: String) throws(Diagnostic) {
    ids = vocabulary.sentinels
    needed = count
    numbers = Dictionary(zip(ids, ids.indices), uniquingKeysWith: { first, _ in first })
    endOfSequence = try vocabulary.require(.eos, for: objective)
    guard ids.count >= count else {
      throw Diagnostic(
        "objective.too-few-sentinels", "the tokenizer has too few sentinel tokens for \(objective)",
        expected: "\(count) sentinels, one for each span of a full window", found: "\(ids.count)",
        help:
          "shorten length, lower noise_density, raise mean_noise_span_length, or add sentinels to the tokenizer")
    }
  }

  /// Number of the sentinel that this id is, or nil.
  func index(of id: UInt32) -> Int? { numbers[id] }

  /// Runs of noise in a mask.
  package static func runCount(_ mask: [Bool]) -> Int {
    var runs = 0
    for index in mask.indices where mask[index] && (index == 0 || !mask[index - 1]) { runs += 1 }
    return runs
  }

  /// Writes the input in a form.
  package func writeInput(_ tokens: [UInt32], mask: [Bool], as form: SpanFormat.Input, into input: inout [UInt32]) {
    switch form {
    case .sentinels: writeInput(tokens, mask: mask, into: &input)
    case .spanMask, .tokenMask, .drop:
      input.removeAll(keepingCapacity: true)
      for index in tokens.indices {
        if !mask[index] {
          input.append(tokens[index])
        } else if form == .tokenMask || (form == .spanMask && (index == 0 || !mask[index - 1])) {
          input.append(ids[0])
        }
      }
      input.append(endOfSequence)
    }
  }

  /// Writes the target in a form; `isClosed` is convention B.
  package func writeTarget(
    _ tokens: [UInt32], mask: [Bool], as form: SpanFormat.Target, isClosed: Bool, into target: inout [UInt32]
  ) {
    switch form {
    case .spans where !isClosed: writeTarget(tokens, mask: mask, into: &target)
    case .spans: writeClosedTarget(tokens, mask: mask, into: &target)
    case .full, .tokens:
      target.removeAll(keepingCapacity: true)
      for index in tokens.indices where form == .full || mask[index] { target.append(tokens[index]) }
      target.append(endOfSequence)
    }
  }

  /// Writes the input: each run of noise becomes the next sentinel.
  package func writeInput(_ tokens: [UInt32], mask: [Bool], into input: inout [UInt32]) {
    write(tokens, mask: mask, hiding: true, into: &input)
  }

  /// Writes the target of convention A: each run of kept tokens becomes the next sentinel.
  package func writeTarget(_ tokens: [UInt32], mask: [Bool], into target: inout [UInt32]) {
    write(tokens, mask: mask, hiding: false, into: &target)
  }

  /// Writes the target of convention B: each run of noise behind its own sentinel, and a sentinel to close with.
  private func writeClosedTarget(_ tokens: [UInt32], mask: [Bool], into target: inout [UInt32]) {
    target.removeAll(keepingCapacity: true)
    var run = 0
    for index in tokens.indices where mask[index] {
      if index == 0 || !mask[index - 1] {
        target.append(ids[run])
        run += 1
      }
      target.append(tokens[index])
    }
    target.append(ids[run])
    target.append(endOfSequence)
  }

  private func write(_ tokens: [UInt32], mask: [Bool], hiding hidden: Bool, into output: inout [UInt32]) {
    output.removeAll(keepingCapacity: true)
    var run = 0
    for index in tokens.indices {
      if mask[index] != hidden {
        output.append(tokens[index])
      } else if index == 0 || mask[index - 1] != hidden {
        output.append(ids[run])
        run += 1
      }
    }
    output.append(endOfSequence)
  }
}
