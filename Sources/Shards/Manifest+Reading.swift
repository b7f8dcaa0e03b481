package import Blocks
package import JSONText

extension Manifest {
  init(json: JSONValue, path: String) throws(Diagnostic) {
    let root = ManifestField(value: json, key: "", path: path)
    let version = try root["format_version"].count
    guard (1...Self.currentFormatVersion).contains(version) else {
      throw Diagnostic(
        "shards.unknown-format", "\(path) is of a format this version does not know",
        at: SourceLocation(path: path), expected: "format_version 1 to \(Self.currentFormatVersion)",
        found: "\(version)", help: "read the dataset with the version that built it, or a later one")
    }
    self.init()
    formatVersion = version
    palimpsestVersion = try root["palimpsest_version"].string
    seed = try root["seed"].exactNumber
    recipe = try root["recipe"].value
    recipeDigest = try root["recipe_digest"].string
    tokenizer = try ManifestTokenizer(root["tokenizer"])
    inputs = try root["inputs"].map(ManifestInput.init)
    counts = try ManifestCounts(root["counts"])
    skippedLimit = try root["skipped_limit"].count
    skipped = try root["skipped"].map(SkippedDocument.init)
    objectives = try root["objectives"].map(ManifestObjective.init)
    if version > 1 { _ = try root["checksum"].checksum }
  }
}

extension ManifestTokenizer {
  fileprivate init(_ field: ManifestField) throws(Diagnostic) {
    self.init()
    path = try field["path"].fileName
    digest = try field["digest"].checksum
    vocabularySize = try field["vocabulary_size"].count
    for (name, id) in try field["special_tokens"].members {
      guard let role = SpecialTokens.Role(rawValue: name) else {
        throw id.invalid(expected: "one of " + SpecialTokens.Role.allCases.map(\.rawValue).joined(separator: ", "))
      }
      ids[role] = try id.tokenID(below: vocabularySize)
    }
    let size = vocabularySize
    sentinels = try field["sentinels"].map { id throws(Diagnostic) in try id.tokenID(below: size) }
    otherSpecial = try field["other_special"].map { id throws(Diagnostic) in try id.tokenID(below: size) }
  }
}

extension ManifestInput {
  fileprivate init(_ field: ManifestField) throws(Diagnostic) {
    self.init(
      path: try field["path"].string, documents: try field["documents"].count, bytes: try field["bytes"].count)
    if let given = try field.optional("weight") {
      guard let number = try given.value.number, (0...1000).contains(number) else {
        throw given.invalid(expected: "a number from 0 to 1000")
      }
      weight = number
    }
    let (byteCount, checksum) = (try field.optional("file_bytes"), try field.optional("checksum"))
    if byteCount == nil, checksum == nil { return }
    file = Fingerprint(byteCount: try field["file_bytes"].count, checksum: try field["checksum"].checksum)
  }
}

extension ManifestCounts {
  fileprivate init(_ field: ManifestField) throws(Diagnostic) {
    self.init()
    documents = try field["documents"].count
    textBytes = try field["text_bytes"].count
    tokens = try field["tokens"].count
    skipped = try field["skipped"].count
    dropped = try field["dropped"].drops
  }
}

extension SkippedDocument {
  fileprivate init(_ field: ManifestField) throws(Diagnostic) {
    self.init(
      location: SourceLocation(
        path: try field["path"].string, byte: try field.optional("byte")?.count,
        line: try field.optional("line")?.count, column: try field.optional("column")?.count,
        frame: try field.optional("frame")?.count),
      code: try field["code"].string, message: try field["message"].string)
  }
}

extension ManifestObjective {
  fileprivate init(_ field: ManifestField) throws(Diagnostic) {
    let columns = try field["columns"].map { column throws(Diagnostic) in
      guard let value = Column(json: try column.value) else {
        throw column.invalid(expected: "a column with name, type, shape and summary")
      }
      return value
    }
    let schema: ExampleSchema
    do throws(Diagnostic) {
      schema = try ExampleSchema(columns).validated()
    } catch {
      throw try field["columns"].invalid(expected: error.expected ?? "columns that shards can hold")
    }
    self.init(
      name: try field["name"].fileName, kind: try field["kind"].string, settings: try field["settings"].value,
      epochs: try field["epochs"].count, schema: schema, tokens: try field["tokens"].count,
      splits: try field["splits"].map(ManifestSplit.init), dropped: try field["dropped"].drops)
    lexiconDigest = try field.optional("lexicon_digest")?.checksum
  }
}

extension ManifestSplit {
  /// - Throws: also when the shards do not hold as many rows as the split says.
  fileprivate init(_ field: ManifestField) throws(Diagnostic) {
    self.init(
      name: try field["name"].fileName, rows: try field["rows"].count,
      shards: try field["shards"].map(ShardSummary.init), batchCount: try field.optional("batches")?.count,
      bin: try field.optional("bin")?.count)
    guard let sum = exactSum(of: shards.map(\.rowCount)), sum == rows else {
      throw try field["rows"].invalid(expected: "the number of rows of its shards")
    }
  }
}

extension ShardSummary {
  /// What `json` says.
  ///
  /// - Parameter path: what the file it stands in is called in messages.
  /// - Throws: `shards.invalid-manifest`.
  package init(json: JSONValue, path: String) throws(Diagnostic) {
    try self.init(ManifestField(value: json, key: "", path: path))
  }

  /// - Throws: also when the record batches do not hold as many rows as the shard says.
  fileprivate init(_ field: ManifestField) throws(Diagnostic) {
    self.init(
      path: try field["path"].fileName, rowCount: try field["rows"].count, byteCount: try field["bytes"].count,
      checksum: try field["checksum"].checksum,
      recordBatches: try field["record_batches"].map { batch throws(Diagnostic) in
        RecordBatch(
          rowCount: try batch["rows"].count, byteCount: try batch["bytes"].count,
          checksum: try batch["checksum"].checksum)
      })
    guard let sum = exactSum(of: recordBatches.map(\.rowCount)), sum == rowCount else {
      throw try field["rows"].invalid(expected: "the number of rows of its record batches")
    }
    guard let sum = exactSum(of: recordBatches.map(\.byteCount)), sum <= byteCount else {
      throw try field["bytes"].invalid(expected: "more bytes than its record batches have")
    }
  }
}

/// The sum of counts; nil when it does not fit.
private func exactSum(of counts: [Int]) -> Int? {
  counts.reduce(0 as Int?) { sum, count in
    guard let sum, count <= Int.max - sum else { return nil }
    return sum + count
  }
}
