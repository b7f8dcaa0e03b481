import Blocks
import Files
import Shards
import TestSupport
import Testing

@Suite struct DamagedShardTests {
  private static let schema = ExampleSchema([
    Column("ids", .uint16, .fixed([2, 2]), "Ids."), Column("labels", .int32, .list, "Labels."),
  ])

  private func sampleBytes() throws -> [UInt8] {
    try withScratchDirectory { folder in
      try SampleShards.write(
        SampleShards.batch(Self.schema, rows: 5), to: folder + "/a.arrow", rowsPerRecordBatch: 3)
      return try SampleShards.bytes(of: folder + "/a.arrow")
    }
  }

  /// Reads everything there is; nil when the shard is whole.
  private func read(_ bytes: [UInt8]) -> Result<ExampleSchema, Diagnostic> {
    do throws(Diagnostic) {
      let reader = try ShardReader(mapping: MappedFile(copying: bytes), path: "a.arrow")
      try reader.forEachBatch { batch, firstRow throws(Diagnostic) in
        for row in 0..<batch.rowCount { _ = batch.example(at: row) }
      }
      for row in 0..<reader.rowCount { _ = try reader.example(at: row) }
      return .success(reader.schema)
    } catch {
      return .failure(error)
    }
  }

  private func isStructurallyEqual(_ left: ExampleSchema, _ right: ExampleSchema) -> Bool {
    left.columns.map(\.name) == right.columns.map(\.name) && left.columns.map(\.type) == right.columns.map(\.type)
      && left.columns.map(\.shape) == right.columns.map(\.shape)
  }

  @Test func `Any byte changed gives the same columns or a diagnostic with a place`() throws {
    let bytes = try sampleBytes()
    #expect(try read(bytes).get() == Self.schema)
    var refused = 0
    for index in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] ^= mask
        switch read(damaged) {
        case .success(let schema):
          if !isStructurallyEqual(schema, Self.schema) { Issue.record("byte \(index) ^ \(mask): \(schema)") }
        case .failure(let error):
          refused += 1
          if !error.code.hasPrefix("shards.") || error.location?.byte == nil {
            Issue.record("byte \(index) ^ \(mask): \(error)")
          }
        }
      }
    }
    #expect(refused > bytes.count / 4)
  }

  @Test func `A file cut anywhere is refused`() throws {
    let bytes = try sampleBytes()
    for length in 0..<bytes.count {
      guard case .failure(let error) = read(Array(bytes[..<length])) else {
        Issue.record("\(length) bytes were accepted")
        continue
      }
      #expect(error.code == "shards.truncated", "\(length) bytes")
    }
  }

  @Test func `Words overwritten by extreme numbers never crash the reader`() throws {
    let bytes = try sampleBytes()
    for index in stride(from: 0, to: bytes.count - 8, by: 4) {
      for word: UInt64 in [0, 0x7FFF_FFFF, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max] {
        for width in [4, 8] {
          var damaged = bytes
          for byte in 0..<width { damaged[index + byte] = UInt8(truncatingIfNeeded: word >> UInt64(8 * byte)) }
          _ = read(damaged)
        }
      }
    }
  }

  @Test(arguments: [
    (
      [UInt8]("PK\u{3}\u{4}not a shard".utf8),
      """
      error[shards.not-arrow]: a.arrow is not an Arrow stream
        at        a.arrow: byte 0
        expected  the bytes FF FF FF FF
        found     50 4B 03 04
        help      shards are files like data-00000-of-00016.arrow
      """
    ),
    (
      [],
      """
      error[shards.truncated]: a.arrow ends before its stream does
        at        a.arrow: byte 0
        expected  the next message, or the end of the stream
        found     end of file
        help      the file was cut off or changed: copy it anew, or build the dataset again
      """
    ),
    (
      [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0],
      """
      error[shards.truncated]: a.arrow ends before its stream does
        at        a.arrow: byte 8
        expected  a schema
        found     end of file
        help      the file was cut off or changed: copy it anew, or build the dataset again
      """
    ),
  ])
  func `What is no shard is told so`(bytes: [UInt8], message: String) {
    guard case .failure(let error) = read(bytes) else {
      Issue.record("accepted")
      return
    }
    #expect(error.description == message)
  }

  @Test func `Bytes behind the end of the stream are refused`() throws {
    let bytes = try sampleBytes()
    guard case .failure(let error) = read(bytes + [0]) else {
      Issue.record("accepted")
      return
    }
    #expect(
      error.description == """
        error[shards.trailing-bytes]: a.arrow goes on behind the end of its stream
          at        a.arrow: byte \(bytes.count)
          expected  the end of the file
          found     1 more bytes
          help      the file was cut off or changed: copy it anew, or build the dataset again
        """)
  }

  @Test func `List offsets that go back are refused with their place`() throws {
    let schema = ExampleSchema([Column("labels", .int32, .list, "")])
    try withScratchDirectory { folder in
      var batch = ExampleBatch(schema: schema)
      for count in [2, 1, 3] {
        batch.append(repeating: 7, count: count, to: 0)
        batch.finishRow(orderKey: 0)
      }
      let summary = try SampleShards.write(batch, to: folder + "/a.arrow")
      var bytes = try SampleShards.bytes(of: folder + "/a.arrow")
      // The body is the offsets, padded to 64 bytes, and 64 bytes of values.
      let offsets = summary.byteCount - 8 - 128
      #expect(Array(bytes[offsets..<offsets + 16]) == [0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 6, 0, 0, 0])
      bytes[offsets + 8] = 1
      guard case .failure(let error) = read(bytes) else {
        Issue.record("accepted")
        return
      }
      #expect(
        error.description == """
          error[shards.damaged-offsets]: the list offsets of a.arrow are damaged
            at        a.arrow: byte \(offsets + 8)
            expected  an offset from 2 to 6
            found     1
            help      the file was cut off or changed: copy it anew, or build the dataset again
          """)
    }
  }
}
