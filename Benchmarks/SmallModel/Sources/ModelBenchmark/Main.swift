import ModelCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Times the matrix product and a model's training, in seconds of the processor:
///
///     ModelBenchmark product M N K none|left|right REPEATS
///     ModelBenchmark train causal|both STEPS WIDTH LAYERS HEADS VOCABULARY SEQUENCES LENGTH
@main
enum Main {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let numbers = arguments.compactMap { Int($0) }
    switch arguments.first {
    case "product" where numbers.count == 4:
      timeProduct(numbers[0], numbers[1], numbers[2], arguments[4], repeats: numbers[3])
    case "train" where numbers.count == 7: timeTraining(isCausal: arguments[1] == "causal", numbers)
    default: print("usage: see the head of this file")
    }
  }

  private static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// The best of the repeats.
  private static func timeProduct(_ m: Int, _ n: Int, _ k: Int, _ side: String, repeats: Int) {
    let turned: Turned = side == "left" ? .left : side == "right" ? .right : .none
    let a = turned == .left ? Tensor(k, m) : Tensor(m, k)
    let b = turned == .right ? Tensor(n, k) : Tensor(k, n)
    let c = Tensor(m, n)
    a.fill(0.5)
    b.fill(0.25)
    var best = Double.infinity
    for _ in 0..<repeats {
      // Enough products that the clock's steps do not count.
      let count = max(1, 20_000_000 / (m * n * k))
      let start = seconds()
      for _ in 0..<count { product(a, b, turning: turned, addedTo: c) }
      best = min(best, (seconds() - start) / Double(count))
    }
    print("\(2 * Double(m) * Double(n) * Double(k) / best / 1e9)")
  }

  private static func timeTraining(isCausal: Bool, _ numbers: [Int]) {
    let (steps, width, layers, heads) = (numbers[0], numbers[1], numbers[2], numbers[3])
    let (vocabulary, count, length) = (numbers[4], numbers[5], numbers[6])
    var shape = ModelShape(vocabularySize: vocabulary)
    (shape.width, shape.layers, shape.heads, shape.hidden) = (width, layers, heads, 4 * width)
    let model = SequenceModel(shape, looksAhead: !isCausal, seed: 1)
    var batch = SequenceModel.Batch(SequenceBatch(count: count, length: length))
    for sequence in 0..<count {
      for place in 0..<length {
        let row = sequence * length + place
        batch.sequences.tokens[row] = Int32((row * 7919 + 13) % vocabulary)
        batch.sequences.positions[row] = Int32(place)
        for key in 0..<(isCausal ? place + 1 : length) { batch.sequences.sees[row * length + key] = 1 }
        // A decoder is asked everywhere, an encoder at every seventh place.
        if isCausal || row % 7 == 0 { batch.tokens.ask(row, Int32((row * 31) % vocabulary)) }
      }
    }
    var settings = AdamW.Settings(steps: steps)
    settings.rate = 1e-3
    var start = seconds()
    train(
      model, settings, seed: 1, batch: { _ in batch },
      // The first step is for warming up.
      report: { step, _ in if step == 1 { start = seconds() } })
    print("\(Double(count * length * (steps - 1)) / (seconds() - start))")
  }
}
