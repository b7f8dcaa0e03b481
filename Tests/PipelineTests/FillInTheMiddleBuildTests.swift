import Palimpsest
import Pipeline
import TestSupport
import Testing

@Suite("A build of middles")
struct FillInTheMiddleBuildTests {
  private static func build(_ folder: String, _ settings: String, threads: Int) throws(Diagnostic) {
    let recipe = try Recipe(
      yaml: """
        seed: 5
        input: "\(Fixtures.path)/corpora/novels-small.jsonl"
        tokenizer:
          train: {model: bpe, vocab_size: 500, special_tokens: ["<|endoftext|>", <fim_prefix>, <fim_middle>, \
        <fim_suffix>]}
        objectives: {clm: {fim_rate: 0.9, fim_context: document, fim_level: character, \(settings)}}
        output: {path: "\(folder)"}
        block_size: 40kB
        """)
    var options = DatasetBuilder.Options()
    options.threads = threads
    _ = try DatasetBuilder(recipe: recipe, options: options).build()
  }

  /// With a tokenizer that loses nothing, the parts of a document in their order decode to the very bytes that its id
  /// is the hash of.
  @Test("cuts texts between characters, and gives their bytes back")
  func characters() throws {
    let scratch = try ScratchDirectory()
    try Self.build(scratch.path("out"), "length: 65536, windowing: document, layout: compact", threads: 2)
    #expect(try Audit(of: scratch.path("out")).run().isClean)
    let dataset = try Dataset(opening: scratch.path("out"))
    let roles = dataset.vocabulary.ids
    let marks = Set([.fimPrefix, .fimMiddle, .fimSuffix, .eod].compactMap { roles[$0] })
    let objective = try dataset.objective(named: "clm")
    var (moved, betweenTokens) = (0, 0)
    for index in 0..<objective.splits[0].rowCount {
      let row = try dataset.example(objective, split: "train", index: index)
      // The parts stand in the order prefix, suffix, middle, or suffix, prefix, middle.
      let text = row["input_ids"].map { UInt32($0) }.filter { !marks.contains($0) }
      let (mode, a, b) = (row["fim_mode"][0], Int(row["fim_a"][0]), Int(row["fim_b"][0]))
      let suffix = Int(row["fim_count"][0]) - b
      let whole =
        switch mode {
        case 1: Array(text[..<a] + text[(a + suffix)...] + text[a..<a + suffix])
        case 2: Array(text[suffix...] + text[..<suffix])
        default: text
        }
      let decoded = dataset.tokenizer.decode(whole, skipSpecialTokens: false)
      #expect(Digest.xxh64(decoded) == UInt64(bitPattern: row["doc_id"][0]))
      #expect(decoded.unicodeScalars.count == Int(row["fim_char_count"][0]))
      if mode != 0 { moved += 1 }
      if whole != dataset.tokenizer.encode(decoded) { betweenTokens += 1 }
    }
    // Most cuts part a token: the whole text would be encoded otherwise.
    #expect(moved > 15 && betweenTokens > 10)
  }

  @Test("gives the same bytes with 1 and 3 threads, in rows that cut documents")
  func threads() throws {
    let scratch = try ScratchDirectory()
    for threads in [1, 3] {
      try Self.build(scratch.path("\(threads)"), "length: 128, epochs: 2", threads: threads)
    }
    #expect(try BuildTests.files(of: scratch.path("1")) == BuildTests.files(of: scratch.path("3")))
    #expect(try Audit(of: scratch.path("1")).run().isClean)
  }
}
