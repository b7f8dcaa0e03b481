internal import Blocks
internal import Files
internal import JSONText
internal import Objectives
internal import Shards

/// One objective under audit: its shards one after the other, and what must hold between their rows.
struct Examination {
  private let objective: DatasetObjective
  private let schema: ExampleSchema
  private let seed: UInt64
  private let isShuffled: Bool?
  private let folder: String
  private let audit: Audit
  private let provenance: ProvenanceColumns
  /// Epochs of a document that takes part as often as any.
  private let mostEpochs: Int
  private var identities: IdentityCheck

  init(of objective: DatasetObjective, manifest: Manifest, folder: String, audit: Audit) {
    self.objective = objective
    schema = objective.objective.schema
    seed = manifest.seed
    switch manifest.recipe["output"]?["shuffle"]?.string {
    case "global": isShuffled = true
    case "none": isShuffled = false
    default: isShuffled = nil
    }
    mostEpochs = objective.epochs * manifest.mostShares
    self.folder = folder
    self.audit = audit
    provenance = ProvenanceColumns(of: schema)
    identities = IdentityCheck(limit: audit.identityLimit)
  }

  mutating func run(report: inout AuditReport, progress: inout ProgressCount) {
    for split in objective.splits { examine(split, report: &report, progress: &progress) }
    if audit.sample == nil, provenance.isComplete {
      for finding in identities.findings(of: objective.name) { report.add(finding.finding, times: finding.count) }
    }
  }

  private mutating func examine(
    _ split: DatasetObjective.Split, report: inout AuditReport, progress: inout ProgressCount
  ) {
    var section = AuditReport.Section(
      objective: objective.name, split: split.name, shards: split.shards.count, rows: split.rowCount)
    var batches = BatchCheck(size: objective.objective.batchSize, count: split.batchCount)
    if let finding = batches?.check(split) {
      report.add(finding.at(.init(objective: objective.name, split: split.name)))
    }
    // Batches have an order of their own.
    var order = OrderCheck(isShuffled: batches == nil ? isShuffled : nil, epochs: objective.epochs)
    identities.begin(split: split.wholeName)
    let sample = audit.sample.map { RowSample(count: $0, of: split.rowCount, seed: seed).rows }
    for (index, shard) in split.shards.enumerated() {
      var place = Finding.Place(objective: objective.name, split: split.name)
      place.file = "\(objective.name)/\(split.name)/\(shard.path)"
      guard let reader = open(shard, in: split, at: place, section: &section, report: &report) else {
        progress.add(shard.byteCount, objective.name, split.name)
        continue
      }
      let first = split.firstRows[index]
      if let sample {
        for row in sample where (first..<first + shard.rowCount).contains(row) && row - first < reader.rowCount {
          prove(try reader.example(at: row - first), row: row - first, first, place, &section, &report)
        }
        progress.add(shard.byteCount, objective.name, split.name)
      } else {
        readAll(reader, first: first, place, &order, &batches, &section, &report, &progress)
      }
    }
    report.sections.append(section)
  }

  /// Proves the file and opens it; nil, with a finding, when its rows cannot be read.
  private func open(
    _ shard: ShardSummary, in split: DatasetObjective.Split, at place: Finding.Place,
    section: inout AuditReport.Section, report: inout AuditReport
  ) -> ShardReader? {
    let folder = self.folder + "/" + split.name
    do throws(Diagnostic) {
      try verifyChecksum(of: shard, in: folder, fileSystem: audit.fileSystem)
      section.bytes += shard.byteCount
    } catch {
      report.add(Finding(error, at: place))
      // A file that is not there or cut off has no more to say; one that was changed may still show where.
      guard error.code == "shards.checksum-mismatch" else { return nil }
    }
    do throws(Diagnostic) {
      let reader = try ShardReader(opening: folder + "/" + shard.path, in: audit.fileSystem)
      guard reader.schema.hasSameColumns(as: schema) else {
        report.add(
          Finding(
            "audit.shard-schema", "the shard does not have the columns of its objective", at: place,
            expected: schema.outline, found: reader.schema.outline))
        return nil
      }
      if reader.rowCount != shard.rowCount {
        report.add(
          Finding(
            "audit.row-count", "the shard does not have as many rows as the manifest says", at: place,
            expected: "\(shard.rowCount) rows", found: "\(reader.rowCount) rows",
            help: "dataset.json or the shard was changed: build the dataset again"))
      }
      return reader
    } catch {
      report.add(Finding(error, at: place))
      return nil
    }
  }

  private mutating func readAll(
    _ reader: ShardReader, first: Int, _ place: Finding.Place, _ order: inout OrderCheck,
    _ batches: inout BatchCheck?, _ section: inout AuditReport.Section, _ report: inout AuditReport,
    _ progress: inout ProgressCount
  ) {
    var batch = ExampleBatch(schema: reader.schema)
    for index in 0..<reader.recordBatchCount {
      let rows = reader.rows(ofRecordBatch: index)
      do throws(Diagnostic) {
        try reader.read(recordBatch: index, into: &batch)
      } catch {
        var place = place
        place.row = rows.lowerBound
        report.add(Finding(error, at: place))
        continue
      }
      var bytes = 0
      for buffer in batch.buffers { bytes += buffer.bytes.count }
      for row in rows {
        let example = batch.example(at: row - rows.lowerBound)
        prove(example, row: row, first, place, &section, &report)
        guard let identity = provenance.identity(of: example) else { continue }
        identities.add(identity)
        if let finding = order.check(identity, key: orderKey(of: identity)) {
          report.add(finding.at(place, row: row, example: first + row))
        }
        if let finding = batches?.check(identity, number: first + row) {
          report.add(finding.at(place, row: row, example: first + row))
        }
      }
      progress.add(bytes, objective.name, section.split)
    }
  }

  /// Every invariant of one example, and that it can be made again.
  private func prove(
    _ example: @autoclosure () throws(Diagnostic) -> Example, row: Int, _ first: Int, _ place: Finding.Place,
    _ section: inout AuditReport.Section, _ report: inout AuditReport
  ) {
    section.rowsChecked += 1
    do throws(Diagnostic) {
      let example = Example(schema: schema, values: try example().values)
      try objective.objective.verify(example, seed: seed)
      if let identity = provenance.identity(of: example), Int(identity.epoch) >= mostEpochs {
        report.add(
          Finding(
            "audit.epoch", "the example is of an epoch that the recipe did not ask for", at: place,
            expected: "an epoch below \(mostEpochs)", found: "\(identity.epoch)"
          ).at(place, row: row, example: first + row))
      }
    } catch {
      report.add(Finding(error, at: place).at(place, row: row, example: first + row))
    }
  }

  private func orderKey(of identity: RowIdentity) -> UInt64 {
    guard isShuffled == true else { return 0 }
    var window = TokenWindow()
    window.documentID = identity.documentID
    window.originID = identity.origin
    window.exampleIndex = identity.exampleIndex
    window.epoch = identity.epoch
    return objective.objective.orderKey(seed: seed, for: window)
  }
}

extension Finding {
  /// The finding at a place.
  func at(_ place: Place) -> Finding {
    var finding = self
    finding.place = place
    return finding
  }

  /// The finding with its row filled in.
  func at(_ place: Place, row: Int, example: Int) -> Finding {
    var finding = self
    let (column, position, byte) = (finding.place.column, finding.place.position, finding.place.byte)
    finding.place = place
    finding.place.column = column
    finding.place.position = position
    finding.place.byte = byte
    finding.place.row = row
    finding.place.example = example
    return finding
  }
}
