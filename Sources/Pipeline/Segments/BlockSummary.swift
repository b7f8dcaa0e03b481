import Blocks
import JSONText

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
    /// Reason → how many windows or tails; sorted by reason.
    var dropped: [(reason: String, count: Int)] = []

    static func == (left: Self, right: Self) -> Bool {
      left.windows == right.windows && left.examples == right.examples && left.tokens == right.tokens
        && left.droppedTokens == right.droppedTokens && left.dropped.map(\.reason) == right.dropped.map(\.reason)
        && left.dropped.map(\.count) == right.dropped.map(\.count)
    }

    mutating func add(_ other: ObjectiveCounts) {
      windows += other.windows
      examples += other.examples
      tokens += other.tokens
      droppedTokens += other.droppedTokens
      for (reason, count) in other.dropped { addDropped(reason, count) }
    }

    mutating func addDropped(_ reason: String, _ count: Int) {
      guard count > 0 else { return }
      if let index = dropped.firstIndex(where: { $0.reason == reason }) {
        dropped[index].count += count
      } else {
        dropped.append((reason, count))
        dropped.sort { $0.reason < $1.reason }
      }
    }
  }

  var fileIndex: Int
  var blockIndex: Int
  var path: String
  var documents = 0
  var validationDocuments = 0
  /// Decompressed bytes of the input.
  var sourceBytes = 0
  /// Bytes of text after the text steps.
  var textBytes = 0
  var tokens = 0
  var skippedCount = 0
  /// At most `maximumListedSkips` of them; the count above is whole.
  var skipped: [SkippedDocument] = []
  /// In the recipe's order.
  var objectives: [ObjectiveCounts] = []

  /// Skipped documents listed for each block: enough to find a systematic fault, little enough to keep in memory.
  static let maximumListedSkips = 100
}

extension BlockSummary {
  var json: JSONValue {
    .object(
      JSONObject([
        ("file", .integer(fileIndex)), ("block", .integer(blockIndex)), ("path", .string(path)),
        ("documents", .integer(documents)), ("validation_documents", .integer(validationDocuments)),
        ("source_bytes", .integer(sourceBytes)), ("text_bytes", .integer(textBytes)), ("tokens", .integer(tokens)),
        ("skipped_count", .integer(skippedCount)), ("skipped", .array(skipped.map(Self.json(of:)))),
        (
          "objectives",
          .array(
            objectives.map { counts in
              .object(
                JSONObject([
                  ("windows", .integer(counts.windows)), ("examples", .integer(counts.examples)),
                  ("tokens", .integer(counts.tokens)), ("dropped_tokens", .integer(counts.droppedTokens)),
                  ("dropped", .object(JSONObject(counts.dropped.map { ($0.reason, .integer($0.count)) }))),
                ]))
            })
        ),
      ]))
  }

  init?(json: JSONValue) {
    guard let file = json["file"]?.integer, let block = json["block"]?.integer, let path = json["path"]?.string
    else { return nil }
    self.init(fileIndex: file, blockIndex: block, path: path)
    documents = json["documents"]?.integer ?? 0
    validationDocuments = json["validation_documents"]?.integer ?? 0
    sourceBytes = json["source_bytes"]?.integer ?? 0
    textBytes = json["text_bytes"]?.integer ?? 0
    tokens = json["tokens"]?.integer ?? 0
    skippedCount = json["skipped_count"]?.integer ?? 0
    skipped = (json["skipped"]?.array ?? []).map(Self.skipped(from:))
    objectives = (json["objectives"]?.array ?? []).map { entry in
      var counts = ObjectiveCounts()
      counts.windows = entry["windows"]?.integer ?? 0
      counts.examples = entry["examples"]?.integer ?? 0
      counts.tokens = entry["tokens"]?.integer ?? 0
      counts.droppedTokens = entry["dropped_tokens"]?.integer ?? 0
      for (reason, count) in entry["dropped"]?.object?.members ?? [] {
        counts.addDropped(reason, count.integer ?? 0)
      }
      return counts
    }
  }

  private static func json(of skip: SkippedDocument) -> JSONValue {
    .object(
      JSONObject([
        ("path", .string(skip.location.path)),
        ("line", skip.location.line.map { .integer($0) } ?? .null),
        ("byte", skip.location.byte.map { .integer($0) } ?? .null),
        ("code", .string(skip.code)), ("message", .string(skip.message)),
      ]))
  }

  private static func skipped(from json: JSONValue) -> SkippedDocument {
    SkippedDocument(
      location: SourceLocation(
        path: json["path"]?.string ?? "", byte: json["byte"]?.integer, line: json["line"]?.integer),
      code: json["code"]?.string ?? "", message: json["message"]?.string ?? "")
  }
}
