import Blocks
import ModelCore
import Testing

/// Every layer's backward pass against finite differences: the loss is a weighted sum of the output, so that all of its
/// numbers count, and each number of the input and of each parameter is moved by a little to both sides.
@Suite("Gradients equal finite differences")
struct GradientTests {
  @Test func linear() {
    var draws = Initializer(seed: 1)
    let layer = Linear("linear", from: 5, to: 3, &draws)
    check(layer.parameters, input: numbers(4, 5, 2), layer.forward, layer.backward)
  }

  @Test func layerNorm() {
    var draws = Initializer(seed: 1)
    let layer = LayerNorm("norm", width: 6, &draws)
    layer.scale.value.values = numbers(1, 6, 3).values.map { $0 + 1 }
    check(layer.parameters, input: numbers(4, 6, 4), layer.forward, layer.backward)
  }

  @Test func feedForward() {
    var draws = Initializer(seed: 2)
    let layer = FeedForward("forward", width: 4, hidden: 7, gain: 1, &draws)
    check(layer.parameters, input: numbers(3, 4, 5), layer.forward, layer.backward)
  }

  @Test func embedding() {
    var draws = Initializer(seed: 3)
    let layer = Embedding("tokens", count: 5, width: 3, &draws)
    let ids: [Int32] = [4, 0, 4, 2]
    check(
      [layer.table], input: Tensor(1, 1), { _ in layer.forward(ids) },
      { gradient in
        layer.backward(gradient)
        return Tensor(1, 1)
      })
  }

  @Test func dropout() {
    let layer = Dropout(0.4)
    check([], input: numbers(5, 6, 6), { layer.forward($0, Noise(seed: 9, step: 1)) }, layer.backward)
  }

  /// Both ways with padding, causal, a prefix, segments.
  @Test(arguments: ["both", "causal", "prefix", "segments"])
  func attention(kind: String) {
    var draws = Initializer(seed: 4)
    let layer = Attention("attention", width: 6, heads: 2, beginningAt: [-1], gain: 1, &draws)
    layer.bias.table.value.values = numbers(1, layer.bias.table.value.count, 8).values
    let batch = Patterns.batch(kind, count: 2, length: 4)
    let layout = Attention.Layout(batch)
    check(
      layer.parameters, input: numbers(8, 6, 7), { layer.forward($0, memory: $0, layout) },
      { gradient in
        let (x, memory) = layer.backward(gradient)
        x.add(memory)
        return x
      })
  }

  @Test func crossAttention() {
    var draws = Initializer(seed: 5)
    let layer = Attention("memory", width: 4, heads: 2, beginningAt: [0, 1], gain: 1, &draws)
    let (queries, keys) = (numbers(2 * 3, 4, 1), numbers(2 * 5, 4, 2))
    var sees = Array(repeating: Float(1), count: 2 * 3 * 5)
    for index in [4, 9, 14] { sees[index] = 0 }
    let layout = Attention.Layout(
      count: 2, queries: 3, keys: 5, sees: sees, queryPositions: [0, 1, 2, 0, 1, 2],
      keyPositions: [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    check(
      layer.parameters, input: queries, { layer.forward($0, memory: keys, layout) }, { layer.backward($0).x })
    check([], input: keys, { layer.forward(queries, memory: $0, layout) }, { layer.backward($0).memory })
  }

  @Test func tiedSoftmax() {
    var draws = Initializer(seed: 6)
    let table = Parameter("table", numbers(5, 3, 1))
    let layer = TiedSoftmax("softmax", sharing: table, &draws)
    checkLoss([table] + layer.parameters, input: numbers(4, 3, 2)) {
      layer.forward($0, answers: [0, 4, 4, 2]).mean
    } backward: {
      layer.backward()
    }
  }

  @Test func infoNCE() {
    // Milder than 0.05, where the loss of such a small batch is a cliff for finite differences.
    let layer = InfoNCE(temperature: 0.5)
    let members = [[0, 1], [2], [3, 4], [5], [6, 7]]
    checkLoss([], input: numbers(8, 4, 3)) {
      layer.forward($0, members: members, pairs: 2).mean
    } backward: {
      layer.backward(rows: 8)
    }
  }

  @Test("A whole stack with a memory, dropout and shared tables")
  func encoderDecoder() {
    var shape = ModelShape(vocabularySize: 7)
    (shape.width, shape.heads, shape.layers, shape.hidden, shape.longest, shape.types) = (4, 2, 2, 6, 8, 2)
    shape.dropout = 0.25
    let model = EncoderDecoder(shape, seed: 8)
    for (index, parameter) in model.parameters.enumerated() {
      parameter.value.add(numbers(parameter.value.rows, parameter.value.columns, UInt32(20 + index)))
    }
    var batch = EncoderDecoder.Batch(
      source: Patterns.batch("both", count: 2, length: 5), target: Patterns.batch("causal", count: 2, length: 3))
    for (place, answer) in [(0, 1), (2, 6), (4, 0)] { batch.tokens.ask(place, Int32(answer)) }
    let noise = { Noise(seed: 3, step: 2) }
    checkLoss(model.parameters, input: Tensor(1, 1), sample: 6) { _ in
      model.forward(batch, noise: noise()).total
    } backward: {
      model.backward()
      return Tensor(1, 1)
    }
  }

  /// Compares the gradients of Σ w ∘ y.
  private func check(
    _ parameters: [Parameter], input: Tensor, _ forward: @escaping (Tensor) -> Tensor,
    _ backward: @escaping (Tensor) -> Tensor, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let shape = forward(input)
    let weights = numbers(shape.rows, shape.columns, 99)
    checkLoss(parameters, input: input, sourceLocation: sourceLocation) { x in
      zip(forward(x).values, weights.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    } backward: {
      backward(weights)
    }
  }

  /// - Parameter sample: every so manyth number is moved; all where it is 1.
  private func checkLoss(
    _ parameters: [Parameter], input: Tensor, sample: Int = 1,
    sourceLocation: Testing.SourceLocation = #_sourceLocation, _ loss: (Tensor) -> Double, backward: () -> Tensor
  ) {
    for parameter in parameters { parameter.gradient.fill(0) }
    _ = loss(input)
    let gradient = backward()
    var worst = 0.0
    func compare(_ values: Tensor, _ gradient: Tensor) {
      for index in stride(from: 0, to: values.count, by: sample) {
        let (row, column) = (index / values.columns, index % values.columns)
        let (old, step) = (values[row, column], Float(1e-2))
        values[row, column] = old + step
        let above = loss(input)
        values[row, column] = old - step
        let below = loss(input)
        values[row, column] = old
        let slope = (above - below) / Double(2 * step)
        worst = max(worst, abs(slope - Double(gradient[row, column])) / max(1, abs(slope)))
      }
    }
    for parameter in parameters { compare(parameter.value, parameter.gradient) }
    if input.count > 1 { compare(input, gradient) }
    #expect(worst < 4e-3, sourceLocation: sourceLocation)
  }

  /// Numbers in ±1.
  private func numbers(_ rows: Int, _ columns: Int, _ seed: UInt32) -> Tensor {
    var stream = RandomStream(key: (seed, 0), counterHigh: (0, 0))
    return Tensor(rows, columns, (0..<rows * columns).map { _ in Float(stream.word() >> 8) * 0x1p-23 - 1 })
  }
}

/// Batches with every kind of sight.
enum Patterns {
  static func batch(_ kind: String, count: Int, length: Int) -> SequenceBatch {
    var batch = SequenceBatch(count: count, length: length)
    for sequence in 0..<count {
      // The second sequence ends with a padded place.
      let real = length - sequence % 2
      for query in 0..<length {
        let place = sequence * length + query
        batch.tokens[place] = Int32((place * 5 + 2) % 7)
        batch.positions[place] = Int32(query)
        batch.types[place] = Int32(query % 2)
        for key in 0..<real where query < real {
          let isSeen =
            switch kind {
            case "causal": key <= query
            case "prefix": key <= query || key < 2
            case "segments": key <= query && key / 2 == query / 2
            default: true
            }
          batch.sees[place * length + key] = isSeen ? 1 : 0
        }
      }
    }
    return batch
  }
}
