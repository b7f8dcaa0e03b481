public import Blocks
public import Files
import JSONText

/// `dataset.json` as a file: it ends with a checksum of all that stands before it.
///
///     …
///       "checksum": "0123456789abcdef"        XXH64 of every byte in front of the first digit
///     }
extension Manifest {
  /// Writes `dataset.json` to a folder: it appears whole, after everything else is on disk.
  ///
  /// Lists of counts are sorted by reason, and skipped documents beyond the limit are cut off, so that equal manifests
  /// have equal bytes.
  public func write(to folder: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    var file = try AtomicFile(path(of: Self.fileName, in: folder), in: fileSystem)
    try file.write(fileBytes)
    try file.commit()
  }

  /// Reads the manifest of a finished dataset. Keys it does not know are passed over.
  ///
  /// - Throws: `shards.no-dataset` when there is none, `shards.unknown-format` for another format version,
  ///   `shards.damaged-manifest` when it is not what was written, `shards.invalid-manifest` with the key for anything
  ///   that is missing or of the wrong kind, `json.…`.
  public init(readingFrom folder: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    let file = path(of: Self.fileName, in: folder)
    guard let status = try fileSystem.status(of: file), status.kind == .file else {
      throw Diagnostic(
        "shards.no-dataset", "there is no complete dataset in '\(folder)'", at: SourceLocation(path: file),
        expected: "\(Self.fileName), which is written when everything else is",
        help: "check the path; or the build was stopped: run it again to finish it")
    }
    let bytes = try fileSystem.readAll(file)
    let json = try JSONValue(parsing: bytes, path: file)
    try self.init(json: json, path: file)
    // Format version 1 had no checksum: what has one is not of that version, whatever it says.
    if formatVersion > 1 || json["checksum"] != nil { try Self.proveChecksum(of: bytes, path: file) }
  }

  var fileBytes: [UInt8] {
    guard case .object(var object) = json else { preconditionFailure("a manifest is an object") }
    if formatVersion == 1 { return indentedFile(json) }
    // Sixteen digits hold the place.
    object["checksum"] = .string(Digest.hex(0))
    let head = indentedFile(.object(object)).dropLast(16 + Self.tail.count)
    return head + Array(Digest.hex(Digest.xxh64(Array(head))).utf8) + Self.tail
  }

  /// What stands behind the last digit of the checksum, and in front of the first.
  private static let tail = Array("\"\n}\n".utf8)
  private static let lead = Array("\n  \"checksum\": \"".utf8)

  private static func proveChecksum(of bytes: [UInt8], path: String) throws(Diagnostic) {
    let head = bytes.dropLast(16 + tail.count)
    let checksum = Digest.hex(Digest.xxh64(Array(head)))
    if bytes.suffix(16 + tail.count) == Array(checksum.utf8) + tail, head.suffix(lead.count).elementsEqual(lead) {
      return
    }
    throw Diagnostic(
      "shards.damaged-manifest", "\(path) is not what was written", at: SourceLocation(path: path),
      expected: "a checksum of \(checksum) as the last key",
      help: "the file was changed by hand, or is damaged: copy it anew, or build the dataset again")
  }
}
