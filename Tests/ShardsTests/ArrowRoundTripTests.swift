import Blocks
import Files
import Shards
import TestSupport
import Testing

@Suite struct ArrowRoundTripTests {
  @Test func `Every type in every shape comes back`() throws {
    try withScratchDirectory { folder in
      let batch = SampleShards.batch(SampleShards.everything, rows: 25)
      let summary = try SampleShards.write(batch, to: folder + "/a.arrow", rowsPerRecordBatch: 10)
      #expect(summary.path == "a.arrow")
      #expect(summary.recordBatches.map(\.rowCount) == [10, 10, 5])

      let reader = try ShardReader(opening: folder + "/a.arrow", in: LocalFileSystem())
      #expect(reader.schema == SampleShards.everything)
      #expect(reader.rowCount == 25)
      #expect(reader.recordBatchCount == 3)
      var row = 0
      try reader.forEachBatch { read, firstRow throws(Diagnostic) in
        #expect(firstRow == row)
        for index in 0..<read.rowCount {
          #expect(read.example(at: index) == batch.example(at: row))
          #expect(try reader.example(at: row) == batch.example(at: row))
          row += 1
        }
      }
      #expect(row == 25)
    }
  }

  @Test(arguments: [0, 1, 999, 1000, 1001, 2000])
  func `Any number of rows comes back in batches of a thousand`(rows: Int) throws {
    let schema = ExampleSchema([
      Column("input_ids", .uint16, .fixed([2]), ""), Column("labels", .int32, .list, ""),
    ])
    try withScratchDirectory { folder in
      let batch = SampleShards.batch(schema, rows: rows, longestList: 2)
      let summary = try SampleShards.write(batch, to: folder + "/a.arrow")
      #expect(summary.rowCount == rows)
      #expect(summary.recordBatches.count == (rows + 999) / 1000)
      #expect(summary.recordBatches.dropLast().allSatisfy { $0.rowCount == 1000 })

      let reader = try ShardReader(opening: folder + "/a.arrow", in: LocalFileSystem())
      #expect(reader.rowCount == rows)
      var rowsSeen = 0
      try reader.forEachBatch { read, firstRow throws(Diagnostic) in
        rowsSeen += read.rowCount
        for index in [0, read.rowCount - 1] {
          #expect(read.example(at: index) == batch.example(at: firstRow + index))
        }
      }
      #expect(rowsSeen == rows)
      let error = #expect(throws: Diagnostic.self) { try reader.example(at: rows) }
      #expect(error?.code == "shards.no-such-row")
    }
  }

  @Test func `The bytes do not depend on how the rows arrive`() throws {
    try withScratchDirectory { folder in
      let batch = SampleShards.batch(SampleShards.small, rows: 60)
      let whole = try SampleShards.write(batch, to: folder + "/whole", rowsPerRecordBatch: 16)
      let bytes = try SampleShards.bytes(of: folder + "/whole")
      for runs in [[1], [15, 1], [16], [17], [3, 40], [59, 1]] {
        var parts = try SampleShards.write(batch, to: folder + "/parts", inRunsOf: runs, rowsPerRecordBatch: 16)
        #expect(try SampleShards.bytes(of: folder + "/parts") == bytes, "in runs of \(runs)")
        parts.path = whole.path
        #expect(parts == whole)
      }
    }
  }

  @Test func `A summary says what is in the file`() throws {
    try withScratchDirectory { folder in
      let batch = SampleShards.batch(SampleShards.small, rows: 25)
      let summary = try SampleShards.write(batch, to: folder + "/a.arrow", rowsPerRecordBatch: 10)
      let bytes = try SampleShards.bytes(of: folder + "/a.arrow")
      #expect(summary.byteCount == bytes.count)
      #expect(summary.checksum == Digest.xxh64(bytes))
      var end = bytes.count - 8
      for recordBatch in summary.recordBatches.reversed() {
        #expect(recordBatch.checksum == Digest.xxh64(Array(bytes[end - recordBatch.byteCount..<end])))
        end -= recordBatch.byteCount
        #expect(end % 64 == 0)
      }
    }
  }

  @Test func `A list column never outgrows its 32-bit offsets`() throws {
    // The limit lowered to 10 values: rows of 0 to 6 values are cut into batches of at most ten.
    let schema = ExampleSchema([Column("labels", .int16, .list, ""), Column("other", .uint8, .list, "")])
    try withScratchDirectory { folder in
      let batch = SampleShards.batch(schema, rows: 40)
      func write(inRunsOf run: Int) throws(Diagnostic) -> ShardSummary {
        var writer = try ArrowShardWriter(
          path: folder + "/a.arrow", schema: schema, rowsPerRecordBatch: 1000, valuesPerListLimit: 10,
          in: LocalFileSystem())
        for start in stride(from: 0, to: 40, by: run) { try writer.append(batch, rows: start..<min(40, start + run)) }
        return try writer.finish()
      }
      let summary = try write(inRunsOf: 40)
      #expect(summary.recordBatches.count > 1)
      #expect(try write(inRunsOf: 1) == summary)
      #expect(try write(inRunsOf: 7) == summary)
      let reader = try ShardReader(opening: folder + "/a.arrow", in: LocalFileSystem())
      try reader.forEachBatch { read, _ throws(Diagnostic) in
        #expect(read.buffers.allSatisfy { $0.valueCount <= 10 })
      }
      for row in 0..<40 { #expect(try reader.example(at: row) == batch.example(at: row)) }
    }
  }

  @Test func `A row that fits no record batch is refused`() throws {
    let schema = ExampleSchema([Column("labels", .int16, .list, "")])
    try withScratchDirectory { folder in
      var batch = ExampleBatch(schema: schema)
      batch.append(repeating: 1, count: 3, to: 0)
      batch.finishRow(orderKey: 0)
      batch.append(repeating: 1, count: 11, to: 0)
      batch.finishRow(orderKey: 0)
      var writer = try ArrowShardWriter(
        path: folder + "/a.arrow", schema: schema, rowsPerRecordBatch: 1000, valuesPerListLimit: 10,
        in: LocalFileSystem())
      var message = ""
      do throws(Diagnostic) {
        try writer.append(batch, rows: 0..<2)
      } catch {
        message = error.description.replacing(folder + "/", with: "")
      }
      #expect(
        message == """
          error[shards.row-too-long]: row 1 of a.arrow has too many values
            at        a.arrow
            expected  at most 10 values in 'labels'
            found     11
          """)
      _ = consume writer
      #expect(try LocalFileSystem().list(folder).isEmpty, "an unfinished shard leaves nothing")
    }
  }

  @Test func `Further metadata is kept`() throws {
    try withScratchDirectory { folder in
      let writer = try ArrowShardWriter(
        path: folder + "/a.arrow", schema: SampleShards.small, metadata: [(key: "note", value: "é")],
        in: LocalFileSystem())
      _ = try writer.finish()
      let reader = try ShardReader(opening: folder + "/a.arrow", in: LocalFileSystem())
      #expect(reader.metadata.map(\.key) == ["huggingface", "palimpsest", "note"])
      #expect(reader.metadata.last?.value == "é")
    }
  }

  @Test(arguments: [
    ([], "no columns"),
    ([Column("", .uint8, .scalar, "")], "column name ''"),
    ([Column("a", .uint8, .scalar, ""), Column("a", .uint8, .list, "")], "column name 'a'"),
    ([Column("a", .uint8, .fixed([]), "")], "shape [] of column 'a'"),
    ([Column("a", .uint8, .fixed([2, 0]), "")], "shape [2, 0] of column 'a'"),
    ([Column("a", .uint8, .fixed([1 << 20, 1 << 20]), "")], "shape [1048576, 1048576] of column 'a'"),
    (
      [Column("a", .uint8, .fixed(Array(repeating: 1, count: 9)), "")],
      "shape [1, 1, 1, 1, 1, 1, 1, 1, 1] of column 'a'"
    ),
  ])
  func `Columns that Arrow cannot hold are refused`(columns: [Column], found: String) {
    withScratchDirectory { folder in
      var refusal: Diagnostic?
      do throws(Diagnostic) {
        _ = try ArrowShardWriter(path: folder + "/a.arrow", schema: ExampleSchema(columns), in: LocalFileSystem())
      } catch {
        refusal = error
      }
      #expect(refusal?.code == "shards.invalid-schema")
      #expect(refusal?.found == found)
    }
  }

  @Test func `A failing disk leaves no shard, whichever call fails`() throws {
    let batch = SampleShards.batch(SampleShards.small, rows: 5)
    try withScratchDirectory { folder in
      var call = 0
      while true {
        let faulty = FaultyFileSystem(failingCall: call)
        do throws(Diagnostic) {
          _ = try SampleShards.write(batch, to: folder + "/a.arrow", in: faulty)
          break
        } catch {
          // The rename happens or it does not; a file under the name is whole.
          if try LocalFileSystem().status(of: folder + "/a.arrow") != nil {
            #expect(try ShardReader(opening: folder + "/a.arrow", in: LocalFileSystem()).rowCount == 5)
            try LocalFileSystem().remove(folder + "/a.arrow")
          }
        }
        call += 1
      }
      #expect(call >= 5)
      #expect(try ShardReader(opening: folder + "/a.arrow", in: LocalFileSystem()).rowCount == 5)
    }
  }
}
