/// The one error and warning value of the whole program.
///
/// It says what was being done, where, what was expected, what was found, and what to do. One word wide, so that
/// `throws(Diagnostic)` costs nothing on the way through hot code.
///
///     error[corpus.truncated-frame]: crawl/part-0007.jsonl.zst ends inside a zstd frame
///       at        crawl/part-0007.jsonl.zst: byte 41943040, frame 12
///       expected  9312 more bytes of this frame
///       found     end of file
///       help      the download is probably incomplete: fetch it again
public struct Diagnostic: Error, Sendable {
  public enum Severity: String, Sendable, Equatable {
    case error, warning
  }

  private final class Storage: Sendable {
    let severity: Severity
    let code: String
    let message: String
    let location: SourceLocation?
    let excerpt: String?
    let expected: String?
    let found: String?
    let help: String?

    init(
      severity: Severity, code: String, message: String, location: SourceLocation?, excerpt: String?,
      expected: String?, found: String?, help: String?
    ) {
      self.severity = severity
      self.code = code
      self.message = message
      self.location = location
      self.excerpt = excerpt
      self.expected = expected
      self.found = found
      self.help = help
    }
  }

  private let storage: Storage

  /// - Parameters:
  ///   - code: stable, `area.kebab-case`; programs may match on it.
  ///   - message: one sentence without a full stop, naming the thing and what is wrong with it.
  ///   - location: where.
  ///   - excerpt: lines of the input with a caret below, already laid out.
  ///   - expected: what would have been right.
  ///   - found: what was there instead.
  ///   - help: what the reader can do about it.
  public init(
    _ code: String, _ message: String, at location: SourceLocation? = nil, excerpt: String? = nil,
    expected: String? = nil, found: String? = nil, help: String? = nil, severity: Severity = .error
  ) {
    storage = Storage(
      severity: severity, code: code, message: message, location: location, excerpt: excerpt, expected: expected,
      found: found, help: help)
  }

  public var severity: Severity { storage.severity }
  public var code: String { storage.code }
  public var message: String { storage.message }
  public var location: SourceLocation? { storage.location }
  public var excerpt: String? { storage.excerpt }
  public var expected: String? { storage.expected }
  public var found: String? { storage.found }
  public var help: String? { storage.help }

  /// The same diagnostic with some parts put in its place, for a caller that knows more (a path, a line of context).
  public func with(
    message: String? = nil, location: SourceLocation? = nil, excerpt: String? = nil, help: String? = nil,
    severity: Severity? = nil
  ) -> Diagnostic {
    Diagnostic(
      code, message ?? self.message, at: location ?? self.location, excerpt: excerpt ?? self.excerpt,
      expected: expected, found: found, help: help ?? self.help, severity: severity ?? self.severity)
  }
}

extension Diagnostic: CustomStringConvertible {
  /// The whole diagnostic for people, without a trailing newline.
  public var description: String {
    var lines = ["\(severity.rawValue)[\(code)]: \(message)"]
    func add(_ label: String, _ text: String?) {
      guard let text, !text.isEmpty else { return }
      let head = "  " + label + String(repeating: " ", count: 10 - label.utf8.count)
      let body = text.split(separator: "\n", omittingEmptySubsequences: false)
      lines.append(head + body[0])
      for line in body.dropFirst() { lines.append(String(repeating: " ", count: 12) + line) }
    }
    add("at", location?.description)
    if let excerpt { lines.append(excerpt) }
    add("expected", expected)
    add("found", found)
    add("help", help)
    return lines.joined(separator: "\n")
  }
}

extension Diagnostic: Equatable {
  public static func == (left: Diagnostic, right: Diagnostic) -> Bool {
    left.code == right.code && left.description == right.description
  }
}
