import Blocks

/// Why a request did not bring what it should: the connection, or what the other side answered.
struct RemoteProblem: Error {
  var reason: String
  /// 0 where there was no answer.
  var status = 0
  var isTransient: Bool
  var retryAfterSeconds: Int?
  var bucketRegion: String?
  /// In what the content differs from what it was; no other attempt helps.
  private(set) var change: String?

  static func change(_ what: String) -> RemoteProblem {
    var problem = RemoteProblem(reason: what, isTransient: false)
    problem.change = what
    return problem
  }

  static let noMemory = RemoteProblem(reason: "there is no memory left for a request", isTransient: false)

  init(reason: String, isTransient: Bool) {
    self.reason = reason
    self.isTransient = isTransient
  }

  /// - Parameter body: of S3's answers it says what is wrong.
  init(_ head: ResponseHead, _ body: [UInt8]) {
    status = head.status
    isTransient = head.isTransientFailure
    retryAfterSeconds = head.retryAfterSeconds
    bucketRegion = head.bucketRegion
    let text = String(decoding: body.prefix(1 << 16), as: UTF8.self)
    let code = XMLText.first("Code", in: text)
    reason = "status \(head.status)" + (code.map { " (\($0))" } ?? "")
  }

  /// - Parameter attempts: how many were made.
  func diagnostic(_ path: String, attempts: Int) -> Diagnostic {
    let tried = attempts > 1 ? ", after \(attempts) attempts" : ""
    let location = SourceLocation(path: path)
    if let bucketRegion {
      return Diagnostic(
        "remote.wrong-region", "the bucket of '\(path)' is in another region", at: location, found: bucketRegion,
        help: "set AWS_REGION=\(bucketRegion)")
    }
    switch status {
    case 0:
      return Diagnostic(
        "remote.unreachable", "cannot reach '\(path)'", at: location, found: reason + tried,
        help: "check the address and the network, then run the same command again: it goes on from there")
    case 404, 410:
      return Diagnostic("remote.not-found", "there is no '\(path)'", at: location, found: reason)
    case 401, 403:
      return Diagnostic(
        "remote.refused", "the server does not let '\(path)' be read", at: location, found: reason,
        help: path.lowercased().hasPrefix("s3:")
          ? "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION; an object that is not "
            + "there is refused, too, where its bucket may not be listed" : nil)
    default:
      return Diagnostic(
        "remote.failed", "the server failed to give '\(path)'", at: location, found: reason + tried,
        help: isTransient ? "run the same command again later: it goes on from there" : nil)
    }
  }

  /// The content is another one than it was.
  static func changed(_ path: String, _ what: String, at byte: Int) -> Diagnostic {
    Diagnostic(
      "remote.changed", "'\(path)' was changed while it was read", at: SourceLocation(path: path, byte: byte),
      found: what, help: "run the command again when nothing writes to it any more")
  }
}

/// Just enough of XML for what S3 answers: elements without attributes, in documents that it makes itself.
enum XMLText {
  /// The texts of all elements of a name, in order, whatever lies around them.
  static func all(_ name: String, in text: some StringProtocol) -> [Substring] {
    var found: [Substring] = []
    var rest = Substring(text)
    while let start = rest.firstRange(of: "<\(name)>"),
      let end = rest[start.upperBound...].firstRange(of: "</\(name)>")
    {
      found.append(rest[start.upperBound..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
    return found
  }

  /// The characters of the first element of a name.
  static func first(_ name: String, in text: some StringProtocol) -> String? {
    all(name, in: text).first.map(characters)
  }

  /// The text with its references replaced.
  static func characters(_ text: Substring) -> String {
    var result = ""
    var rest = text
    while let mark = rest.firstIndex(of: "&"), let end = rest[mark...].firstIndex(of: ";") {
      result += rest[..<mark]
      let name = rest[rest.index(after: mark)..<end]
      result += scalar(name).map { String(Character($0)) } ?? "&\(name);"
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private static func scalar(_ name: Substring) -> Unicode.Scalar? {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default: break
    }
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return value.flatMap(Unicode.Scalar.init)
  }
}
