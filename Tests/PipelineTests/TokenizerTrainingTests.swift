import Palimpsest
import Pipeline
import TestSupport
import Testing

/// Training from a recipe's inputs: in memory, on disk, with threads, with faults.
@Suite("Training a tokenizer")
struct TokenizerTrainingTests {
  private static func recipe(_ train: String, blockSize: String = "20kB") throws(Diagnostic) -> Recipe {
    try Recipe(
      yaml: """
        input: {path: "\(Fixtures.path)/corpora/novels-small.jsonl"}
        tokenizer: {train: {\(train)}}
        objectives: {mlm: {length: 64}}
        output: {path: "\(Fixtures.path)/no-such-folder"}
        block_size: \(blockSize)
        """)
  }

  private static func train(
    _ train: String, into path: String, threads: Int = 1, in fileSystem: any FileSystem = LocalFileSystem()
  ) throws(Diagnostic) -> [UInt8] {
    let training = TokenizerTraining(recipe: try recipe(train), threads: threads, in: fileSystem)
    _ = try training.train(writingTo: path)
    return try LocalFileSystem().readAll(path)
  }

  /// With 64 kB every worker's table spills after each block.
  @Test(
    "gives the same bytes whatever the memory and the number of threads",
    arguments: ["wordpiece", "bpe", "sentencepiece_bpe"])
  func budget(model: String) throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path("tokenizer.json")
    let expected = try Self.train("model: \(model), vocab_size: 1200", into: path)
    for (memory, threads) in [("1GB", 3), ("64kB", 1), ("64kB", 4), ("400kB", 2)] {
      let found = try Self.train("model: \(model), vocab_size: 1200, memory: \(memory)", into: path, threads: threads)
      let isSame = found == expected
      #expect(isSame, "\(memory), \(threads) threads")
    }
    #expect(try LocalFileSystem().list(scratch.path("")) == ["tokenizer.json"])
  }

  @Test("reports the same figures in memory and on disk")
  func report() throws {
    let scratch = try ScratchDirectory()
    func report(_ memory: String) throws -> TokenizerTraining.Report {
      try TokenizerTraining(recipe: Self.recipe("vocab_size: 800, memory: \(memory)"), threads: 2)
        .train(writingTo: scratch.path("tokenizer.json"))
    }
    let (memory, disk) = (try report("1GB"), try report("64kB"))
    #expect(memory.distinctWords == disk.distinctWords)
    #expect(memory.distinctWords > 1000)
    #expect(memory.documents == disk.documents)
    #expect(memory.sourceBytes == disk.sourceBytes)
    #expect(memory.vocabularySize == 800)
    #expect(disk.vocabularySize == 800)
    let tokenizer = try Tokenizer(json: LocalFileSystem().readAll(scratch.path("tokenizer.json")))
    #expect(tokenizer.vocabularySize == disk.vocabularySize)
  }

  /// Every call of the file system fails once, in turn.
  @Test("that a fault stops leaves neither a tokenizer nor words behind")
  func faults() throws {
    var failingCall = 0
    var hasEnded = false
    while !hasEnded {
      let scratch = try ScratchDirectory()
      let faulty = FaultyFileSystem(failingCall: failingCall, failsOnce: true)
      do throws(Diagnostic) {
        _ = try Self.train("model: bpe, vocab_size: 400, memory: 64kB", into: scratch.path("t.json"), in: faulty)
        hasEnded = faulty.callCount <= failingCall
      } catch {
        #expect(error.code.hasPrefix("files."), "\(error)")
      }
      // What a fault kept from being removed is removed by the next training.
      try WordSpill(folder: scratch.path(".t.json.words"), in: LocalFileSystem()).remove()
      let left = try LocalFileSystem().list(scratch.path("")).filter { !$0.hasPrefix(".t.json.partial") }
      #expect(left == (hasEnded ? ["t.json"] : []), "call \(failingCall)")
      failingCall += failingCall < 25 ? 1 : 41
    }
    #expect(failingCall > 60)
  }

  @Test("removes the words that a killed training left")
  func leftovers() throws {
    let scratch = try ScratchDirectory()
    let fileSystem = LocalFileSystem()
    try fileSystem.makeDirectory(scratch.path(".t.json.words"))
    try fileSystem.write("nonsense", to: scratch.path(".t.json.words/run-1"))
    _ = try Self.train("model: bpe, vocab_size: 400, memory: 64kB", into: scratch.path("t.json"))
    #expect(try fileSystem.list(scratch.path("")) == ["t.json"])
  }

  @Test("shows counting, then merging, to the end")
  func progress() throws {
    let scratch = try ScratchDirectory()
    let seen = SeenProgress()
    let training = TokenizerTraining(recipe: try Self.recipe("vocab_size: 600"), onProgress: { seen.add($0) })
    _ = try training.train(writingTo: scratch.path("t.json"))
    let phases = seen.all.map(\.phase)
    let firstMerge = phases.firstIndex(of: .merging) ?? 0
    #expect(firstMerge > 0)
    #expect(phases[..<firstMerge].allSatisfy { $0 == .counting })
    #expect(phases[firstMerge...].allSatisfy { $0 == .merging })
    #expect(seen.all.last?.vocabulary == 600)
    #expect(seen.all.last?.fraction == 1)
    #expect(seen.all[firstMerge - 1].inputBytes == seen.all[firstMerge - 1].inputTotal)
  }

  @Test("can be stopped while it merges")
  func cancellation() throws {
    let scratch = try ScratchDirectory()
    let cancellation = Cancellation()
    let training = TokenizerTraining(
      recipe: try Self.recipe("vocab_size: 600, memory: 64kB"), cancellation: cancellation,
      onProgress: { progress in
        if progress.fraction == 1 { cancellation.request() }
      })
    do throws(Diagnostic) {
      _ = try training.train(writingTo: scratch.path("t.json"))
      Issue.record("it was not stopped")
    } catch {
      #expect(error.code == "build.interrupted")
    }
    #expect(try LocalFileSystem().list(scratch.path("")).isEmpty)
  }

  @Test("does not count memory among what makes a dataset")
  func essence() throws {
    let recipe = try Self.recipe("vocab_size: 600")
    #expect(try Self.recipe("vocab_size: 600, memory: 5MB").digest == recipe.digest)
    #expect(try Self.recipe("vocab_size: 601").digest != recipe.digest)
  }

  @Test("refuses keys that mean nothing to the model, with their place")
  func foreignKeys() {
    for (train, key) in [
      ("model: bpe, lowercase: true", "lowercase"), ("model: bpe, byte_fallback: true", "byte_fallback"),
      ("model: wordpiece, end_of_word_suffix: x", "end_of_word_suffix"),
      ("model: sentencepiece_bpe, strip_accents: true", "strip_accents"),
    ] {
      do throws(Diagnostic) {
        _ = try Self.recipe(train)
        Issue.record("\(train) was taken")
      } catch {
        #expect(error.code == "settings.invalid")
        #expect(error.message.contains("'tokenizer.train.\(key)' means nothing to the model"))
        #expect(error.location?.line == 2)
      }
    }
  }
}

/// Progress as it was shown. `@unchecked Sendable`: a training reports in the thread that started it.
private final class SeenProgress: @unchecked Sendable {
  private(set) var all: [Progress] = []

  func add(_ progress: Progress) { all.append(progress) }
}
