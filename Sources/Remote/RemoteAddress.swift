import Blocks
import Files

/// An address of something that is not on this machine.
enum RemoteAddress: Equatable {
  case web(url: String)
  case object(bucket: String, key: String)

  /// - Returns: nil for a path of this machine.
  /// - Throws: `remote.credentials-in-address`, `remote.bad-address`.
  static func parse(_ path: String) throws(Diagnostic) -> RemoteAddress? {
    guard let scheme = scheme(of: path) else { return nil }
    let rest = path.dropFirst(scheme.utf8.count + 3)
    if scheme == "s3" {
      let bucket = rest.prefix { $0 != "/" }
      guard !bucket.isEmpty, bucket.utf8.allSatisfy(isBucketByte) else { throw bad(path, expected: "s3://bucket/key") }
      return .object(bucket: String(bucket), key: String(rest.dropFirst(bucket.count).drop { $0 == "/" }))
    }
    let authority = rest.prefix { !["/", "?", "#"].contains($0) }
    guard !authority.isEmpty else { throw bad(path, expected: "\(scheme)://host/path") }
    if authority.contains("@") || namesSecret(rest) { throw secret(in: path, authority: String(authority), scheme) }
    guard path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw bad(path, expected: "an address without spaces: write %20")
    }
    return .web(url: path.prefix { $0 != "#" }.reduce(into: "") { $0 += percentEncodedUnlessASCII($1) })
  }

  /// The URL of a request, without a query.
  func url(_ settings: RemoteSettings) -> String {
    switch self {
    case .web(let url): return url
    case .object(let bucket, let key):
      let key = percentEncoded(key, keepingSlashes: true)
      if let endpoint = settings.endpoint { return "\(endpoint)/\(bucket)/\(key)" }
      // A certificate for *.s3.… covers no further dot.
      if bucket.contains(".") { return "https://s3.\(settings.region).amazonaws.com/\(bucket)/\(key)" }
      return "https://\(bucket).s3.\(settings.region).amazonaws.com/\(key)"
    }
  }

  var isObject: Bool {
    if case .object = self { return true }
    return false
  }

  private static func scheme(of path: String) -> String? {
    ["https", "http", "s3"].first { scheme in
      path.utf8.count > scheme.utf8.count + 3 && path.lowercased().hasPrefix(scheme + "://")
    }
  }

  private static func isBucketByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Whether the query holds what lets anybody in: paths are written into datasets.
  private static func namesSecret(_ rest: Substring) -> Bool {
    guard let mark = rest.firstIndex(of: "?") else { return false }
    return rest[rest.index(after: mark)...].split(separator: "&").contains { parameter in
      secretParameters.contains(parameter.prefix { $0 != "=" }.lowercased())
    }
  }

  private static let secretParameters: Set<String> = [
    "x-amz-signature", "x-amz-credential", "x-amz-security-token", "x-goog-signature", "x-goog-credential",
    "awsaccesskeyid", "signature", "sig", "token", "access_token", "auth_token", "api_key", "apikey", "password",
  ]

  private static func bad(_ path: String, expected: String) -> Diagnostic {
    Diagnostic("remote.bad-address", "'\(path)' is no address that can be read", expected: expected)
  }

  /// The message shows nothing of the secret.
  private static func secret(in path: String, authority: String, _ scheme: String) -> Diagnostic {
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    return Diagnostic(
      "remote.credentials-in-address", "an address at '\(scheme)://\(host)' holds credentials",
      expected: "an address that may stand in a dataset: inputs are listed in dataset.json",
      help: "take them out; for S3, name the object as s3://bucket/key and set AWS_ACCESS_KEY_ID and "
        + "AWS_SECRET_ACCESS_KEY")
  }
}

/// Every byte but letters, digits and `-._~` as `%XX`, as signatures want it.
func percentEncoded(_ text: String, keepingSlashes: Bool = false) -> String {
  var result = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      result.unicodeScalars.append(Unicode.Scalar(byte))
    case UInt8(ascii: "/") where keepingSlashes: result += "/"
    default: result += "%" + hexadecimal(byte)
    }
  }
  return result
}

/// `%XX` as the bytes they are; nil where those are no UTF-8.
func percentDecoded(_ text: String) -> String? {
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "%"), rest.count >= 2,
      let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
    {
      bytes.append(value)
      rest = rest.dropFirst(2)
    } else {
      bytes.append(byte)
    }
  }
  return String(validating: bytes, as: UTF8.self)
}

private func percentEncodedUnlessASCII(_ character: Character) -> String {
  character.utf8.reduce(into: "") { text, byte in
    if byte < 0x80 { text.unicodeScalars.append(Unicode.Scalar(byte)) } else { text += "%" + hexadecimal(byte) }
  }
}

private func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}
