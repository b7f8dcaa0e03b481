import Foundation
import TestSupport
import Testing

@Suite("palimpsest tokenize")
struct TokenizeTests {
  private static func tokenizer(in scratch: ScratchDirectory) throws -> String {
    let yaml = """
      input: "\(Fixtures.path)/corpora/novels-small.jsonl"
      tokenizer: {train: {model: wordpiece, vocab_size: 800, sentinels: 0}}
      objectives: {mlm: {}}
      """
    try Data(yaml.utf8).write(to: URL(fileURLWithPath: scratch.path("recipe.yaml")))
    _ = try Tool.run(["train", scratch.path("recipe.yaml"), "-o", scratch.path("tokenizer.json")])
    return scratch.path("tokenizer.json")
  }

  @Test("writes one array for each line, empty lines and the last one without a newline included")
  func lines() throws {
    let scratch = try ScratchDirectory()
    let tokenizer = try Self.tokenizer(in: scratch)
    let outcome = try Tool.run(["tokenize", "--tokenizer", tokenizer], input: "the\n\nthe\r\nthe the")
    #expect(outcome.status == 0, "\(outcome.error)")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 5)
    #expect(lines[1] == "[]")
    #expect(lines[0] == lines[2])
    let one = String(lines[0].dropFirst().dropLast())
    #expect(String(lines[3]) == "[\(one),\(one)]")
  }

  @Test("adds special tokens when asked, and counts")
  func specialAndCount() throws {
    let scratch = try ScratchDirectory()
    let tokenizer = try Self.tokenizer(in: scratch)
    let plain = try Tool.run(["tokenize", "--tokenizer", tokenizer], input: "the\n").output
    let special = try Tool.run(["tokenize", "--tokenizer", tokenizer, "--special"], input: "the\n").output
    #expect(special.split(separator: ",").count == plain.split(separator: ",").count + 2)
    let count = try Tool.run(["tokenize", "--tokenizer", tokenizer, "--count"], input: "the\nthe the\n").output
    #expect(count == "{\"texts\": 2, \"bytes\": 10, \"tokens\": 3}\n")
  }

  @Test("writes a flat array that starts as NumPy's format says")
  func array() throws {
    let scratch = try ScratchDirectory()
    let tokenizer = try Self.tokenizer(in: scratch)
    let path = scratch.path("ids.npy")
    let outcome = try Tool.run(
      ["tokenize", "--tokenizer", tokenizer, "--format", "npy", "-o", path], input: "the\n\nthe the\n")
    #expect(outcome.status == 0, "\(outcome.error)")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(Array(bytes.prefix(8)) == [0x93] + Array("NUMPY".utf8) + [1, 0])
    let headerLength = Int(bytes[8]) | Int(bytes[9]) << 8
    #expect((10 + headerLength) % 64 == 0)
    let header = String(decoding: bytes[10..<10 + headerLength], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '<u2', 'fortran_order': False, 'shape': (3,), }"))
    #expect(header.hasSuffix("\n"))
    #expect(bytes.count == 10 + headerLength + 6)
  }

  @Test("names file, line and byte of invalid UTF-8")
  func invalid() throws {
    let scratch = try ScratchDirectory()
    let tokenizer = try Self.tokenizer(in: scratch)
    try Data([0x61, 0x0A, 0x62, 0xFF, 0x0A]).write(to: URL(fileURLWithPath: scratch.path("bad.txt")))
    let outcome = try Tool.run(["tokenize", "--tokenizer", tokenizer, scratch.path("bad.txt")])
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("line 2, column 2, byte 3"))
  }

  @Test("takes the text from a field of JSON lines, with a row for null and empty texts")
  func field() throws {
    let scratch = try ScratchDirectory()
    let tokenizer = try Self.tokenizer(in: scratch)
    let input =
      #"{"m": {"t": "the"}}"# + "\n" + #"{"m": {"t": null}}"# + "\n\n" + #"{"m": {"t": ""}}"# + "\n"
      + #"{"m": {"t": "the\n the"}}"# + "\n"
    let outcome = try Tool.run(["tokenize", "--tokenizer", tokenizer, "--field", "m.t"], input: input)
    #expect(outcome.status == 0, "\(outcome.error)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[1] == "[]" && lines[2] == "[]")
    let one = lines[0].dropFirst().dropLast()
    #expect(lines[3] == "[\(one),\(one)]")
  }

  @Test("gives the same rows in the same order from any number of threads")
  func threads() throws {
    let scratch = try ScratchDirectory()
    let tokenizer = try Self.tokenizer(in: scratch)
    // More than two blocks, one of them short.
    let text = try String(contentsOfFile: Fixtures.path + "/corpora/novels-small.jsonl", encoding: .utf8)
    let copies = 9_500_000 / text.utf8.count + 1
    try Data(String(repeating: text, count: copies).utf8).write(to: URL(fileURLWithPath: scratch.path("big.jsonl")))
    var outputs: [Data] = []
    for threads in ["1", "2", "5"] {
      let path = scratch.path("ids-\(threads).jsonl")
      let outcome = try Tool.run([
        "tokenize", "--tokenizer", tokenizer, "--field", "text", "-t", threads, "-o", path, scratch.path("big.jsonl"),
      ])
      #expect(outcome.status == 0, "\(outcome.error)")
      outputs.append(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    #expect(outputs[0] == outputs[1] && outputs[0] == outputs[2])
    let rows = outputs[0].split(separator: UInt8(ascii: "\n")).count
    #expect(rows == copies * text.split(separator: "\n").count)
  }

  @Test("detokenize gives the text back, and refuses what is no row of ids")
  func detokenize() throws {
    let scratch = try ScratchDirectory()
    let tokenizer = try Self.tokenizer(in: scratch)
    let ids = try Tool.run(["tokenize", "--tokenizer", tokenizer, "--special"], input: "the\n\n").output
    let all = try Tool.run(["detokenize", "--tokenizer", tokenizer], input: ids)
    #expect(all.output == "\"[CLS] the [SEP]\"\n\"[CLS] [SEP]\"\n", "\(all.error)")
    let text = try Tool.run(["detokenize", "--tokenizer", tokenizer, "--skip-special"], input: ids)
    #expect(text.output == "\"the\"\n\"\"\n")
    for (input, code) in [
      ("[1]\n[1,\n", "detokenize.not-ids"), ("[1]\n[1.5]\n", "detokenize.not-ids"),
      ("[1]\n[800]\n", "detokenize.unknown-id"),
    ] {
      let outcome = try Tool.run(["detokenize", "--tokenizer", tokenizer], input: input)
      #expect(outcome.status == 1 && outcome.error.contains(code) && outcome.error.contains("line 2"))
    }
  }
}
