import Palimpsest

/// Reports as text for people and as JSON for programs.
enum ReportText {
  static func text(_ report: RunReport) -> String {
    let manifest = report.manifest
    if report.wasComplete {
      return "\(report.outputPath) is complete: it was built from this very recipe. (--fresh builds it again.)"
    }
    if let part = report.part {
      let blocks = "\(report.blocks) blocks, \(report.blocksFoundDone) of them found done"
      let shards = report.hasShards ? ", \(report.shards) shards, \(report.shardsFoundDone) of them found done" : ""
      return "part \(part) is done: \(blocks)\(shards), in \(Format.seconds(report.seconds)).\n"
        + (report.hasShards
          ? "Run the same build without --part to finish the dataset."
          : "Blocks of other parts are missing. When they are there, run the parts again to share the writing of "
            + "shards,\n"
            + "or run the same build without --part to do all that is left.")
    }
    var lines: [String] = []
    var head = TextTable()
    head.leftColumns = [0, 1]
    head.rows = [["documents", Format.count(manifest.counts.documents)]]
    if manifest.counts.skipped > 0 { head.rows.append(["skipped", skips(report)]) }
    head.rows += [
      ["text", Format.bytes(manifest.counts.textBytes)],
      ["tokens", Format.count(manifest.counts.tokens)],
      [
        "time",
        Format.seconds(report.seconds) + " with \(report.threads) thread\(report.threads == 1 ? "" : "s")"
          + (report.trainingSeconds > 0.05 ? " (tokenizer \(Format.seconds(report.trainingSeconds)), " : " (")
          + "blocks \(Format.seconds(report.blockSeconds)), shards \(Format.seconds(report.publishSeconds)))",
      ],
      [
        "speed",
        Format.bytesPerSecond(report.sourceBytes, report.seconds) + ", "
          + Format.tokensPerSecond(manifest.counts.tokens, report.seconds),
      ],
      ["peak memory", Format.bytes(report.peakMemoryBytes)],
    ]
    if report.blocksFoundDone > 0 {
      let shards = report.shardsFoundDone > 0 ? ", \(report.shardsFoundDone) of \(report.shards) shards" : ""
      head.rows.append(["resumed", "\(report.blocksFoundDone) of \(report.blocks) blocks\(shards) were done already"])
    }
    lines.append(head.render())
    lines.append("")
    lines.append(objectives(manifest))
    lines.append("")
    let warnings = warnings(report)
    if !warnings.isEmpty { lines += warnings + [""] }
    lines.append("Written to \(report.outputPath). Look at it, check it, load it:")
    lines.append("  palimpsest inspect \(report.outputPath)")
    lines.append("  palimpsest verify \(report.outputPath)")
    if let first = manifest.objectives.first {
      lines.append(
        "  python3 -c 'import datasets; print(datasets.load_from_disk(\"\(report.outputPath)/\(first.name)\"))'")
    }
    return lines.joined(separator: "\n")
  }

  /// `12: 10 corpus.malformed-json, 2 text.empty (listed in dataset.json)`
  private static func skips(_ report: RunReport) -> String {
    let reasons = report.skips.map { "\(Format.count($0.count)) \($0.code)" }.joined(separator: ", ")
    let (count, limit) = (report.manifest.counts.skipped, report.manifest.skippedLimit)
    let first = count > limit ? "the first \(Format.count(limit)) " : ""
    return "\(Format.count(count)): \(reasons) (\(first)listed in dataset.json)"
  }

  /// What should not go unnoticed in a run that ended well.
  private static func warnings(_ report: RunReport) -> [String] {
    var lines: [String] = []
    let unreadable = report.unreadableInputs
    if unreadable > 0 {
      lines.append(
        "! The rest of \(Format.count(unreadable)) input\(unreadable == 1 ? "" : "s") could not be read: what came "
          + "after the place in dataset.json is missing.")
    }
    let isEmpty = report.manifest.objectives.allSatisfy { $0.splits.allSatisfy { $0.rows == 0 } }
    if isEmpty { lines.append("! There is not one example in this dataset.") }
    return lines
  }

  private static func objectives(_ manifest: Manifest) -> String {
    var table = TextTable()
    table.leftColumns = [0, 1, 6]
    table.rows = [["objective", "split", "examples", "tokens", "shards", "size", "left out"]]
    for objective in manifest.objectives {
      for (index, split) in objective.splits.enumerated() {
        var leftOut =
          index == 0 ? objective.dropped.map { "\(Format.count($0.count)) \($0.reason)" } : []
        if let rest = objective.unbatchedRowCount(of: split), rest > 0 {
          leftOut.append("\(Format.count(rest)) kept, in no batch")
        }
        table.rows.append([
          index == 0 ? objective.name : "", split.name, Format.count(split.rows),
          index == 0 ? Format.count(objective.tokens) : "", "\(split.shards.count)",
          Format.bytes(split.shards.reduce(0) { $0 + $1.byteCount }), leftOut.joined(separator: ", "),
        ])
      }
    }
    return table.render()
  }

  static func json(_ report: RunReport) -> String {
    let counts = report.manifest.counts
    return JSONValue.object([
      "output": .string(report.outputPath),
      "was_complete": .bool(report.wasComplete),
      "part": report.part.map { .string($0.description) } ?? .null,
      "shards": .integer(report.shards),
      "shards_found_done": .integer(report.shardsFoundDone),
      "documents": .integer(counts.documents),
      "skipped": .integer(counts.skipped),
      "skipped_by_code": .object(JSONObject(report.skips.map { ($0.code, .integer($0.count)) })),
      "unreadable_inputs": .integer(report.unreadableInputs),
      "source_bytes": .integer(report.sourceBytes),
      "text_bytes": .integer(counts.textBytes),
      "tokens": .integer(counts.tokens),
      "threads": .integer(report.threads),
      "blocks": .integer(report.blocks),
      "blocks_found_done": .integer(report.blocksFoundDone),
      "training_seconds": .number(report.trainingSeconds),
      "block_seconds": .number(report.blockSeconds),
      "publish_seconds": .number(report.publishSeconds),
      "peak_memory_bytes": .integer(report.peakMemoryBytes),
      "objectives": .array(
        report.manifest.objectives.map { objective in
          .object([
            "name": .string(objective.name), "kind": .string(objective.kind),
            "splits": .array(
              objective.splits.map { split in
                .object([
                  "name": .string(split.name), "rows": .integer(split.rows),
                  "shards": .integer(split.shards.count),
                  "bytes": .integer(split.shards.reduce(0) { $0 + $1.byteCount }),
                ])
              }),
          ])
        }),
    ]).description
  }

  static func text(_ report: TokenizerTraining.Report) -> String {
    var table = TextTable()
    table.leftColumns = [0, 1]
    table.rows = [
      ["model", report.model],
      ["vocabulary", Format.count(report.vocabularySize)],
      [
        "documents",
        Format.count(report.documents) + (report.skipped > 0 ? " (\(Format.count(report.skipped)) skipped)" : ""),
      ],
      ["distinct words", Format.count(report.distinctWords)],
      [
        "time",
        "counting \(Format.seconds(report.countSeconds)) "
          + "(\(Format.bytesPerSecond(report.sourceBytes, report.countSeconds))), "
          + "merging \(Format.seconds(report.mergeSeconds))",
      ],
      ["peak memory", Format.bytes(report.peakMemoryBytes)],
    ]
    return table.render() + "\n\nWritten to \(report.outputPath)."
  }

  static func json(_ report: TokenizerTraining.Report) -> String {
    JSONValue.object([
      "output": .string(report.outputPath), "model": .string(report.model),
      "vocabulary_size": .integer(report.vocabularySize), "documents": .integer(report.documents),
      "skipped": .integer(report.skipped), "source_bytes": .integer(report.sourceBytes),
      "distinct_words": .integer(report.distinctWords), "count_seconds": .number(report.countSeconds),
      "merge_seconds": .number(report.mergeSeconds), "peak_memory_bytes": .integer(report.peakMemoryBytes),
    ]).description
  }

  static func text(_ preview: BuildPreview) -> String {
    var lines = ["Nothing is written: this is what a build would do."]
    var head = TextTable()
    head.leftColumns = [0, 1]
    let sizes = preview.files.compactMap(\.byteCount)
    let count = preview.files.count
    head.rows = [
      [
        "inputs",
        "\(Format.count(count)) file\(count == 1 ? "" : "s"), " + Format.bytes(sizes.reduce(0, +)) + " on disk",
      ],
      ["vocabulary", preview.vocabularySize.map { Format.count($0) } ?? "trained first"],
      ["threads", "\(preview.threads)"],
      ["output", preview.outputPath + (preview.availableBytes.map { " (\(Format.bytes($0)) free)" } ?? "")],
      ["", start(preview)],
      ["disk", preview.space.map(text) ?? "not known beforehand"],
      ["recipe", "digest \(preview.recipeDigest)"],
    ]
    lines.append(head.render())
    for file in preview.files.prefix(20) {
      lines.append("    \(file.path)" + (file.byteCount.map { "  \(Format.bytes($0))" } ?? ""))
    }
    if preview.files.count > 20 { lines.append("    … and \(preview.files.count - 20) more") }
    for objective in preview.objectives {
      lines.append("")
      lines.append(
        "  \(objective.name) (\(objective.kind)), windows of \(objective.windowLength) tokens"
          + (objective.epochs > 1 ? ", \(objective.epochs) epochs" : ""))
      var table = TextTable()
      table.leftColumns = [0, 1, 2]
      table.rows = objective.schema.columns.map { [$0.name, "\($0.type.rawValue) \($0.shapeText)", $0.summary] }
      lines.append(table.render(indent: "    "))
    }
    return lines.joined(separator: "\n")
  }

  /// What a build takes of the disk.
  static func text(_ needs: SpaceNeeds) -> String {
    let present = needs.presentBytes > 0 ? " (\(Format.bytes(needs.presentBytes)) are there)" : ""
    let free = needs.availableBytes.map { "; \(Format.bytes($0)) are free" } ?? ""
    return "about \(Format.bytes(needs.datasetBytes)) for the dataset and \(Format.bytes(needs.workBytes)) for work "
      + "meanwhile\(present)\(free)"
  }

  private static func start(_ preview: BuildPreview) -> String {
    switch preview.start {
    case .new: "nothing is there yet"
    case .resumed: "goes on with the work of a run that was stopped"
    case .replacing: "replaces what an earlier build made there"
    case .complete: "is complete: nothing is left to do"
    }
  }

  static func json(_ preview: BuildPreview) -> String {
    JSONValue.object([
      "output": .string(preview.outputPath), "recipe_digest": .string(preview.recipeDigest),
      "start": .string(preview.start.rawValue),
      "threads": .integer(preview.threads),
      "vocabulary_size": preview.vocabularySize.map { .integer($0) } ?? .null,
      "available_bytes": preview.availableBytes.map { .integer($0) } ?? .null,
      "dataset_bytes": preview.space.map { .integer($0.datasetBytes) } ?? .null,
      "work_bytes": preview.space.map { .integer($0.workBytes) } ?? .null,
      "present_bytes": preview.space.map { .integer($0.presentBytes) } ?? .null,
      "inputs": .array(
        preview.files.map { file in
          .object(["path": .string(file.path), "bytes": file.byteCount.map { .integer($0) } ?? .null])
        }),
      "objectives": .array(
        preview.objectives.map { objective in
          .object([
            "name": .string(objective.name), "kind": .string(objective.kind), "epochs": .integer(objective.epochs),
            "window_length": .integer(objective.windowLength),
            "columns": .array(
              objective.schema.columns.map { column in
                .object([
                  "name": .string(column.name), "type": .string(column.type.rawValue),
                  "shape": .string(column.shapeText), "summary": .string(column.summary),
                ])
              }),
          ])
        }),
    ]).description
  }
}

extension Column {
  /// `[128]`, `[2, 64]`, `list`, or nothing for a scalar.
  var shapeText: String {
    switch shape {
    case .scalar: ""
    case .fixed(let dimensions): "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
    case .list: "list"
    }
  }
}
