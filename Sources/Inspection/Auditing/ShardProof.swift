internal import Blocks
internal import Files
internal import Objectives
internal import Shards

/// Proves parts of a split: each a pure function of the bytes, so that parts may be proved at the same time by whoever
/// lends the hands. What must hold between rows is looked at afterwards, in their order (`Examination`).
struct ShardProof: Sendable {
  /// A shard whose bytes were compared.
  struct Opened: Sendable {
    /// Nil when its rows cannot be read.
    var reader: ShardReader?
    var findings: [Finding] = []
    /// Bytes whose checksum was compared.
    var bytes = 0
  }

  /// Rows to prove of one shard.
  enum Rows: Sendable {
    case recordBatch(Int)
    /// Some rows, by number; the shard may have fewer.
    case chosen([Int])
  }

  /// What was found out about one row.
  struct ProvedRow: Sendable {
    /// In its shard.
    var number: Int
    var findings: [Finding] = []
    /// Nil where the objective does not record it, or the row cannot be read.
    var identity: RowIdentity?
    /// The key that puts it in its place; 0 where rows are not shuffled.
    var orderKey: UInt64 = 0
  }

  /// What was found out about some rows.
  struct Proved: Sendable {
    var rows: [ProvedRow] = []
    /// Why a whole record batch could not be read.
    var finding: Finding?
    var bytes = 0
  }

  let objective: DatasetObjective
  let schema: ExampleSchema
  let seed: UInt64
  let isShuffled: Bool
  let provenance: ProvenanceColumns
  /// Epochs of a document that takes part as often as any.
  let mostEpochs: Int
  /// The folder of the objective.
  let folder: String
  let fileSystem: any FileSystem

  /// Compares a shard's checksum and opens it.
  func open(_ shard: ShardSummary, split: String, at place: Finding.Place) -> Opened {
    var opened = Opened()
    let folder = folder + "/" + split
    do throws(Diagnostic) {
      try verifyChecksum(of: shard, in: folder, fileSystem: fileSystem)
      opened.bytes = shard.byteCount
    } catch {
      opened.findings.append(Finding(error, at: place))
      // A file that is not there or cut off has no more to say; one that was changed may still show where.
      guard error.code == "shards.checksum-mismatch" else { return opened }
    }
    do throws(Diagnostic) {
      let reader = try ShardReader(opening: folder + "/" + shard.path, in: fileSystem)
      guard reader.schema.hasSameColumns(as: schema) else {
        opened.findings.append(
          Finding(
            "audit.shard-schema", "the shard does not have the columns of its objective", at: place,
            expected: schema.outline, found: reader.schema.outline))
        return opened
      }
      if reader.rowCount != shard.rowCount {
        opened.findings.append(
          Finding(
            "audit.row-count", "the shard does not have as many rows as the manifest says", at: place,
            expected: "\(shard.rowCount) rows", found: "\(reader.rowCount) rows",
            help: "dataset.json or the shard was changed: build the dataset again"))
      }
      opened.reader = reader
    } catch {
      opened.findings.append(Finding(error, at: place))
    }
    return opened
  }

  /// Every invariant of some rows, and that they can be made again.
  func prove(_ rows: Rows, of reader: ShardReader, at place: Finding.Place) -> Proved {
    var proved = Proved()
    var buffers = ProofBuffers(schema: schema)
    switch rows {
    case .chosen(let numbers):
      for number in numbers where number < reader.rowCount {
        proved.rows.append(prove(try reader.example(at: number), number, at: place, &buffers))
      }
    case .recordBatch(let index):
      var batch = ExampleBatch(schema: reader.schema)
      let numbers = reader.rows(ofRecordBatch: index)
      do throws(Diagnostic) {
        try reader.read(recordBatch: index, into: &batch)
      } catch {
        var place = place
        place.row = numbers.lowerBound
        proved.finding = Finding(error, at: place)
        return proved
      }
      for buffer in batch.buffers { proved.bytes += buffer.bytes.count }
      proved.rows.reserveCapacity(numbers.count)
      for number in numbers {
        let example = batch.example(at: number - numbers.lowerBound)
        proved.rows.append(prove(example, number, at: place, &buffers))
      }
    }
    return proved
  }

  private func prove(
    _ example: @autoclosure () throws(Diagnostic) -> Example, _ number: Int, at place: Finding.Place,
    _ buffers: inout ProofBuffers
  ) -> ProvedRow {
    var row = ProvedRow(number: number)
    do throws(Diagnostic) {
      let example = Example(schema: schema, values: try example().values)
      row.identity = provenance.identity(of: example)
      try objective.objective.verify(example, seed: seed, buffers: &buffers)
      if let finding = checkStart(of: example, row.identity, at: place) { row.findings.append(finding) }
      if let epoch = row.identity?.epoch, Int(epoch) >= mostEpochs {
        row.findings.append(
          Finding(
            "audit.epoch", "the example is of an epoch that the recipe did not ask for", at: place,
            expected: "an epoch below \(mostEpochs)", found: "\(epoch)"))
      }
    } catch {
      row.findings.append(Finding(error, at: place))
    }
    if let identity = row.identity { row.orderKey = orderKey(of: identity) }
    return row
  }

  /// Windows inside one document start where their number says.
  private func checkStart(of example: Example, _ identity: RowIdentity?, at place: Finding.Place) -> Finding? {
    guard let number = identity?.exampleIndex, let found = example.scalar("source_start"),
      let due = objective.objective.windowing.sourceStart(ofWindow: Int(number)), found != due
    else { return nil }
    return Finding(
      "audit.source-start", "source_start is not where window \(number) of a document starts", at: place,
      expected: "\(due)", found: "\(found)", help: "the row was changed after it was written: build the dataset again")
  }

  private func orderKey(of identity: RowIdentity) -> UInt64 {
    guard isShuffled else { return 0 }
    var window = TokenWindow()
    window.documentID = identity.documentID
    window.originID = identity.origin
    window.exampleIndex = identity.exampleIndex
    window.epoch = identity.epoch
    return objective.objective.orderKey(seed: seed, for: window)
  }
}
