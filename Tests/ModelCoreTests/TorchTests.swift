import Blocks
import Foundation
import JSONText
import ModelCore
import TestSupport
import Testing

/// The same models in PyTorch: losses of every question, and gradients of every parameter, on the same weights.
///
/// Tolerance: 2e-5 for losses of about 2, and for gradients 1e-4 of the largest one of the parameter (both sides
/// compute in float32, in other orders).
@Suite("Beside PyTorch")
struct TorchTests {
  @Test("Losses and gradients are those that PyTorch gave", arguments: 0..<5)
  func fixture(index: Int) throws {
    let lines = try Fixtures.lines("\(Fixtures.path)/model/reference.jsonl")
    try compare(try #require(lines.at(index)))
  }

  @Test("Losses and gradients are those that PyTorch gives, at other sizes", .enabled(if: Self.hasTorch))
  func live() throws {
    let shapes = [
      "--width 24 --heads 3 --layers 2 --hidden 40 --vocabulary 37 --length 9 --longest 12",
      "--width 32 --heads 4 --layers 3 --hidden 64 --vocabulary 101 --length 24 --longest 40 --count 9",
    ]
    for shape in shapes {
      let script = Fixtures.root + "/Tests/Python/model_reference.py"
      let output = try Self.run([script] + shape.split(separator: " ").map(String.init))
      let lines = output.split(separator: 0x0A)
      #expect(lines.count == 5)
      for line in lines { try compare(try JSONValue(parsing: Array(line), path: "model_reference.py")) }
    }
  }

  private func compare(_ json: JSONValue) throws {
    let kind = try #require(json["kind"]?.string)
    let shape = try shape(json)
    let parameters: [Parameter]
    let loss: ModelLoss
    switch kind {
    case "text_encoder":
      let model = TextEncoder(shape, seed: 1)
      parameters = model.parameters
      count(parameters)
      loss = model.forward(
        TextEncoder.Batch(try batch(json["batch"]), pairs: try #require(json["pairs"]?.integer)), noise: nil)
      model.backward()
    case "encoder_decoder":
      let model = EncoderDecoder(shape, seed: 1)
      parameters = model.parameters
      count(parameters)
      var sides = EncoderDecoder.Batch(source: try batch(json["source"]), target: try batch(json["batch"]))
      sides.tokens = try questions(json["tokens"])
      loss = model.forward(sides, noise: nil)
      model.backward()
    default:
      let model = SequenceModel(shape, looksAhead: kind == "both", seed: 1)
      parameters = model.parameters
      count(parameters)
      var sequences = SequenceModel.Batch(try batch(json["batch"]))
      sequences.tokens = try questions(json["tokens"])
      sequences.labels = try questions(json["labels"])
      loss = model.forward(sequences, noise: nil)
      model.backward()
    }
    let expected = try numbers(json["token_losses"])
    #expect(expected.count == loss.tokens.count)
    for (ours, theirs) in zip(loss.tokens.losses, expected) { #expect(abs(ours - theirs) < 2e-5 * max(1, theirs)) }
    if json["label_losses"] != nil {
      for (ours, theirs) in zip(loss.labels.losses, try numbers(json["label_losses"])) {
        #expect(abs(ours - theirs) < 2e-5 * max(1, theirs))
      }
    }
    for parameter in parameters {
      let theirs = try numbers(json["gradients"]?[parameter.name])
      if theirs.isEmpty { continue }
      let ours = parameter.gradient.values
      try #require(ours.count == theirs.count, "\(kind) \(parameter.name)")
      let largest = max(1e-3, theirs.map(abs).max() ?? 0)
      let worst = zip(ours, theirs).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst < 1e-4 * largest, "\(kind) \(parameter.name): \(worst) of \(largest)")
    }
  }

  /// The weights that the script counts.
  private func count(_ parameters: [Parameter]) {
    for (k, parameter) in parameters.enumerated() {
      let isScale = parameter.name.contains("norm") && parameter.name.hasSuffix(".weight")
      parameter.value.values = (0..<parameter.value.count).map { i in
        let part = Double(((i + 1) * (k + 3) * 7919) % 1009) / 1009 - 0.5
        return Float(part * 0.6 + (isScale ? 1 : 0))
      }
    }
  }

  private func shape(_ json: JSONValue) throws -> ModelShape {
    let numbers = try #require(json["shape"])
    func number(_ key: String) throws -> Int { try #require(numbers[key]?.integer) }
    var shape = ModelShape(vocabularySize: try number("vocabulary"))
    shape.width = try number("width")
    shape.heads = try number("heads")
    shape.layers = try number("layers")
    shape.hidden = try number("hidden")
    shape.longest = try number("longest")
    shape.types = try number("types")
    return shape
  }

  private func batch(_ json: JSONValue?) throws -> SequenceBatch {
    let json = try #require(json)
    var batch = SequenceBatch(
      count: try #require(json["count"]?.integer), length: try #require(json["length"]?.integer))
    batch.tokens = try numbers(json["tokens"]).map { Int32($0) }
    batch.positions = try numbers(json["positions"]).map { Int32($0) }
    batch.types = try numbers(json["types"]).map { Int32($0) }
    batch.sees = try numbers(json["sees"]).map { Float($0) }
    return batch
  }

  private func questions(_ json: JSONValue?) throws -> Questions {
    let json = try #require(json)
    var questions = Questions()
    for (place, answer) in zip(try numbers(json["places"]), try numbers(json["answers"])) {
      questions.ask(Int(place), Int32(answer))
    }
    return questions
  }

  private func numbers(_ json: JSONValue?) throws -> [Double] {
    try #require(json?.array).map { try #require($0.number) }
  }

  /// `PALIMPSEST_PYTHON` may name another Python than `python3`.
  private static let python = ProcessInfo.processInfo.environment["PALIMPSEST_PYTHON"] ?? "python3"
  static let hasTorch = (try? run(["-c", "import torch"])) != nil

  private static func run(_ arguments: [String]) throws -> [UInt8] {
    struct Failed: Error {}
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [python] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed() }
    return Array(output)
  }
}

extension Array {
  fileprivate func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
