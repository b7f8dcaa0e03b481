internal import Blocks
public import JSONText

/// Something an audit found, with the exact place.
public struct Finding: Sendable, Equatable {
  public enum Severity: String, Sendable, Equatable {
    /// The dataset is not what it should be.
    case error
    /// Worth knowing, and no fault.
    case note
  }

  public var severity: Severity
  /// Stable, `area.kebab-case`: what kind of thing was found.
  public var code: String
  public var message: String
  public var place: Place
  public var expected: String?
  public var found: String?
  public var help: String?

  /// Where in the dataset, as far as it goes.
  public struct Place: Sendable, Equatable {
    public var objective: String?
    public var split: String?
    /// The file, relative to the dataset.
    public var file: String?
    /// First damaged byte of the file.
    public var byte: Int?
    /// Row of the shard, from 0.
    public var row: Int?
    /// Number of the example in its split, from 0: what `inspect --example` takes.
    public var example: Int?
    public var column: String?
    /// Position in the column's values of this row.
    public var position: Int?

    public init(objective: String? = nil, split: String? = nil, file: String? = nil) {
      self.objective = objective
      self.split = split
      self.file = file
    }
  }

  public init(
    _ code: String, _ message: String, at place: Place, severity: Severity = .error, expected: String? = nil,
    found: String? = nil, help: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.place = place
    self.expected = expected
    self.found = found
    self.help = help
  }

  /// What a check or a reader threw, at a place of the dataset.
  init(_ diagnostic: Diagnostic, at place: Place) {
    self.init(
      diagnostic.code, diagnostic.message, at: place, expected: diagnostic.expected, found: diagnostic.found,
      help: diagnostic.help)
    self.place.byte = diagnostic.location?.byte
    if let (column, position) = Self.value(namedIn: diagnostic.message) {
      self.place.column = column
      self.place.position = position
    }
  }

  /// Checks begin their message with the value that is wrong: `labels[17] is …`.
  private static func value(namedIn message: String) -> (column: String, position: Int)? {
    guard let word = message.split(separator: " ").first, word.hasSuffix("]"), let open = word.firstIndex(of: "["),
      let position = Int(word[word.index(after: open)...].dropLast())
    else { return nil }
    return (String(word[..<open]), position)
  }
}

extension Finding.Place: CustomStringConvertible {
  /// `mlm/train/data-00000-of-00002.arrow, row 17, labels[3] (example 17 of mlm/train)`
  public var description: String {
    var parts: [String] = []
    let split = [objective, split].compactMap(\.self).joined(separator: "/")
    if let file { parts.append(file) } else if !split.isEmpty { parts.append(split) }
    if let byte { parts.append("byte \(byte)") }
    if let row { parts.append("row \(row)") }
    if let column { parts.append(position.map { "\(column)[\($0)]" } ?? column) }
    return parts.joined(separator: ", ") + (example.map { " (example \($0) of \(split))" } ?? "")
  }
}

extension Finding: CustomStringConvertible {
  /// The whole finding for people, laid out as a diagnostic is.
  public var description: String {
    let text = Diagnostic(
      code, message, at: SourceLocation(path: place.description), expected: expected, found: found, help: help
    ).description
    return severity == .error ? text : "note" + text.dropFirst("error".count)
  }
}

extension Finding {
  /// One object with stable keys; parts that are not known are left out.
  public var json: JSONValue {
    var object: JSONObject = [
      "severity": .string(severity.rawValue), "code": .string(code), "message": .string(message),
    ]
    object["objective"] = place.objective.map { .string($0) }
    object["split"] = place.split.map { .string($0) }
    object["file"] = place.file.map { .string($0) }
    object["byte"] = place.byte.map { .integer($0) }
    object["row"] = place.row.map { .integer($0) }
    object["example"] = place.example.map { .integer($0) }
    object["column"] = place.column.map { .string($0) }
    object["position"] = place.position.map { .integer($0) }
    object["expected"] = expected.map { .string($0) }
    object["found"] = found.map { .string($0) }
    object["help"] = help.map { .string($0) }
    return .object(object)
  }
}
