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
  let checksum = try checksums(of: place, cutInto: [shard.byteCount], in: fileSystem)[0]
  if checksum == shard.checksum { return }
  throw Diagnostic(
    "shards.checksum-mismatch", "\(place) is not what was written",
    at: SourceLocation(path: place, byte: try firstDamagedByteRange(of: shard, at: place, in: fileSystem)?.start),
    expected: "XXH64 \(Digest.hex(shard.checksum))", found: "XXH64 \(Digest.hex(checksum))",
    help: [try firstDamagedByteRange(of: shard, at: place, in: fileSystem)?.description, ShardReader.damageHelp]
      .compactMap(\.self).joined(separator: "\n"))
}
