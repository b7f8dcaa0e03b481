import Blocks
import Files
import Foundation
import Shards
import TestSupport
import Testing

/// Files of the past and of others, read for ever.
@Suite struct CompatibilityTests {
  static func fixture(_ name: String) -> String {
    URL(filePath: #filePath).appending(path: "../../../fixtures/shards/" + name).standardizedFileURL.path
  }

  @Test func `Shards of format version 1 are read, and still written byte for byte`() throws {
    let batch = SampleShards.batch(SampleShards.small, rows: 7)
    let reader = try ShardReader(opening: Self.fixture("version-1.arrow"), in: LocalFileSystem())
    #expect(reader.schema == SampleShards.small)
    #expect(reader.rowCount == 7)
    for row in 0..<7 { #expect(try reader.example(at: row) == batch.example(at: row)) }
    try withScratchDirectory { folder in
      try SampleShards.write(batch, to: folder + "/a.arrow", rowsPerRecordBatch: 3)
      let bytes = try SampleShards.bytes(of: folder + "/a.arrow")
      #expect(bytes == (try SampleShards.bytes(of: Self.fixture("version-1.arrow"))))
    }
  }

  @Test func `Shards that datasets wrote are read`() throws {
    let reader = try ShardReader(opening: Self.fixture("by-datasets.arrow"), in: LocalFileSystem())
    #expect(
      reader.schema
        == ExampleSchema([
          Column("scalar", .uint64, .scalar, ""), Column("row", .uint16, .fixed([3]), ""),
          Column("views", .int32, .fixed([2, 2]), ""), Column("list", .int8, .list, ""),
        ]))
    #expect(reader.recordBatchCount == 3)
    #expect(reader.rows(ofRecordBatch: 2) == 4..<5)
    var row: Int64 = 0
    try reader.forEachBatch { batch, _ throws(Diagnostic) in
      for index in 0..<batch.rowCount {
        let values = [[row], [row, row + 1, row + 2], [row, -row, 0, 1], Array(repeating: row, count: Int(row))]
        #expect(batch.example(at: index).values == values)
        row += 1
      }
    }
    #expect(row == 5)
  }

  @Test func `Packed shards are read, and their values are those that were packed`() throws {
    // By pyarrow, with its own choice of level and layout.
    let reader = try ShardReader(opening: Self.fixture("packed-by-arrow.arrow"), in: LocalFileSystem())
    #expect(reader.rowCount == 1000)
    for row in [0, 1, 500, 999] { #expect(try reader.example(at: row).values == [[Int64(row)]]) }
  }

  @Test(arguments: [1, 2])
  func `Manifests of every format version are read, and still written byte for byte`(version: Int) throws {
    let bytes = try SampleShards.bytes(of: Self.fixture("version-\(version).json"))
    var sample = ManifestTests.sample
    sample.formatVersion = version
    if version == 1 { sample.inputs[0].file = nil }
    try withScratchDirectory { folder in
      let disk = LocalFileSystem()
      try sample.write(to: folder, in: disk)
      #expect(try disk.readAll(folder + "/dataset.json") == bytes)
      #expect(try Manifest(readingFrom: folder, in: disk) == sample)
    }
  }
}

@Suite struct ShardFormatTests {
  /// The example of Documentation/ShardFormat.md.
  @Test func `The bytes are those of the format's description`() throws {
    let schema = ExampleSchema([
      Column("input_ids", .uint16, .fixed([3]), ""), Column("labels", .int32, .list, ""),
    ])
    var batch = ExampleBatch(schema: schema)
    for (ids, labels) in [([7, 8, 9], [5]), ([1, 2, 3], [])] as [([Int], [Int])] {
      for id in ids { batch.append(id, to: 0) }
      for label in labels { batch.append(label, to: 1) }
      batch.finishRow(orderKey: 0)
    }
    let body: [UInt8] =
      padded([7, 0, 8, 0, 9, 0, 1, 0, 2, 0, 3, 0]) + padded([0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
      + padded([5, 0, 0, 0])
    let nodes = [2, 0, 6, 0, 2, 0, 1, 0]
    let buffers = [0, 0, 0, 0, 0, 12, 64, 0, 64, 12, 128, 0, 128, 4]
    let end: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    try withScratchDirectory { folder in
      try SampleShards.write(batch, to: folder + "/a.arrow")
      let bytes = try SampleShards.bytes(of: folder + "/a.arrow")
      #expect(Array(bytes.suffix(192 + 8)) == body + end)
      #expect(bytes.firstRange(of: [4, 0, 0, 0] + words(nodes)) != nil)
      #expect(bytes.firstRange(of: [7, 0, 0, 0] + words(buffers)) != nil)
    }
  }

  private func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + Array(repeating: 0, count: 64 - bytes.count) }

  private func words(_ values: [Int]) -> [UInt8] {
    values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  }
}
