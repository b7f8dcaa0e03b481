import Palimpsest
import TestSupport
import Testing

/// A small dataset on disk, made of the library's own parts, and ways to damage it.
struct TestDataset {
  /// One objective to build.
  struct Part {
    var name: String
    var kind: String
    /// A JSON object.
    var settings: String
    var epochs = 1

    init(_ name: String, _ kind: String, _ settings: String, epochs: Int = 1) {
      self.name = name
      self.kind = kind
      self.settings = settings
      self.epochs = epochs
    }
  }

  static let maskedLM = Part("mlm", "mlm", #"{"length": 16}"#)
  static let spans = Part("spans", "span_corruption", #"{"length": 16, "windowing": "document"}"#)

  static let tokenizerBytes: [UInt8] = {
    do {
      return try LocalFileSystem().readAll(Fixtures.path + "/inspection/story.tokenizer.json")
    } catch {
      fatalError("no fixture: \(error)")
    }
  }()

  static let texts = [
    "A monk wrote on thin skin of sheep. When it was full, he scraped the old ink away.",
    "Under the new lines the old words still show through. Some pages hold three books, one over the other!",
    "Nobody knew what lay below. Glass, fire and light show it again.",
    "The fox and the dog walked by the river at night. A bird sang a song of gold.",
    "He wrote the key to the door under the stone. The old door opened.",
    "Writing over writing: ink over older ink, skin over skin.",
    "Sun. Fire. Light. Night. What was it?",
    "The oldest song of the river was new again when the monk was old.",
  ]

  let path: String
  let fileSystem = LocalFileSystem()

  /// - Parameters:
  ///   - validation: texts that go to the validation split, by number; with none there is only `train`.
  ///   - rowsPerShard: rows of each shard but the last.
  init(
    at path: String, _ parts: [Part] = [maskedLM], texts: [String] = texts, seed: UInt64 = 7,
    shuffle: String = "global", validation: Set<Int> = [], rowsPerShard: Int = 6,
    objectives: NamedList<any Objective.Type> = AllObjectives.standard
  ) throws {
    self.path = path
    let tokenizer = try Tokenizer(json: Self.tokenizerBytes)
    let vocabulary = try tokenizer.specialTokens()
    let block = Self.block(of: texts, tokenizer)
    var manifest = Manifest()
    manifest.palimpsestVersion = "0.1.0"
    manifest.seed = seed
    manifest.recipe = ["output": ["shuffle": .string(shuffle)]]
    manifest.recipeDigest = "0000000000000000"
    manifest.tokenizer = ManifestTokenizer(digest: Digest.xxh64(Self.tokenizerBytes), vocabulary)
    for part in parts {
      let type = try objectives.member(named: part.kind)
      let settings = try Settings(
        SettingValue(json: JSONValue(parsing: part.settings)), allowing: type.settings, path: part.name)
      let objective = try type.init(settings, vocabulary: vocabulary)
      var entry = ManifestObjective(
        name: part.name, kind: part.kind, settings: settings.map.json, epochs: part.epochs, schema: objective.schema)
      let splits =
        [("train", Array(texts.indices).filter { !validation.contains($0) })]
        + (validation.isEmpty ? [] : [("validation", validation.sorted())])
      for (name, documents) in splits {
        var batch = ExampleBatch(schema: objective.schema)
        var scratch = ObjectiveScratch()
        _ = try objective.appendExamples(
          of: block, documents: documents, seed: seed, epochs: part.epochs, scratch: &scratch, to: &batch)
        let keys = batch.orderKeys
        let order = shuffle == "global" ? keys.indices.sorted { keys[$0] < keys[$1] } : Array(keys.indices)
        entry.splits.append(
          ManifestSplit(
            name: name, rows: order.count,
            shards: try Self.write(batch, order, rowsPerShard, to: "\(path)/\(part.name)/\(name)", fileSystem)))
      }
      try Self.writeLayout(entry, in: path, fileSystem)
      manifest.objectives.append(entry)
    }
    try fileSystem.write(Self.tokenizerBytes, to: path + "/tokenizer.json")
    try manifest.write(to: path, in: fileSystem)
  }

  private static func block(of texts: [String], _ tokenizer: Tokenizer) -> TokenBlock {
    var block = TokenBlock()
    for text in texts {
      let start = block.ids.count
      let firstSentence = block.sentenceStarts.count
      for sentence in text.split(separator: ". ", omittingEmptySubsequences: true) {
        block.sentenceStarts.append(block.ids.count)
        block.ids += tokenizer.encode(sentence.hasSuffix(".") ? String(sentence) : sentence + ".")
      }
      block.documents.append(
        .init(
          id: Digest.xxh64(text), start: start, tokenCount: block.ids.count - start,
          sentences: firstSentence..<block.sentenceStarts.count))
    }
    return block
  }

  private static func write(
    _ batch: borrowing ExampleBatch, _ order: [Int], _ rowsPerShard: Int, to folder: String, _ system: LocalFileSystem
  ) throws -> [ShardSummary] {
    try system.makeDirectory(folder)
    let count = max(1, (order.count + rowsPerShard - 1) / rowsPerShard)
    var shards: [ShardSummary] = []
    for shard in 0..<count {
      var writer = try ArrowShardWriter(
        path: folder + "/" + shardFileName(index: shard, count: count), schema: batch.schema, rowsPerRecordBatch: 4,
        in: system)
      for row in order.dropFirst(shard * rowsPerShard).prefix(rowsPerShard) {
        try writer.append(batch, rows: row..<row + 1)
      }
      shards.append(try writer.finish())
    }
    return shards
  }

  private static func writeLayout(_ entry: ManifestObjective, in path: String, _ system: LocalFileSystem) throws {
    try HuggingFaceLayout(splits: entry.splits.map { ($0.name, $0.shards) }, schema: entry.schema)
      .write(to: path + "/" + entry.name, in: system)
  }
}

extension TestDataset {
  func audit(_ change: (inout Audit) -> Void = { _ in }) throws -> AuditReport {
    var audit = Audit(of: path)
    change(&audit)
    return try audit.run()
  }

  /// The path of a shard.
  func shard(_ index: Int, of objective: String = "mlm", split: String = "train") throws -> String {
    let manifest = try Manifest(readingFrom: path, in: fileSystem)
    let entry = try #require(manifest.objectives.first { $0.name == objective })
    let shards = try #require(entry.splits.first { $0.name == split }).shards
    return "\(path)/\(objective)/\(split)/\(shards[index].path)"
  }

  /// Changes a file's bytes.
  func edit(_ file: String, _ change: (inout [UInt8]) -> Void) throws {
    var bytes = try fileSystem.readAll(file)
    change(&bytes)
    try fileSystem.write(bytes, to: file)
  }

  /// Changes the manifest, keeping its form.
  func editManifest(_ change: (inout Manifest) -> Void) throws {
    var manifest = try Manifest(readingFrom: path, in: fileSystem)
    change(&manifest)
    try manifest.write(to: path, in: fileSystem)
  }

  /// Changes a split's rows and makes everything around them fit: a forgery that checksums do not show.
  func forge(_ objective: String = "mlm", split: String = "train", _ change: (inout [Example]) -> Void) throws {
    var manifest = try Manifest(readingFrom: path, in: fileSystem)
    let number = try #require(manifest.objectives.firstIndex { $0.name == objective })
    let splitNumber = try #require(manifest.objectives[number].splits.firstIndex { $0.name == split })
    let old = manifest.objectives[number].splits[splitNumber]
    var rows: [Example] = []
    for shard in old.shards {
      let reader = try ShardReader(opening: "\(path)/\(objective)/\(split)/\(shard.path)", in: fileSystem)
      for row in 0..<reader.rowCount { rows.append(try reader.example(at: row)) }
    }
    change(&rows)
    var batch = ExampleBatch(schema: manifest.objectives[number].schema)
    for row in rows {
      for (column, values) in row.values.enumerated() { for value in values { batch.append(value, to: column) } }
      batch.finishRow(orderKey: 0)
    }
    let shards = try Self.write(
      batch, Array(rows.indices), old.shards[0].rowCount, to: "\(path)/\(objective)/\(split)", fileSystem)
    manifest.objectives[number].splits[splitNumber] = ManifestSplit(name: split, rows: rows.count, shards: shards)
    try Self.writeLayout(manifest.objectives[number], in: path, fileSystem)
    try manifest.write(to: path, in: fileSystem)
  }
}

/// Runs a test on a dataset of its own.
func withDataset(
  _ parts: [TestDataset.Part] = [TestDataset.maskedLM], texts: [String] = TestDataset.texts, shuffle: String = "global",
  validation: Set<Int> = [], _ body: (TestDataset) throws -> Void
) throws {
  try withScratchDirectory { folder in
    try body(TestDataset(at: folder + "/out", parts, texts: texts, shuffle: shuffle, validation: validation))
  }
}
