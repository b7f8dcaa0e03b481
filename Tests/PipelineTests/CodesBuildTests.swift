import Palimpsest
import Pipeline
import TestSupport
import Testing

@Suite("A build of codes")
struct CodesBuildTests {
  private static func build(
    _ input: String, tokenizer: String, objectives: String, into folder: String
  ) throws(Diagnostic) -> RunReport {
    let recipe = try Recipe(
      yaml: """
        seed: 5
        input: \(input)
        text: [lowercase]
        tokenizer: {codes: \(tokenizer)}
        objectives: {\(objectives)}
        output: {path: "\(folder)"}
        """)
    var options = DatasetBuilder.Options()
    options.threads = 2
    return try DatasetBuilder(recipe: recipe, options: options).build()
  }

  private static let array = "{path: \"\(Fixtures.path)/corpus/codes.npy\"}"

  @Test("goes through objectives of images, sounds and texts, and gives the codes back")
  func everyObjective() throws {
    let scratch = try ScratchDirectory()
    let report = try Self.build(
      Self.array, tokenizer: "{size: 420, sentinels: 30}",
      objectives: """
        image_mlm: {height: 2, width: 2, min_block: 1}, audio_mlm: {length: 16}, mlm: {length: 16}, clm: {length: 16},
          span_corruption: {length: 16}, denoising: {length: 16}, contrastive: {length: 16}
        """, into: scratch.path("out"))
    #expect(report.manifest.counts.documents == 12 && report.manifest.counts.tokens == 60)
    #expect(try Audit(of: scratch.path("out")).run().isClean)
    let dataset = try Dataset(opening: scratch.path("out"))
    #expect(dataset.vocabulary.vocabularySize == 420 + 7 + 30)
    #expect(dataset.vocabulary.ids[.mask] == 424)
    let clm = try dataset.objective(named: "clm")
    var codes: Set<Int64> = []
    for index in 0..<clm.splits[0].rowCount {
      codes.formUnion(try dataset.example(clm, split: "train", index: index)["input_ids"])
    }
    #expect(codes.isSuperset(of: (0..<60).map { Int64($0 * 7) }))
  }

  @Test("takes special ids from among the codes, and columns of tables")
  func specialIDs() throws {
    let scratch = try ScratchDirectory()
    let input = "{path: \"\(Fixtures.path)/corpus/codes.parquet\", codes: codes, id: name}"
    let report = try Self.build(
      input, tokenizer: "{size: 512, mask: 512, pad: 0, eos: 511}", objectives: "clm: {length: 16}",
      into: scratch.path("out"))
    #expect(report.skips.map(\.code) == ["corpus.empty-document"])
    let dataset = try Dataset(opening: scratch.path("out"))
    #expect(dataset.vocabulary.vocabularySize == 513)
    #expect(dataset.vocabulary.special == [0, 511, 512])
  }

  @Test("stops at a code beyond the vocabulary, or leaves its document out")
  func beyondTheVocabulary() throws {
    let scratch = try ScratchDirectory()
    do throws(Diagnostic) {
      _ = try Self.build(Self.array, tokenizer: "{size: 100}", objectives: "clm: {length: 16}", into: scratch.path("a"))
      Issue.record("no error")
    } catch {
      #expect(error.code == "tokenize.code-out-of-range")
      #expect(error.location?.row == 4 && error.found == "112" && error.expected == "0 to 106")
    }
    let report = try Self.build(
      "{path: \"\(Fixtures.path)/corpus/codes.npy\", on_error: skip}", tokenizer: "{size: 100}",
      objectives: "clm: {length: 16}", into: scratch.path("b"))
    #expect(report.manifest.counts.documents == 3)
    #expect(report.skips.map(\.code) == ["tokenize.code-out-of-range"])
  }

  @Test("refuses what does not go with codes")
  func refusals() throws {
    let scratch = try ScratchDirectory()
    for (tokenizer, code) in [
      ("{size: 100, mask: 3, pad: 3}", "settings.invalid"), ("{size: 100, mask: 102}", "settings.invalid"),
    ] {
      do throws(Diagnostic) {
        _ = try Self.build(Self.array, tokenizer: tokenizer, objectives: "clm: {}", into: scratch.path("c"))
        Issue.record("no error")
      } catch {
        #expect(error.code == code)
      }
    }
    do throws(Diagnostic) {
      let recipe = try Recipe(
        yaml: """
          input: \(Self.array)
          tokenizer: {train: {vocab_size: 100}}
          objectives: {clm: {length: 16}}
          output: {path: "\(scratch.path("d"))"}
          """)
      _ = try DatasetBuilder(recipe: recipe).build()
      Issue.record("no error")
    } catch {
      #expect(error.code == "train.codes")
    }
  }
}
