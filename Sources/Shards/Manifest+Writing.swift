import Blocks
package import JSONText

extension Manifest {
  /// The content of `dataset.json`.
  var json: JSONValue {
    [
      "format_version": .integer(formatVersion),
      "palimpsest_version": .string(palimpsestVersion),
      "seed": exact(seed),
      "recipe_digest": .string(recipeDigest),
      "recipe": recipe,
      "tokenizer": tokenizer.json,
      "inputs": .array(
        inputs.map { input in
          var object: JSONObject = [
            "path": .string(input.path), "documents": .integer(input.documents), "bytes": .integer(input.bytes),
          ]
          if input.weight != 1 { object["weight"] = .number(input.weight) }
          object["file_bytes"] = input.file.map { .integer($0.byteCount) }
          object["checksum"] = input.file.map { .string(Digest.hex($0.checksum)) }
          return .object(object)
        }),
      "counts": [
        "documents": .integer(counts.documents), "text_bytes": .integer(counts.textBytes),
        "tokens": .integer(counts.tokens), "skipped": .integer(counts.skipped),
        "dropped": json(of: counts.dropped),
      ],
      "skipped_limit": .integer(skippedLimit),
      "skipped": .array(skipped.prefix(skippedLimit).map(json)),
      "objectives": .array(
        objectives.map { objective in
          var object: JSONObject = [
            "name": .string(objective.name),
            "kind": .string(objective.kind),
            "settings": objective.settings,
            "epochs": .integer(objective.epochs),
            "tokens": .integer(objective.tokens),
            "dropped": json(of: objective.dropped),
            "columns": .array(objective.schema.columns.map(\.json)),
            "splits": .array(
              objective.splits.map { split in
                var object: JSONObject = [
                  "name": .string(split.name), "rows": .integer(split.rows),
                  "shards": .array(split.shards.map(\.json)),
                ]
                object["batches"] = split.batchCount.map { .integer($0) }
                object["bin"] = split.bin.map { .integer($0) }
                return .object(object)
              }),
          ]
          object["lexicon_digest"] = objective.lexiconDigest.map { .string(Digest.hex($0)) }
          return .object(object)
        }),
    ]
  }

  /// Counts by reason, sorted by the reason's bytes.
  private func json(of drops: [ManifestDrop]) -> JSONValue {
    .object(
      JSONObject(
        drops.sorted { $0.reason.utf8.lexicographicallyPrecedes($1.reason.utf8) }
          .map { (key: $0.reason, value: .integer($0.count)) }))
  }

  /// A skipped document with the parts of its place that are known.
  private func json(of document: SkippedDocument) -> JSONValue {
    var object: JSONObject = ["path": .string(document.location.path)]
    object["byte"] = document.location.byte.map { .integer($0) }
    object["line"] = document.location.line.map { .integer($0) }
    object["column"] = document.location.column.map { .integer($0) }
    object["frame"] = document.location.frame.map { .integer($0) }
    object["code"] = .string(document.code)
    object["message"] = .string(document.message)
    return .object(object)
  }
}

extension ManifestTokenizer {
  fileprivate var json: JSONValue {
    [
      "path": .string(path),
      "digest": .string(Digest.hex(digest)),
      "vocabulary_size": .integer(vocabularySize),
      "special_tokens": .object(
        JSONObject(
          SpecialTokens.Role.allCases.compactMap { role in
            ids[role].map { (key: role.rawValue, value: .integer(Int($0))) }
          })),
      "sentinels": .array(sentinels.map { .integer(Int($0)) }),
      "other_special": .array(otherSpecial.map { .integer(Int($0)) }),
    ]
  }
}

extension ShardSummary {
  package var json: JSONValue {
    [
      "path": .string(path), "rows": .integer(rowCount), "bytes": .integer(byteCount),
      "checksum": .string(Digest.hex(checksum)),
      "record_batches": .array(
        recordBatches.map {
          [
            "rows": .integer($0.rowCount), "bytes": .integer($0.byteCount),
            "checksum": .string(Digest.hex($0.checksum)),
          ]
        }),
    ]
  }
}

/// A number that readers with 53-bit integers can still read exactly: as decimal text when it is beyond them.
private func exact(_ value: UInt64) -> JSONValue {
  value <= 1 << 53 ? .integer(Int(value)) : .string("\(value)")
}
