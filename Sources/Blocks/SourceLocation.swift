/// A place in an input: which file, and where in its decompressed content.
///
/// Every part but the path is optional; a diagnostic prints those that are known.
public struct SourceLocation: Sendable, Equatable, Hashable {
  /// The path as the user gave it; `-` is standard input.
  public var path: String
  /// Offset in bytes from the start of the decompressed content, from 0.
  public var byte: Int?
  /// Line of the decompressed content, from 1.
  public var line: Int?
  /// Column in that line in bytes, from 1.
  public var column: Int?
  /// Number of the compressed frame or member, from 0.
  public var frame: Int?
  /// Row of a table, from 1, where the content has rows and no lines.
  public var row: Int?
  /// Row group or record batch of a table, from 0.
  public var group: Int?

  public init(
    path: String, byte: Int? = nil, line: Int? = nil, column: Int? = nil, frame: Int? = nil, row: Int? = nil,
    group: Int? = nil
  ) {
    self.path = path
    self.byte = byte
    self.line = line
    self.column = column
    self.frame = frame
    self.row = row
    self.group = group
  }
}

extension SourceLocation: CustomStringConvertible {
  /// `crawl/part-0007.jsonl.zst: byte 41943040, line 88213, frame 12`
  public var description: String {
    let place = placeInFile
    return place.isEmpty ? path : "\(path): \(place)"
  }

  /// The place without the path, empty when only the file is known.
  public var placeInFile: String {
    var parts: [String] = []
    if let row { parts.append("row \(row)") }
    if let group { parts.append("row group \(group)") }
    if let line { parts.append("line \(line)") }
    if let column { parts.append("column \(column)") }
    if let byte { parts.append("byte \(byte)") }
    if let frame { parts.append("frame \(frame)") }
    return parts.joined(separator: ", ")
  }
}
