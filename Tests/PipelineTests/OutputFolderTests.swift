import Palimpsest
import TestSupport
import Testing

/// What a build does with a folder that others use, too.
@Suite("The output folder")
struct OutputFolderTests {
  private static func write(_ text: String, to path: String) throws {
    let system = LocalFileSystem()
    try system.makeDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    var file = try AtomicFile(path, in: system)
    try file.write(Array(text.utf8))
    try file.commit()
  }

  /// One small objective, so that a build is quick.
  private static func build(
    into folder: String, _ overrides: [String] = [], fresh: Bool = false
  ) throws(Diagnostic) -> RunReport {
    try BuildTests.build(into: folder, ["objectives={mlm: {length: 64}}"] + overrides, fresh: fresh)
  }

  @Test("keeps what no build has made, and says so before any work", arguments: [false, true])
  func foreign(fresh: Bool) throws {
    for name in ["mlm/notes.txt", "mlm/train/data-00000-of-00001.arrow", "dataset.json", "tokenizer.json"] {
      let scratch = try ScratchDirectory()
      let folder = scratch.path("out")
      try Self.write("precious", to: folder + "/" + name)
      let error = #expect(throws: Diagnostic.self, "\(name)") { try Self.build(into: folder, fresh: fresh) }
      #expect(error?.code == "build.foreign-file", "\(name)")
      #expect(try LocalFileSystem().readAll(folder + "/" + name) == Array("precious".utf8), "\(name)")
    }
  }

  @Test("may hold other things beside the dataset, even in the work folder")
  func beside() throws {
    let scratch = try ScratchDirectory()
    let folder = scratch.path("out")
    for name in ["notes.txt", "clm/data.txt", ".work/mine", ".mine.partial-x"] {
      try Self.write("precious", to: folder + "/" + name)
    }
    _ = try Self.build(into: folder)
    _ = try Self.build(into: folder, ["seed=18"], fresh: true)
    for name in ["notes.txt", "clm/data.txt", ".work/mine", ".mine.partial-x"] {
      #expect(try LocalFileSystem().readAll(folder + "/" + name) == Array("precious".utf8), "\(name)")
    }
    #expect(try LocalFileSystem().list(folder + "/.work") == ["mine"])
  }

  @Test("loses the folders of the dataset that a fresh build replaces, also after an interruption")
  func stale() throws {
    let scratch = try ScratchDirectory()
    let folder = scratch.path("out")
    _ = try Self.build(into: folder, ["objectives={mlm: {length: 64}, clm: {length: 64}}"])
    var options = DatasetBuilder.Options()
    options.startsFresh = true
    options.cancellation.request()
    let recipe = try BuildTests.recipe(["output.path=\(folder)", "objectives={mlm: {length: 32}}"])
    _ = try? DatasetBuilder(recipe: recipe, options: options).build()
    #expect(try !Self.build(into: folder, ["objectives={mlm: {length: 32}}"], fresh: true).wasComplete)
    #expect(try LocalFileSystem().list(folder) == ["dataset.json", "mlm", "tokenizer.json"])
  }

  @Test("lets one build in at a time")
  func locked() throws {
    let scratch = try ScratchDirectory()
    let folder = scratch.path("out")
    try LocalFileSystem().makeDirectory(folder)
    let lock = try LocalFileSystem().lock(folder + "/.palimpsest-lock")
    let error = #expect(throws: Diagnostic.self) { try Self.build(into: folder) }
    #expect(error?.code == "build.already-running")
    lock.release()
    _ = try Self.build(into: folder)
    #expect(try LocalFileSystem().list(folder) == ["dataset.json", "mlm", "tokenizer.json"])
  }

  @Test("is not made when the build cannot begin")
  func nothing() throws {
    let scratch = try ScratchDirectory()
    #expect(throws: Diagnostic.self) {
      try Self.build(into: scratch.path("out"), ["objectives={mlm: {length: 64}}", "tokenizer=no-such-file.json"])
    }
    #expect(try LocalFileSystem().status(of: scratch.path("out")) == nil)
  }

  @Test("is no input of the build that writes to it")
  func ownInput() throws {
    let scratch = try ScratchDirectory()
    try Self.write("{\"text\": \"It was the best of times.\"}\n", to: scratch.path("in/a.jsonl"))
    for pattern in ["in", "in/**"] {
      let overrides = ["input=\(scratch.path(pattern))", "tokenizer.train.vocab_size=200"]
      _ = try Self.build(into: scratch.path("in/out"), overrides, fresh: true)
      #expect(try Self.build(into: scratch.path("in/out"), overrides).wasComplete)
      let manifest = try Self.build(into: scratch.path("in/out"), overrides, fresh: true).manifest
      #expect(manifest.inputs.map(\.path) == [scratch.path("in/a.jsonl")])
    }
  }

  @Test("holds a complete dataset only of the same recipe, tokenizer and inputs")
  func difference() throws {
    let scratch = try ScratchDirectory()
    let folder = scratch.path("out")
    let tokenizer = scratch.path("tokenizer.json")
    _ = try TokenizerTraining(recipe: try BuildTests.recipe()).train(writingTo: tokenizer)
    try Self.write("{\"text\": \"It was the best of times.\"}\n", to: scratch.path("in/a.jsonl"))
    let overrides = ["tokenizer=\(tokenizer)", "input=\(scratch.path("in"))"]
    _ = try Self.build(into: folder, overrides)
    #expect(try Self.build(into: folder, overrides).wasComplete)
    func found(_ more: [String] = []) -> String? {
      do throws(Diagnostic) {
        _ = try Self.build(into: folder, overrides + more)
        return nil
      } catch {
        #expect(error.code == "build.output-exists")
        return error.found
      }
    }
    #expect(found(["seed=5"]) == "seed: 17")
    #expect(found(["objectives.clm.length=64"]) == "no objectives.clm")
    try Self.write("{\"text\": \"It was the worst of times.\"}\n", to: scratch.path("in/b.jsonl"))
    #expect(found() == "no input \(scratch.path("in/b.jsonl"))")
    try LocalFileSystem().remove(scratch.path("in/b.jsonl"))
    _ = try TokenizerTraining(recipe: try BuildTests.recipe(["tokenizer.train.vocab_size=300"]))
      .train(writingTo: tokenizer)
    #expect(found()?.hasPrefix("a tokenizer of XXH64") == true)
  }

  @Test("is looked at by a preview: what a build would do there, or why it would not begin")
  func preview() throws {
    let scratch = try ScratchDirectory()
    let tokenizer = scratch.path("tokenizer.json")
    _ = try TokenizerTraining(recipe: try BuildTests.recipe()).train(writingTo: tokenizer)
    func preview(_ overrides: [String] = [], fresh: Bool = false) throws(Diagnostic) -> BuildPreview.Start {
      var options = DatasetBuilder.Options()
      options.startsFresh = fresh
      let recipe = try BuildTests.recipe(
        ["output.path=\(scratch.path("out"))", "tokenizer=\(tokenizer)", "objectives={mlm: {length: 64}}"] + overrides)
      return try DatasetBuilder(recipe: recipe, options: options).preview().start
    }
    #expect(try preview() == .new)
    #expect(throws: Diagnostic.self) {
      let recipe = try BuildTests.recipe(
        ["output.path=\(scratch.path("out"))", "tokenizer=\(tokenizer)", "objectives={mlm: {length: 64}}"])
      return try DatasetBuilder(recipe: recipe, in: FaultyFileSystem(failingCall: 60)).build()
    }
    #expect(try preview() == .resumed)
    #expect(try preview(fresh: true) == .replacing)
    #expect(throws: Diagnostic.self) { try preview(["seed=18"]) }
    _ = try Self.build(into: scratch.path("out"), ["tokenizer=\(tokenizer)"])
    #expect(try preview() == .complete)
    #expect(throws: Diagnostic.self) { try preview(["seed=18"]) }
    #expect(try preview(["seed=18"], fresh: true) == .replacing)
  }
}
