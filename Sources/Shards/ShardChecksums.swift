import ArrowIPC
public import Blocks
public import Files

/// Proves that a shard has the bytes that were written.
///
/// Reads the file once, in order; a second time only to find out which record batch is damaged.
///
/// - Parameter folder: the folder of the shard's split.
/// - Throws: `shards.missing-shard`, `shards.size-mismatch`, or `shards.checksum-mismatch` with the record batch, its
///   rows and its bytes.
public func verifyChecksum(
  of shard: ShardSummary, in folder: String, fileSystem: any FileSystem
) throws(Diagnostic) {
  let place = path(of: shard.path, in: folder)
  guard let status = try fileSystem.status(of: place), status.kind == .file else {
    throw Diagnostic(
      "shards.missing-shard", "\(place) is missing", at: SourceLocation(path: place),
      expected: "a file of \(shard.byteCount) bytes", help: "copy the dataset anew, or build it again")
  }
  guard status.byteCount == shard.byteCount else {
    throw Diagnostic(
      "shards.size-mismatch", "\(place) has not the size it was written with", at: SourceLocation(path: place),
      expected: "\(shard.byteCount) bytes", found: "\(status.byteCount) bytes", help: ShardReader.damageHelp)
  }
  let checksum = try checksums(ofPieces: [shard.byteCount], of: place, in: fileSystem)[0]
  if checksum == shard.checksum { return }
  let damage = try firstDamage(to: shard, at: place, in: fileSystem)
  throw Diagnostic(
    "shards.checksum-mismatch", "\(place) is not what was written",
    at: SourceLocation(path: place, byte: damage?.byteRange.lowerBound),
    expected: "XXH64 \(Digest.hex(shard.checksum))", found: "XXH64 \(Digest.hex(checksum))",
    help: (damage.map { $0.text + "\n" } ?? "") + ShardReader.damageHelp)
}

/// The first piece of a shard whose checksum differs; nil when the summary itself does not add up.
private func firstDamage(
  to shard: ShardSummary, at place: String, in fileSystem: any FileSystem
) throws(Diagnostic) -> (byteRange: Range<Int>, text: String)? {
  let batches = shard.recordBatches
  let schemaByteCount =
    shard.byteCount - ArrowFormat.endOfStream.count - batches.reduce(0) { $0 + $1.byteCount }
  guard schemaByteCount >= 0, batches.allSatisfy({ $0.byteCount >= 0 && $0.rowCount >= 0 }) else { return nil }
  let found = try checksums(ofPieces: [schemaByteCount] + batches.map(\.byteCount), of: place, in: fileSystem)
  var byte = schemaByteCount
  var row = 0
  for (index, batch) in batches.enumerated() {
    let range = byte..<byte + batch.byteCount
    if found[index + 1] != batch.checksum {
      return (
        range,
        "record batch \(index) is the first that differs: rows \(row) to \(row + batch.rowCount - 1), "
          + "bytes \(range.lowerBound) to \(range.upperBound - 1)"
      )
    }
    byte = range.upperBound
    row += batch.rowCount
  }
  return (0..<schemaByteCount, "all record batches are whole: the schema or the end mark differs")
}

/// XXH64 of consecutive pieces of a file, from its start. What a file lacks at its end counts as absent.
private func checksums(
  ofPieces byteCounts: [Int], of path: String, in fileSystem: any FileSystem
) throws(Diagnostic) -> [UInt64] {
  let file = try fileSystem.openForReading(path)
  var buffer = Array(repeating: UInt8(0), count: 1 << 20)
  var checksums: [UInt64] = []
  for byteCount in byteCounts {
    var hash = XXH64()
    var left = byteCount
    while left > 0 {
      let room = min(left, buffer.count)
      var span = buffer.mutableSpan
      let count = try unsafe span.withUnsafeMutableBytes { bytes throws(Diagnostic) in
        try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<room]))
      }
      if count == 0 { break }
      unsafe hash.update(buffer.span.extracting(0..<count).bytes)
      left -= count
    }
    checksums.append(hash.value)
  }
  return checksums
}
