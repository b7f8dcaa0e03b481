/// What to ask for.
struct Request {
  var url: String
  /// Signed when there are credentials, and never sent on to another host.
  var isToS3 = false
  /// `0-99`
  var range: String?
  var headers: [String] = []
}

/// The head of a response, as far as it matters here.
struct ResponseHead: Equatable {
  var status = 0
  var isComplete = false
  var followsRedirects = false
  private(set) var entityTag: String?
  private(set) var lastModified: String?
  private(set) var contentLength: Int?
  /// First byte and total of `Content-Range: bytes 5-9/10`; the total nil for `*`.
  private(set) var range: (start: Int, total: Int?)?
  private(set) var retryAfterSeconds: Int?
  private(set) var bucketRegion: String?
  private var isRedirect = false

  /// Takes a line; the first of each response forgets the response before it, a redirection or an interim one.
  mutating func add(line: String) {
    let line = line.filter { $0 != "\r\n" && $0 != "\r" && $0 != "\n" }
    if line.hasPrefix("HTTP/") {
      let follows = followsRedirects
      self = ResponseHead()
      followsRedirects = follows
      status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      return
    }
    if line.isEmpty {
      isComplete = status >= 200 && !(followsRedirects && isRedirect)
      return
    }
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    switch line[..<colon].lowercased() {
    case "etag": entityTag = String(value)
    case "last-modified": lastModified = String(value)
    case "content-length": contentLength = Int(value).flatMap { $0 >= 0 ? $0 : nil }
    case "content-range": range = Self.range(value)
    case "retry-after": retryAfterSeconds = Int(value).flatMap { $0 >= 0 ? $0 : nil }
    case "x-amz-bucket-region": bucketRegion = String(value)
    case "location": isRedirect = (300..<400).contains(status)
    default: break
    }
  }

  /// Other attempts may go better.
  var isTransientFailure: Bool { status == 408 || status == 429 || status >= 500 }

  private static func range(_ value: Substring) -> (start: Int, total: Int?)? {
    guard value.lowercased().hasPrefix("bytes ") else { return nil }
    let parts = value.dropFirst(6).split(separator: "/")
    guard parts.count == 2, let start = parts[0].split(separator: "-").first.flatMap({ Int($0) }), start >= 0 else {
      return nil
    }
    return (start, Int(parts[1]).flatMap { $0 >= 0 ? $0 : nil })
  }

  static func == (left: ResponseHead, right: ResponseHead) -> Bool {
    left.status == right.status && left.entityTag == right.entityTag && left.contentLength == right.contentLength
      && left.range?.start == right.range?.start && left.range?.total == right.range?.total
  }
}
