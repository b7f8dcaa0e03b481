import Blocks
import Files

/// One page of what a bucket holds below a prefix, as `ListObjectsV2` answers.
struct ObjectListing: Equatable {
  struct Object: Equatable {
    /// Behind the prefix, up to the next slash.
    var name: String
    var byteCount: Int
    var entityTag: String?
  }

  var objects: [Object] = []
  /// Names that have others below them.
  var folders: [String] = []
  /// Asks for the next page; nil at the last.
  var continuation: String?

  /// The query of the request: sorted and encoded as signatures want it.
  static func query(prefix: String, continuation: String?, most: Int = 1000) -> String {
    var parts = ["delimiter=%2F", "encoding-type=url", "list-type=2", "max-keys=\(most)"]
    if let continuation { parts.insert("continuation-token=\(percentEncoded(continuation))", at: 0) }
    return (parts + ["prefix=\(percentEncoded(prefix))"]).joined(separator: "&")
  }

  /// - Throws: `remote.bad-listing` for an answer that is none.
  init(_ body: [UInt8], prefix: String, path: String) throws(Diagnostic) {
    func refusal(_ found: String) -> Diagnostic {
      Diagnostic(
        "remote.bad-listing", "the server does not list '\(path)' as S3 does", at: SourceLocation(path: path),
        expected: "a ListBucketResult", found: found)
    }
    guard let text = String(validating: body, as: UTF8.self), text.firstRange(of: "<ListBucketResult") != nil else {
      throw refusal("\(body.count) bytes of something else")
    }
    func name(_ element: Substring?) throws(Diagnostic) -> String {
      guard let element, let key = percentDecoded(XMLText.characters(element)), key.hasPrefix(prefix) else {
        throw refusal("a key that does not begin with the prefix")
      }
      return String(key.unicodeScalars.dropFirst(prefix.unicodeScalars.count))
    }
    for entry in XMLText.all("Contents", in: text) {
      let name = try name(XMLText.all("Key", in: entry).first)
      guard let size = XMLText.first("Size", in: entry).flatMap({ Int($0) }), size >= 0 else {
        throw refusal("an object without a size")
      }
      // The mark that some tools put where they think of a folder.
      if name.isEmpty { continue }
      objects.append(Object(name: name, byteCount: size, entityTag: XMLText.first("ETag", in: entry)))
    }
    for entry in XMLText.all("CommonPrefixes", in: text) {
      let name = try name(XMLText.all("Prefix", in: entry).first)
      folders.append(String(name.dropLast(name.hasSuffix("/") ? 1 : 0)))
    }
    continuation =
      XMLText.first("IsTruncated", in: text) == "true" ? XMLText.first("NextContinuationToken", in: text) : nil
  }
}
