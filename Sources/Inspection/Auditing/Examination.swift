internal import Blocks
internal import Files
internal import JSONText
internal import Objectives
internal import Shards

/// One objective under audit: its shards, proved by whoever lends the hands, and then, row after row in their order,
/// what must hold between them.
struct Examination {
  private let proof: ShardProof
  private let isShuffled: Bool?
  private let audit: Audit
  private let workers: any Workers
  private var identities: IdentityCheck

  /// Shards that are open at the same time.
  private static let shardsAtOnce = 64

  init(
    of objective: DatasetObjective, manifest: Manifest, folder: String, audit: Audit, on workers: any Workers
  ) {
    switch manifest.recipe["output"]?["shuffle"]?.string {
    case "global": isShuffled = true
    case "none": isShuffled = false
    default: isShuffled = nil
    }
    let schema = objective.objective.schema
    proof = ShardProof(
      objective: objective, schema: schema, seed: manifest.seed, isShuffled: isShuffled == true,
      provenance: ProvenanceColumns(of: schema), mostEpochs: objective.epochs * manifest.mostShares, folder: folder,
      fileSystem: audit.fileSystem)
    self.audit = audit
    self.workers = workers
    identities = IdentityCheck(limit: audit.identityLimit)
  }

  mutating func run(report: inout AuditReport, progress: inout ProgressCount) {
    for split in proof.objective.splits { examine(split, report: &report, progress: &progress) }
    if audit.sample == nil, proof.provenance.isComplete {
      for finding in identities.findings(of: proof.objective.name) {
        report.add(finding.finding, times: finding.count)
      }
    }
  }

  private mutating func examine(
    _ split: DatasetObjective.Split, report: inout AuditReport, progress: inout ProgressCount
  ) {
    let objective = proof.objective
    var section = AuditReport.Section(
      objective: objective.name, split: split.name, shards: split.shards.count, rows: split.rowCount)
    var between = BetweenRows(split, of: objective, isShuffled: isShuffled)
    if let finding = between.batches?.check(split) {
      report.add(finding.at(.init(objective: objective.name, split: split.name)))
    }
    identities.begin(split: split.wholeName)
    let sample = audit.sample.map { RowSample(count: $0, of: split.rowCount, seed: proof.seed).rows }
    for first in stride(from: 0, to: split.shards.count, by: Self.shardsAtOnce) {
      let shards = first..<min(first + Self.shardsAtOnce, split.shards.count)
      let parts = open(shards, of: split, sample: sample, section: &section, report: &report, progress: &progress)
      let proof = proof
      workers.each(parts.count) { number in
        proof.prove(parts[number].rows, of: parts[number].reader, at: parts[number].place)
      } take: { proved, number in
        let part = parts[number]
        if let finding = proved.finding { report.add(finding) }
        section.rowsChecked += proved.rows.count
        for row in proved.rows {
          let example = split.firstRows[part.shard] + row.number
          for finding in row.findings { report.add(finding.at(part.place, row: row.number, example: example)) }
          guard sample == nil, let identity = row.identity else { continue }
          identities.add(identity)
          for finding in between.check(identity, key: row.orderKey, number: example) {
            report.add(finding.at(part.place, row: row.number, example: example))
          }
        }
        progress.add(sample == nil ? proved.bytes : split.shards[part.shard].byteCount, objective.name, split.name)
      }
    }
    report.sections.append(section)
  }

  /// Rows of an open shard that are proved as one piece of work.
  private struct Part: Sendable {
    var shard: Int
    var reader: ShardReader
    var rows: ShardProof.Rows
    var place: Finding.Place
  }

  /// Compares the bytes of some shards, and cuts the rows of those that can be read into parts.
  private func open(
    _ shards: Range<Int>, of split: DatasetObjective.Split, sample: [Int]?, section: inout AuditReport.Section,
    report: inout AuditReport, progress: inout ProgressCount
  ) -> [Part] {
    let proof = proof
    @Sendable func place(_ shard: Int) -> Finding.Place {
      var place = Finding.Place(objective: proof.objective.name, split: split.name)
      place.file = "\(proof.objective.name)/\(split.name)/\(split.shards[shard].path)"
      return place
    }
    var parts: [Part] = []
    workers.each(shards.count) { number in
      let shard = shards.lowerBound + number
      return proof.open(split.shards[shard], split: split.name, at: place(shard))
    } take: { opened, number in
      let shard = shards.lowerBound + number
      section.bytes += opened.bytes
      for finding in opened.findings { report.add(finding) }
      guard let reader = opened.reader else {
        progress.add(split.shards[shard].byteCount, proof.objective.name, split.name)
        return
      }
      guard let sample else {
        for index in 0..<reader.recordBatchCount {
          parts.append(Part(shard: shard, reader: reader, rows: .recordBatch(index), place: place(shard)))
        }
        return
      }
      let first = split.firstRows[shard]
      let rows = sample.filter { (first..<first + split.shards[shard].rowCount).contains($0) }.map { $0 - first }
      parts.append(Part(shard: shard, reader: reader, rows: .chosen(rows), place: place(shard)))
    }
    return parts
  }
}

/// What must hold between the rows of a split, which are met in order.
private struct BetweenRows {
  var batches: BatchCheck?
  private var order: OrderCheck

  init(_ split: DatasetObjective.Split, of objective: DatasetObjective, isShuffled: Bool?) {
    batches = BatchCheck(size: objective.objective.batchSize, count: split.batchCount)
    // Batches have an order of their own.
    order = OrderCheck(isShuffled: batches == nil ? isShuffled : nil, epochs: objective.epochs)
  }

  mutating func check(_ row: RowIdentity, key: UInt64, number: Int) -> [Finding] {
    [order.check(row, key: key), batches?.check(row, number: number)].compactMap(\.self)
  }
}

extension Workers {
  /// Does pieces of work and hands over each result with its number, in order.
  fileprivate func each<Piece: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (_ number: Int) -> Piece, take: (Piece, _ number: Int) -> Void
  ) {
    var number = 0
    do throws(Diagnostic) {
      try inOrder(count, work) { piece throws(Diagnostic) in
        take(piece, number)
        number += 1
      }
    } catch {
      preconditionFailure("only what takes results throws, and this does not")
    }
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
