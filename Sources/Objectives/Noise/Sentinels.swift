package import Blocks

/// Noise runs behind sentinels, T5's way.
///
///     tokens   a b c d e f      mask  0 1 1 0 0 1
///     input    a S0 d e S1 eos
///     target   S0 b c S1 f eos
package struct Sentinels: Sendable {
  let ids: [UInt32]
  let endOfSequence: UInt32
  private let numbers: [UInt32: Int]

  /// - Throws: `objective.missing-token`, `objective.too-few-sentinels`.
  package init(_ vocabulary: SpecialTokens, needing count: Int, for objective: String) throws(Diagnostic) {
    ids = vocabulary.sentinels
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

  /// Writes the input: each run of noise becomes the next sentinel.
  package func writeInput(_ tokens: [UInt32], mask: [Bool], into input: inout [UInt32]) {
    write(tokens, mask: mask, hiding: true, into: &input)
  }

  /// Writes the target: each run of kept tokens becomes the next sentinel.
  package func writeTarget(_ tokens: [UInt32], mask: [Bool], into target: inout [UInt32]) {
    write(tokens, mask: mask, hiding: false, into: &target)
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

  /// Number of the sentinel that this id is, or nil.
  func index(of id: UInt32) -> Int? { numbers[id] }
}
