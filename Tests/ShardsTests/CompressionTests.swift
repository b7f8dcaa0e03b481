import Blocks
import Files
import Shards
import TestSupport
import Testing

/// Shards whose buffers are packed with zstd.
@Suite struct CompressionTests {
  @Test func `Packed shards give the rows that were written, all at once and one by one`() throws {
    let batch = SampleShards.batch(SampleShards.everything, rows: 25)
    try withScratchDirectory { folder in
      try SampleShards.write(batch, to: folder + "/a.arrow", rowsPerRecordBatch: 10, compression: .zstd)
      let reader = try ShardReader(opening: folder + "/a.arrow", in: LocalFileSystem())
      #expect(reader.schema == SampleShards.everything)
      #expect(reader.recordBatchCount == 3)
      var rows = 0
      try reader.forEachBatch { found, first throws(Diagnostic) in
        for row in 0..<found.rowCount { #expect(found.example(at: row) == batch.example(at: first + row)) }
        rows += found.rowCount
      }
      #expect(rows == 25)
      for row in 0..<25 { #expect(try reader.example(at: row) == batch.example(at: row)) }
    }
  }

  @Test func `What repeats takes less room, and what does not hardly more`() throws {
    let schema = ExampleSchema([Column("ids", .uint64, .fixed([512]), "")])
    func byteCounts(_ batch: borrowing ExampleBatch) throws -> (plain: Int, packed: Int) {
      try withScratchDirectory { folder in
        (
          try SampleShards.write(batch, to: folder + "/a.arrow").byteCount,
          try SampleShards.write(batch, to: folder + "/b.arrow", compression: .zstd).byteCount
        )
      }
    }
    var even = ExampleBatch(schema: schema)
    for _ in 0..<100 {
      even.append(repeating: 7, count: 512, to: 0)
      even.finishRow(orderKey: 0)
    }
    let (plain, packed) = try byteCounts(even)
    #expect(packed * 50 < plain)
    let random = try byteCounts(SampleShards.batch(schema, rows: 100))
    // The length, padding to 64, and a table that says how it is packed.
    #expect(random.packed > random.plain && random.packed <= random.plain + 192)
  }

  @Test func `Every byte that is changed gives the same rows, or a diagnostic with a place`() throws {
    let batch = SampleShards.batch(SampleShards.small, rows: 40)
    let bytes = try withScratchDirectory { folder in
      try SampleShards.write(batch, to: folder + "/a.arrow", compression: .zstd)
      return try SampleShards.bytes(of: folder + "/a.arrow")
    }
    var codes: Set<String> = []
    for index in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] ^= mask
        do throws(Diagnostic) {
          let reader = try ShardReader(mapping: MappedFile(copying: damaged), path: "a.arrow")
          // Names and summaries are no values; only the manifest's checksum knows them.
          guard reader.schema == SampleShards.small else { continue }
          try reader.forEachBatch { found, first throws(Diagnostic) in
            for row in 0..<found.rowCount where found.example(at: row).values != batch.example(at: first + row).values {
              Issue.record("byte \(index) ^ \(mask) changes row \(first + row)")
            }
          }
        } catch {
          codes.insert(error.code)
          if !error.code.hasPrefix("shards.") || error.location?.byte == nil {
            Issue.record("byte \(index) ^ \(mask): \(error)")
          }
        }
      }
    }
    #expect(codes.contains("shards.damaged-values"))
    #expect(codes.contains("shards.damaged-metadata"))
  }

  @Test func `A record batch ends in front of the row that would make it too large`() throws {
    let schema = ExampleSchema([Column("ids", .uint16, .list, ""), Column("id", .uint64, .scalar, "")])
    var batch = ExampleBatch(schema: schema)
    // Rows of 108, 208, 308, 2008, 8 and 108 bytes of values.
    for count in [50, 100, 150, 1000, 0, 50] {
      batch.append(repeating: 1, count: count, to: 0)
      batch.append(1, to: 1)
      batch.finishRow(orderKey: 0)
    }
    try withScratchDirectory { folder in
      for runs in [[6], [1, 1, 1, 1, 1, 1], [4, 2]] {
        var writer = try ArrowShardWriter(
          path: folder + "/a.arrow", schema: schema, rowsPerRecordBatch: 1000, valuesPerListLimit: 1 << 20,
          bytesPerRecordBatch: 320, in: LocalFileSystem())
        var next = 0
        for run in runs {
          try writer.append(batch, rows: next..<next + run)
          next += run
        }
        #expect(try writer.finish().recordBatches.map(\.rowCount) == [2, 1, 1, 2], "\(runs)")
      }
    }
  }
}
