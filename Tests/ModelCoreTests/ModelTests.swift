import Blocks
import ModelCore
import Testing

@Suite("Small models")
struct ModelTests {
  private static func shape(_ vocabulary: Int) -> ModelShape {
    var shape = ModelShape(vocabularySize: vocabulary)
    (shape.width, shape.heads, shape.layers, shape.hidden, shape.longest, shape.types) = (16, 2, 1, 32, 16, 2)
    return shape
  }

  /// Each token is the one before it plus one: a decoder finds that rule.
  private static func counting(_ step: Int) -> SequenceModel.Batch {
    var batch = SequenceModel.Batch(Patterns.batch("causal", count: 4, length: 8))
    for sequence in 0..<4 {
      for place in 0..<8 { batch.sequences.tokens[sequence * 8 + place] = Int32((step * 3 + sequence * 5 + place) % 7) }
      for place in 0..<7 where sequence % 2 == 0 || place < 6 {
        batch.tokens.ask(sequence * 8 + place, batch.sequences.tokens[sequence * 8 + place + 1])
      }
    }
    return batch
  }

  private static func trained(seed: UInt64, steps: Int = 60) -> (SequenceModel, [Double]) {
    let model = SequenceModel(shape(7), looksAhead: false, seed: seed)
    var settings = AdamW.Settings(steps: steps)
    settings.rate = 1e-2
    settings.warmUp = 5
    var losses: [Double] = []
    train(model, settings, seed: seed, batch: counting) { _, loss in losses.append(loss.total) }
    return (model, losses)
  }

  @Test("A loss begins at ln V and falls to nothing where a rule can be found")
  func learns() {
    let (_, losses) = Self.trained(seed: 3)
    #expect(abs(losses[0] - naturalLogarithm(7)) < 0.1)
    #expect((losses.last ?? 1) < 0.1)
  }

  @Test("The same seed gives the same numbers, another one others")
  func reproducible() {
    let (first, losses) = Self.trained(seed: 3, steps: 6)
    let (second, again) = Self.trained(seed: 3, steps: 6)
    #expect(losses == again)
    for (a, b) in zip(first.parameters, second.parameters) { #expect(a.value.values == b.value.values) }
    #expect(Self.trained(seed: 4, steps: 6).1 != losses)
  }

  @Test("A state depends on what its token may see, and on nothing else")
  func seesWhatItMay() {
    let model = SequenceModel(Self.shape(7), looksAhead: true, seed: 1)
    for kind in ["both", "causal", "prefix", "segments"] {
      let batch = Patterns.batch(kind, count: 1, length: 6)
      let before = model.states(batch)
      for changed in 0..<6 {
        var other = batch
        other.tokens[changed] = (batch.tokens[changed] + 1) % 7
        let after = model.states(other)
        for place in 0..<6 {
          let isSame = (0..<16).allSatisfy { before[place, $0] == after[place, $0] }
          // One layer: sight is what the matrix says. A token's own vector goes through in any case.
          #expect(isSame == (batch.sees[place * 6 + changed] == 0 && place != changed), "\(kind) \(changed) \(place)")
        }
      }
    }
  }

  @Test("The plain product equals the library's, whichever side is turned")
  func products() {
    var stream = RandomStream(key: (5, 0), counterHigh: (0, 0))
    func numbers(_ rows: Int, _ columns: Int) -> Tensor {
      Tensor(rows, columns, (0..<rows * columns).map { _ in Float(stream.bounded(7)) - 3 })
    }
    for (m, n, k) in [(1, 1, 1), (3, 5, 2), (17, 9, 33), (4, 1, 8)] {
      for turned in [Turned.none, .left, .right] {
        let a = turned == .left ? numbers(k, m) : numbers(m, k)
        let b = turned == .right ? numbers(n, k) : numbers(k, n)
        let c = product(a, b, turning: turned)
        for row in 0..<m {
          for column in 0..<n {
            let sum = (0..<k).reduce(Float(0)) { sum, i in
              sum + (turned == .left ? a[i, row] : a[row, i]) * (turned == .right ? b[column, i] : b[i, column])
            }
            // Small whole numbers: exact in any order.
            #expect(c[row, column] == sum)
          }
        }
        #expect(plainProduct(a, b, turning: turned).values == c.values)
      }
    }
  }

  @Test("Exponential and logarithm are right to the last digits that count")
  func functions() {
    for x in stride(from: -80.0, through: 80, by: 0.37) {
      let power = exponential(x)
      #expect(abs(naturalLogarithm(power) - Double(Float(x))) < 3e-7 * max(1, abs(x)))
    }
    #expect(naturalLogarithm(1) == 0)
    #expect(abs(naturalLogarithm(10) - 2.302_585_092_994_045_7) < 1e-15)
    #expect(abs(exponential(1) - 2.718_281_828) < 3e-7)
    #expect(naturalLogarithm(0) == -.infinity)
  }

  @Test("AdamW's first step is the rate in the direction of the gradient, clipped by the common norm")
  func optimizer() {
    let parameter = Parameter("x", Tensor(1, 2, [1, 1]), decays: false)
    var settings = AdamW.Settings(steps: 10)
    settings.warmUp = 1
    settings.rate = 0.1
    let optimizer = AdamW([parameter], settings)
    parameter.gradient.values = [3, -4]
    #expect(optimizer.update() == 5)
    // The bias corrections cancel: m̂ / √v̂ is the sign.
    #expect(zip(parameter.value.values, [Float(0.9), 1.1]).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(parameter.gradient.values == [0, 0])
  }
}
