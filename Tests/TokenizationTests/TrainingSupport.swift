import Blocks
import Foundation
import JSONText
import TestSupport
import Tokenization

/// Texts in, trained tokenizers out, and the oracle that says what they should be.
enum Training {
  static let fixtures = Fixtures.path + "/training"
  static let goldens = Reference.conformance + "/golden/trained"

  static let hasGoldens = Fixtures.exists(goldens)

  /// True where Python has the package that the trainer must agree with.
  static let hasOracle = (try? run("python3", ["-c", "import tokenizers"])) != nil

  static func block(_ texts: [String]) -> DocumentBlock {
    var block = DocumentBlock()
    for text in texts {
      let start = block.bytes.count
      block.bytes.append(contentsOf: text.utf8)
      block.documents.append(
        Document(start: start, byteCount: block.bytes.count - start, sourceByte: start, sourceLine: 1))
    }
    return block
  }

  static func count(_ texts: [String], _ settings: TrainerSettings) throws -> WordCounts {
    var counts = WordCounts()
    var scratch = PreTokenCounter.Scratch()
    let counter = try PreTokenCounter(settings)
    counter.count(block(texts), into: &counts, scratch: &scratch)
    return counter.words(of: counts, scratch: &scratch)
  }

  /// The vocabulary by id and the merges by rank, out of a `tokenizer.json`.
  struct Trained: Equatable {
    var vocabulary: [String]
    var merges: [[String]]

    init(_ json: [UInt8]) throws {
      let model = try JSONValue(parsing: json)["model"]
      let members = model?["vocab"]?.object ?? JSONObject()
      vocabulary = members.sorted { ($0.value.integer ?? 0) < ($1.value.integer ?? 0) }.map(\.key)
      merges = (model?["merges"]?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
    }

    init(vocabulary: [String], merges: [[String]]) {
      self.vocabulary = vocabulary
      self.merges = merges
    }

    /// An answer of the oracle.
    init(answer: JSONValue?) {
      vocabulary = (answer?["vocab"]?.array ?? []).compactMap(\.string)
      merges = (answer?["merges"]?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
    }

    /// By bytes: to Swift's `String`, é and e + U+0301 are equal.
    static func == (left: Trained, right: Trained) -> Bool {
      func bytes(_ strings: [String]) -> [[UInt8]] { strings.map { Array($0.utf8) } }
      return bytes(left.vocabulary) == bytes(right.vocabulary) && left.merges.map(bytes) == right.merges.map(bytes)
    }
  }

  /// What the oracle answers to jobs (see `fixtures/training/hugging_face.py`).
  static func ask(_ jobs: JSONValue) throws -> JSONValue {
    try JSONValue(parsing: run("python3", [fixtures + "/hugging_face.py"], input: JSONWriter.bytes(of: jobs)))
  }

  /// What a program writes to standard output; throws if it fails.
  @discardableResult
  static func run(_ program: String, _ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    // Input through a file: a pipe could fill up while the program's output waits.
    let inputFile = FileManager.default.temporaryDirectory.appendingPathComponent("input-\(UUID().uuidString)")
    try Data(input).write(to: inputFile)
    defer { try? FileManager.default.removeItem(at: inputFile) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    struct Failure: Error { let status: Int32 }
    if process.terminationStatus != 0 { throw Failure(status: process.terminationStatus) }
    return Array(data)
  }
}

extension TrainerSettings {
  /// The settings of a job for the oracle.
  init(job: JSONValue) {
    func strings(_ key: String) -> [String] { (job[key]?.array ?? []).compactMap(\.string) }
    let model = Model(rawValue: job["model"]?.string ?? "") ?? .wordpiece
    self.init(model: model, vocabularySize: job["vocab_size"]?.integer ?? 0)
    minFrequency = UInt64(job["min_frequency"]?.integer ?? 0)
    specialTokens = strings("special_tokens")
    initialAlphabet = strings("initial_alphabet")
    limitAlphabet = job["limit_alphabet"]?.integer
    maxTokenLength = job["max_token_length"]?.integer
    lowercase = job["lowercase"]?.bool ?? true
    stripAccents = job["strip_accents"]?.bool
    addPrefixSpace = job["add_prefix_space"]?.bool ?? false
    continuingSubwordPrefix = job["continuing_subword_prefix"]?.string ?? continuingSubwordPrefix
    endOfWordSuffix = job["end_of_word_suffix"]?.string ?? ""
    normalization = job["normalizer"]?.string.flatMap { Normalization(rawValue: $0) }
    byteFallback = job["byte_fallback"]?.bool ?? false
  }

  /// The job that asks the oracle for the same.
  func job(_ texts: [String], encoding encoded: [String] = []) -> JSONValue {
    func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
    func optional(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    return [
      "model": .string(model.rawValue), "texts": strings(texts), "encode": strings(encoded),
      "vocab_size": .integer(vocabularySize),
      "min_frequency": .integer(Int(minFrequency)), "special_tokens": strings(specialTokens),
      "initial_alphabet": strings(initialAlphabet), "limit_alphabet": optional(limitAlphabet),
      "max_token_length": optional(maxTokenLength), "lowercase": .bool(lowercase),
      "strip_accents": stripAccents.map { .bool($0) } ?? .null, "add_prefix_space": .bool(addPrefixSpace),
      "continuing_subword_prefix": .string(continuingSubwordPrefix), "end_of_word_suffix": .string(endOfWordSuffix),
      "unk_token": unknownToken.map { .string($0) } ?? .null, "byte_fallback": .bool(byteFallback),
      "normalizer": normalization.map { .string($0.rawValue) } ?? .null,
    ]
  }
}

/// A small reproducible generator for test inputs.
struct TrainingNoise {
  private var stream: RandomStream

  init(seed: UInt32) { stream = RandomStream(key: (seed, 0), counterHigh: (0, 0)) }

  mutating func below(_ bound: Int) -> Int { Int(stream.word() % UInt32(bound)) }

  mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

  /// A text of up to `length` letters.
  mutating func text(of letters: [Character], upTo length: Int) -> String {
    String((0..<below(length + 1)).map { _ in pick(letters) })
  }
}
