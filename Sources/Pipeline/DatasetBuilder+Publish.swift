import Blocks
import Corpus
import Files
import JSONText
import Objectives
import Shards
import Synchronization

extension DatasetBuilder {
  /// The second phase: segments become shards, then the layout's small files, and the manifest last of all.
  func publish(_ segments: [Segment.Index], of plan: Plan) throws(Diagnostic) -> Manifest {
    var sections: [Publisher.Section] = []
    // What a stopped run had published is made anew, and what it left half-written goes.
    try AtomicFile.removeLeftovers(in: recipe.outputPath, of: fileSystem)
    for planned in plan.objectives {
      try fileSystem.removeTree(recipe.outputPath + "/" + planned.name)
      for split in plan.splits {
        let folder = planned.name + "/" + split
        try fileSystem.makeDirectory(recipe.outputPath + "/" + folder)
        sections.append(
          .init(
            number: sections.count, folder: folder, schema: planned.objective.schema,
            metadata: plan.shardMetadata(of: planned), batchSize: planned.objective.batchSize))
      }
    }
    let publisher = try Publisher(
      segments: segments, sections: sections, sliceBits: plan.sliceBits, shardByteCount: recipe.shardByteCount,
      seed: recipe.seed, outputPath: recipe.outputPath, in: fileSystem)
    let shards = try publishShards(publisher)

    var manifest = self.manifest(of: plan, segments)
    for (index, planned) in plan.objectives.enumerated() {
      let splits = plan.splits.enumerated().map { number, name in
        let section = index * plan.splits.count + number
        return ManifestSplit(
          name: name, rows: publisher.rowCount(of: sections[section]), shards: shards[section],
          batchCount: publisher.batchCount(ofSection: section))
      }
      try writeHuggingFaceLayout(
        folder: recipe.outputPath + "/" + planned.name, splits: splits.map { ($0.name, $0.shards) },
        schema: planned.objective.schema, in: fileSystem)
      manifest.objectives[index].splits = splits
      if let lexicon = planned.lexicon {
        manifest.objectives[index].lexiconDigest = planned.lexiconDigest
        var file = try AtomicFile(
          "\(recipe.outputPath)/\(planned.name)/\(ManifestObjective.lexiconFileName)", in: fileSystem)
        try file.write(lexicon)
        try file.commit()
      }
    }
    var tokenizerFile = try AtomicFile(output.tokenizerPath, in: fileSystem)
    try tokenizerFile.write(plan.tokenizerBytes)
    try tokenizerFile.commit()
    try manifest.write(to: recipe.outputPath, in: fileSystem)
    try output.removeWork()
    return manifest
  }

  /// All shards of all sections, by all threads; each section's in order.
  private func publishShards(_ publisher: Publisher) throws(Diagnostic) -> [[ShardSummary]] {
    let tasks = publisher.tasks()
    let next = Atomic<Int>(0)
    let finished = Monitor<[(section: Int, shard: Int, summary: ShardSummary)]>([])
    let watch = Stopwatch()
    let cancellation = options.cancellation
    try WorkerPool(threadCount: min(threadCount, tasks.count)).run(
      whileWaiting: {
        var progress = Progress()
        progress.phase = .publishing
        progress.shards = finished.withLock { $0.count }
        progress.shardTotal = tasks.count
        progress.seconds = watch.seconds
        options.onProgress?(progress)
      },
      stop: { next.store(tasks.count, ordering: .relaxed) },
      { _ in
        while true {
          let number = next.add(1, ordering: .relaxed).oldValue
          guard number < tasks.count, !cancellation.isRequested else { return nil }
          let task = tasks[number]
          do throws(Diagnostic) {
            let summary = try publisher.publish(task)
            finished.withLock { $0.append((task.section, task.shard, summary)) }
          } catch {
            return WorkerPool.Failure(position: (task.section, task.shard), diagnostic: error)
          }
        }
      })
    if cancellation.isRequested {
      throw Diagnostic(
        "build.interrupted", "the build was stopped while it wrote shards",
        help: "run the same command again: the blocks are done, only the shards are written anew")
    }
    var shards: [[ShardSummary]] = Array(repeating: [], count: publisher.sections.count)
    for entry in finished.withLock({ $0 }).sorted(by: { $0.shard < $1.shard }) {
      shards[entry.section].append(entry.summary)
    }
    return shards
  }

  /// What the manifest says beside the shards.
  private func manifest(of plan: Plan, _ segments: [Segment.Index]) -> Manifest {
    var manifest = Manifest()
    manifest.palimpsestVersion = Version.current
    manifest.seed = recipe.seed
    manifest.recipe = recipe.essence.json
    manifest.recipeDigest = recipe.digest
    manifest.tokenizer = ManifestTokenizer(digest: plan.tokenizerDigest, plan.vocabulary)
    manifest.inputs = plan.files.map { ManifestInput(path: $0.path, documents: 0, bytes: 0, weight: $0.weight) }
    var leftOut = ReasonCounts()
    var counts = plan.objectives.map { _ in BlockSummary.ObjectiveCounts() }
    for segment in segments {
      let summary = segment.summary
      manifest.inputs[summary.fileIndex].documents += summary.documents + summary.skippedCount + summary.leftOutCount
      manifest.inputs[summary.fileIndex].bytes += summary.sourceBytes
      manifest.counts.documents += summary.documents
      manifest.counts.textBytes += summary.textBytes
      manifest.counts.tokens += summary.tokens
      manifest.counts.skipped += summary.skippedCount
      leftOut.add(summary.leftOut)
      let room = manifest.skippedLimit - manifest.skipped.count
      manifest.skipped.append(contentsOf: summary.skipped.prefix(room))
      for index in counts.indices { counts[index].add(summary.objectives[index]) }
    }
    manifest.counts.dropped = leftOut.entries.map { ManifestDrop(reason: $0.reason, count: $0.count) }
    manifest.objectives = zip(plan.objectives, counts).map { planned, counts in
      ManifestObjective(
        name: planned.name, kind: planned.kind, settings: planned.settings.map.json, epochs: planned.epochs,
        schema: planned.objective.schema, tokens: counts.tokens,
        dropped: counts.dropped.entries.map { ManifestDrop(reason: $0.reason, count: $0.count) })
    }
    return manifest
  }
}
