import Blocks
import Files
import JSONText
import Shards

/// The shards that are finished, on record beside the segments: whoever publishes after a stop, or on another machine,
/// finds them and makes them no more.
///
/// A record is written when its shard has its name. It counts while the segments are those that the shard was made of,
/// and the shard proves itself by its checksum.
struct FinishedShards: Sendable {
  /// Where the records are, and the dataset's folder.
  let folder: String
  let outputPath: String
  /// XXH64 over the segments' checksums: other segments, other shards.
  let segmentsDigest: UInt64
  let fileSystem: any FileSystem

  init(
    in folder: String, of outputPath: String, segments: [Segment.Index], _ fileSystem: any FileSystem
  ) {
    self.folder = folder
    self.outputPath = outputPath
    self.fileSystem = fileSystem
    var checksums: [UInt8] = []
    for segment in segments { checksums.append(littleEndian: segment.checksum, byteCount: 8) }
    segmentsDigest = Digest.xxh64(checksums)
  }

  /// A shard that is finished; nil when it is to be made.
  ///
  /// - Parameter path: from the dataset's folder on.
  func summary(of path: String) throws(Diagnostic) -> ShardSummary? {
    let record = recordPath(of: path)
    guard try fileSystem.status(of: record) != nil else { return nil }
    // A record torn by a power cut is no record.
    guard let json = try? JSONValue(parsing: try fileSystem.readAll(record), path: record),
      json["segments"]?.string == Digest.hex(segmentsDigest), let shard = json["shard"],
      let summary = try? ShardSummary(json: shard, path: record), summary.path == lastComponent(of: path)
    else { return nil }
    do throws(Diagnostic) {
      try verifyChecksum(of: summary, in: parentDirectory(of: outputPath + "/" + path), fileSystem: fileSystem)
    } catch {
      if error.code.hasPrefix("shards.") { return nil }
      throw error
    }
    return summary
  }

  /// Puts a finished shard on record.
  func add(_ summary: ShardSummary, at path: String) throws(Diagnostic) {
    let record: JSONValue = ["segments": .string(Digest.hex(segmentsDigest)), "shard": summary.json]
    var file = try AtomicFile(recordPath(of: path), in: fileSystem)
    try file.write(JSONWriter.bytes(of: record))
    // No sync: without its record a shard is made again.
    try file.commit(durable: false)
  }

  /// `mlm.train.data-00003-of-00016.arrow.json`: all in one folder. Names with dots may meet; then one is made again.
  private func recordPath(of path: String) -> String {
    folder + "/" + path.split(separator: "/").joined(separator: ".") + ".json"
  }
}
