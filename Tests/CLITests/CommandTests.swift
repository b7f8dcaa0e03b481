import Foundation
import TestSupport
import Testing

@Suite("The tool")
struct CommandTests {
  /// A recipe over the small corpus with a tokenizer of its own, in a scratch folder.
  private func recipe(in scratch: ScratchDirectory) throws -> String {
    let yaml = """
      seed: 17
      input: {path: "\(Fixtures.path)/corpora/novels-small.jsonl"}
      tokenizer: {train: {model: wordpiece, vocab_size: 800}}
      objectives:
        mlm: {length: 64}
        span_corruption: {length: 64}
      output: {path: "\(scratch.path("out"))", shard_size: 200kB, validation: 0.2}
      """
    try Data(yaml.utf8).write(to: URL(fileURLWithPath: scratch.path("recipe.yaml")))
    return scratch.path("recipe.yaml")
  }

  @Test("shows help and version on standard output and ends with 0")
  func help() throws {
    let help = try Tool.run(["--help"])
    #expect(help.status == 0)
    #expect(help.output.contains("USAGE: palimpsest"))
    #expect(help.error.isEmpty)
    for verb in ["build", "train", "inspect", "verify", "stats", "validate", "tokenize", "explain", "presets"] {
      #expect(help.output.contains("  \(verb) "), "\(verb)")
      let own = try Tool.run([verb, "--help"])
      #expect(own.status == 0)
      #expect(own.output.contains("USAGE: palimpsest \(verb)"))
    }
    #expect(try Tool.run(["--version"]).output == "0.1.0\n")
  }

  @Test("ends with 2 on wrong usage, and says it on standard error")
  func usage() throws {
    for arguments in [["biuld"], ["build"], ["build", "r.yaml", "--threads", "0"], ["tokenize"]] {
      let outcome = try Tool.run(arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(outcome.output.isEmpty)
      #expect(outcome.error.contains("Error: "))
    }
  }

  @Test("names the command nearest to a misspelt one")
  func misspelt() throws {
    let outcome = try Tool.run(["biuld", "recipe.yaml"])
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("Did you mean 'build'?"))
    #expect(try Tool.run(["help", "build"]).status == 0)
  }

  @Test("ends with 1 when something is missing, and says what to do")
  func missing() throws {
    let outcome = try Tool.run(["build", "no-such-recipe.yaml"])
    #expect(outcome.status == 1)
    #expect(outcome.error.hasPrefix("error[files.not-found]"))
    #expect(outcome.error.contains("no-such-recipe.yaml"))
  }

  @Test("trains, builds, verifies, inspects and counts")
  func wholeRoad() throws {
    let scratch = try ScratchDirectory()
    let recipe = try recipe(in: scratch)
    let train = try Tool.run(["train", recipe, "-o", scratch.path("tokenizer.json")])
    #expect(train.status == 0, "\(train.error)")
    #expect(train.output.contains("vocabulary"))

    let build = try Tool.run([
      "build", recipe, "--set", "tokenizer=\(scratch.path("tokenizer.json"))", "--threads", "2",
    ])
    #expect(build.status == 0, "\(build.error)")
    #expect(build.output.contains("span_corruption"))
    let again = try Tool.run(["build", recipe, "--set", "tokenizer=\(scratch.path("tokenizer.json"))"])
    #expect(again.output.contains("is complete"))

    let verify = try Tool.run(["verify", scratch.path("out")])
    #expect(verify.status == 0, "\(verify.output)\(verify.error)")
    let inspect = try Tool.run(["inspect", scratch.path("out"), "--objective", "mlm", "-n", "2"])
    #expect(inspect.status == 0, "\(inspect.error)")
    #expect(!inspect.output.contains("\u{1B}["), "a pipe gets no colour")
    let stats = try Tool.run(["stats", scratch.path("out"), "--json"])
    #expect(stats.status == 0, "\(stats.error)")
    for line in stats.output.split(separator: "\n") {
      #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) != nil, "\(line)")
    }
  }

  @Test("validates: a planted fault ends with 3 and is named; a report is written as a page")
  func validates() throws {
    let scratch = try ScratchDirectory()
    let build = try Tool.run(["build", try recipe(in: scratch)])
    #expect(build.status == 0, "\(build.error)")
    let out = scratch.path("out")
    let fault = try Tool.run([
      "validate", out, "--quick", "--plant", "foreign-ids", "--html", scratch.path("page.html"),
    ])
    #expect(fault.status == 3)
    #expect(fault.output.contains("FAIL  ids") && fault.output.contains("Not sound: mlm, span_corruption"))
    #expect(try String(contentsOfFile: scratch.path("page.html"), encoding: .utf8).contains("Not sound"))
    let json = try Tool.run(["validate", out, "--objective", "mlm", "--json", "--plant", "foreign-ids"])
    #expect(json.status == 3)
    #expect((try? JSONSerialization.jsonObject(with: Data(json.output.utf8))) != nil, "\(json.output)")
    #expect(try Tool.run(["validate", out, "--plant", "no-such-fault"]).status == 2)
  }

  @Test("gives --json that parses, with the same dataset for it")
  func json() throws {
    let scratch = try ScratchDirectory()
    let outcome = try Tool.run(["build", try recipe(in: scratch), "--json"])
    #expect(outcome.status == 0, "\(outcome.error)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(report["documents"] as? Int ?? 0 > 0)
    #expect((report["objectives"] as? [[String: Any]])?.count == 2)
  }

  @Test("verify ends with 3 and names the shard when a byte was changed")
  func damage() throws {
    let scratch = try ScratchDirectory()
    #expect(try Tool.run(["build", try recipe(in: scratch), "--quiet"]).status == 0)
    let folder = scratch.path("out/mlm/train")
    let shard = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".arrow") }.sorted().first)
    let url = URL(fileURLWithPath: folder + "/" + shard)
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 4
    try bytes.write(to: url)
    let outcome = try Tool.run(["verify", scratch.path("out")])
    #expect(outcome.status == 3)
    #expect((outcome.output + outcome.error).contains(shard))
  }

  @Test("dry run writes nothing")
  func dryRun() throws {
    let scratch = try ScratchDirectory()
    let outcome = try Tool.run(["build", try recipe(in: scratch), "--dry-run"])
    #expect(outcome.status == 0)
    #expect(!FileManager.default.fileExists(atPath: scratch.path("out")))
  }

  @Test("lists presets, and prints each as a recipe that builds")
  func presets() throws {
    let list = try Tool.run(["presets"])
    #expect(list.status == 0)
    #expect(list.output.contains("  bert-base  "))
    #expect(try Tool.run(["presets", "show", "bert-bace"]).error.contains("did you mean 'bert-base'?"))
    let scratch = try ScratchDirectory()
    let text = try Tool.run(["presets", "show", "t5-v1.1"]).output
    try Data(text.utf8).write(to: URL(fileURLWithPath: scratch.path("recipe.yaml")))
    let built = try Tool.run([
      "build", scratch.path("recipe.yaml"), "--output", scratch.path("out"), "--quiet",
      "--set", "input.path=\(Fixtures.path)/corpora/novels-small.jsonl", "--set", "tokenizer.train.vocab_size=600",
      "--set", "objectives.\"t5-v1.1\".length=128",
    ])
    #expect(built.status == 0, "\(built.error)")
    #expect(try Tool.run(["verify", scratch.path("out"), "--quiet"]).status == 0)
  }

  @Test("explains every objective and every section of the recipe")
  func explain() throws {
    let topics = try Tool.run(["explain"]).output.split(separator: "\n").map { $0.split(separator: " ")[0] }
    #expect(topics.contains("span_corruption"))
    for topic in topics { #expect(try Tool.run(["explain", String(topic)]).status == 0) }
    #expect(try Tool.run(["explain", "mlmm"]).error.contains("did you mean 'mlm'?"))
  }
}
