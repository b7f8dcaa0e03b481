import Blocks
import JSONText
import Shards

/// What one block held and what became of it; the sum over all blocks is what the manifest says.
struct BlockSummary: Sendable, Equatable {
  /// What one objective made of the block.
  struct ObjectiveCounts: Sendable, Equatable {
    var windows = 0
    var examples = 0
    /// Tokens in windows, marks of document ends and overlaps included.
    var tokens = 0
    /// Tokens in no window.
    var droppedTokens = 0
    /// Windows and tails that gave no example.
    var dropped = ReasonCounts()

    mutating func add(_ other: ObjectiveCounts) {
      windows += other.windows
      examples += other.examples
      tokens += other.tokens
      droppedTokens += other.droppedTokens
      dropped.add(other.dropped)
    }
  }

  var fileIndex: Int
  var blockIndex: Int
  var path: String
  /// Hash of the documents as they were read: a later run makes a segment again when the input says something else.
  var sourceDigest: UInt64 = 0
  /// Documents that gave tokens.
  var documents = 0
  var validationDocuments = 0
  /// Decompressed bytes of the input.
  var sourceBytes = 0
  /// Bytes of text after the text steps.
  var textBytes = 0
  var tokens = 0
  /// All documents that were left out, by the code of the reason.
  var skips = ReasonCounts()
  /// The first `maximumListedSkips` of them.
  var skipped: [SkippedDocument] = []
  /// Documents that are well and take no part, by the reason.
  var leftOut = ReasonCounts()
  /// In the recipe's order.
  var objectives: [ObjectiveCounts] = []

  var skippedCount: Int { skips.entries.reduce(0) { $0 + $1.count } }

  var leftOutCount: Int { leftOut.entries.reduce(0) { $0 + $1.count } }

  /// As many as a manifest lists, so that its list has no gaps.
  static let maximumListedSkips = Manifest.defaultSkippedLimit
}

extension BlockSummary {
  var json: JSONValue {
    .object(
      JSONObject([
        ("file", .integer(fileIndex)), ("block", .integer(blockIndex)), ("path", .string(path)),
        ("source_digest", .string(Digest.hex(sourceDigest))),
        ("documents", .integer(documents)), ("validation_documents", .integer(validationDocuments)),
        ("source_bytes", .integer(sourceBytes)), ("text_bytes", .integer(textBytes)), ("tokens", .integer(tokens)),
        ("skips", skips.json), ("left_out", leftOut.json), ("skipped", .array(skipped.map(Self.json(of:)))),
        (
          "objectives",
          .array(
            objectives.map { counts in
              .object(
                JSONObject([
                  ("windows", .integer(counts.windows)), ("examples", .integer(counts.examples)),
                  ("tokens", .integer(counts.tokens)), ("dropped_tokens", .integer(counts.droppedTokens)),
                  ("dropped", counts.dropped.json),
                ]))
            })
        ),
      ]))
  }

  init?(json: JSONValue) {
    guard let file = json["file"]?.integer, let block = json["block"]?.integer, let path = json["path"]?.string
    else { return nil }
    self.init(fileIndex: file, blockIndex: block, path: path)
    sourceDigest = (json["source_digest"]?.string).flatMap { UInt64($0, radix: 16) } ?? 0
    documents = json["documents"]?.integer ?? 0
    validationDocuments = json["validation_documents"]?.integer ?? 0
    sourceBytes = json["source_bytes"]?.integer ?? 0
    textBytes = json["text_bytes"]?.integer ?? 0
    tokens = json["tokens"]?.integer ?? 0
    skips = ReasonCounts(json: json["skips"])
    leftOut = ReasonCounts(json: json["left_out"])
    skipped = (json["skipped"]?.array ?? []).map(Self.skipped(from:))
    objectives = (json["objectives"]?.array ?? []).map { entry in
      var counts = ObjectiveCounts()
      counts.windows = entry["windows"]?.integer ?? 0
      counts.examples = entry["examples"]?.integer ?? 0
      counts.tokens = entry["tokens"]?.integer ?? 0
      counts.droppedTokens = entry["dropped_tokens"]?.integer ?? 0
      counts.dropped = ReasonCounts(json: entry["dropped"])
      return counts
    }
  }

  private static func json(of skip: SkippedDocument) -> JSONValue {
    func number(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    let place = skip.location
    return .object([
      "path": .string(place.path), "line": number(place.line), "column": number(place.column),
      "byte": number(place.byte), "frame": number(place.frame),
      "code": .string(skip.code), "message": .string(skip.message),
    ])
  }

  private static func skipped(from json: JSONValue) -> SkippedDocument {
    SkippedDocument(
      location: SourceLocation(
        path: json["path"]?.string ?? "", byte: json["byte"]?.integer, line: json["line"]?.integer,
        column: json["column"]?.integer, frame: json["frame"]?.integer),
      code: json["code"]?.string ?? "", message: json["message"]?.string ?? "")
  }
}

extension [Segment.Index] {
  /// Forgets the listed skips that no manifest will list, however many segments come between those that are here.
  mutating func keepFirstSkips(_ limit: Int) {
    sort { ($0.summary.fileIndex, $0.summary.blockIndex) < ($1.summary.fileIndex, $1.summary.blockIndex) }
    var room = limit
    for index in indices where !self[index].summary.skipped.isEmpty {
      let count = self[index].summary.skipped.count
      if count > room { self[index].summary.skipped.removeLast(count - room) }
      room -= Swift.min(room, count)
    }
  }
}
