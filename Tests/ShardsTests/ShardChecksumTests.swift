import Blocks
import Files
import Shards
import TestSupport
import Testing

@Suite struct ShardChecksumTests {
  private func message(_ shard: ShardSummary, in folder: String) -> String? {
    do throws(Diagnostic) {
      try verifyChecksum(of: shard, in: folder, fileSystem: FaultyFileSystem(longestRead: 100))
      return nil
    } catch {
      return error.description.replacing(folder + "/", with: "")
    }
  }

  @Test func `Every changed byte is found, with the record batch that holds it`() throws {
    try withScratchDirectory { folder in
      let batch = SampleShards.batch(SampleShards.small, rows: 8)
      let shard = try SampleShards.write(batch, to: folder + "/a.arrow", rowsPerRecordBatch: 3)
      #expect(message(shard, in: folder) == nil)
      let bytes = try SampleShards.bytes(of: folder + "/a.arrow")
      let batches = shard.recordBatches.map(\.byteCount)
      let start = bytes.count - 8 - batches.reduce(0, +)
      let second = start + batches[0]..<start + batches[0] + batches[1]
      for place in [second.lowerBound, second.upperBound - 1] {
        var damaged = bytes
        damaged[place] ^= 1
        try LocalFileSystem().write(damaged, to: folder + "/a.arrow")
        #expect(
          message(shard, in: folder) == """
            error[shards.checksum-mismatch]: a.arrow is not what was written
              at        a.arrow: byte \(second.lowerBound)
              expected  XXH64 \(Digest.hex(shard.checksum))
              found     XXH64 \(Digest.hex(Digest.xxh64(damaged)))
              help      record batch 1 is the first that differs: rows 3 to 5, \
            bytes \(second.lowerBound) to \(second.upperBound - 1)
                        the file was cut off or changed: copy it anew, or build the dataset again
            """)
      }
      for place in [0, start - 1, bytes.count - 1] {
        var damaged = bytes
        damaged[place] ^= 1
        try LocalFileSystem().write(damaged, to: folder + "/a.arrow")
        #expect(message(shard, in: folder)?.contains("all record batches are whole") == true)
      }
    }
  }

  @Test func `A shard of another size or none at all is named`() throws {
    try withScratchDirectory { folder in
      let batch = SampleShards.batch(SampleShards.small, rows: 1)
      let shard = try SampleShards.write(batch, to: folder + "/a.arrow")
      try LocalFileSystem().write(
        Array(try SampleShards.bytes(of: folder + "/a.arrow").dropLast()), to: folder + "/a.arrow")
      #expect(
        message(shard, in: folder) == """
          error[shards.size-mismatch]: a.arrow has not the size it was written with
            at        a.arrow
            expected  \(shard.byteCount) bytes
            found     \(shard.byteCount - 1) bytes
            help      the file was cut off or changed: copy it anew, or build the dataset again
          """)
      try LocalFileSystem().remove(folder + "/a.arrow")
      #expect(
        message(shard, in: folder) == """
          error[shards.missing-shard]: a.arrow is missing
            at        a.arrow
            expected  a file of \(shard.byteCount) bytes
            help      copy the dataset anew, or build it again
          """)
    }
  }
}
