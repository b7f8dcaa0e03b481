import Blocks
import Corpus
import Files
import JSONText
import Objectives
import Shards
import Synchronization

extension DatasetBuilder {
  /// Who makes which shards of a plan, and which are made.
  struct Publication {
    let plan: Plan
    let publisher: Publisher
    let finished: FinishedShards
    /// Shards that were found finished.
    var foundDone = 0
    /// By section, each in order; nil for those that are another part's.
    var shards: [[ShardSummary?]] = []
  }

  /// The second phase as far as it can be shared: the shards of this part, or all.
  func makeShards(of segments: [Segment.Index], _ plan: Plan) throws(Diagnostic) -> Publication {
    var sections: [Publisher.Section] = []
    for planned in plan.sections {
      let objective = plan.objectives[planned.objective]
      let folder = objective.name + "/" + planned.split
      try fileSystem.makeDirectory(recipe.outputPath + "/" + folder)
      sections.append(
        .init(
          number: sections.count, folder: folder, schema: objective.objective.schema,
          metadata: plan.shardMetadata(of: objective), batchSize: objective.objective.batchSize))
    }
    let publisher = try Publisher(
      segments: segments, sections: sections, sliceBits: plan.sliceBits, recipe: recipe,
      pieceByteCount: pieceByteCount, in: fileSystem)
    let finished = FinishedShards(
      in: output.shardsPath(of: plan), of: recipe.outputPath, segments: segments, fileSystem)
    var publication = Publication(plan: plan, publisher: publisher, finished: finished)
    if options.part == nil { try removeOthers(than: publication, keepsTemporary: true) }
    try publishShards(&publication)
    return publication
  }

  /// Ends a build whose shards are all made: the layout's small files, and the manifest last of all.
  func publish(
    _ publication: Publication, of segments: [Segment.Index], inputs: [ManifestInput.Fingerprint?]
  ) throws(Diagnostic) -> Manifest {
    let (plan, publisher) = (publication.plan, publication.publisher)
    var manifest = self.manifest(of: plan, segments, inputs)
    for (number, section) in plan.sections.enumerated() {
      manifest.objectives[section.objective].splits.append(
        ManifestSplit(
          name: section.split, rows: publisher.rowCount(of: publisher.sections[number]),
          shards: publication.shards[number].compactMap(\.self),
          batchCount: publisher.batchCount(ofSection: number), bin: section.bin))
    }
    for (index, planned) in plan.objectives.enumerated() {
      let entry = manifest.objectives[index]
      try HuggingFaceLayout(splits: entry.splits.map { ($0.name, $0.shards) }, schema: entry.schema)
        .write(to: recipe.outputPath + "/" + planned.name, in: fileSystem)
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
    // What killed runs left half-written goes; nobody needs to write here any more.
    try removeOthers(than: publication, keepsTemporary: false)
    try AtomicFile.removeLeftovers(in: recipe.outputPath, of: fileSystem)
    try manifest.write(to: recipe.outputPath, in: fileSystem)
    try output.removeWork()
    return manifest
  }

  /// Leaves in the objectives' folders only what this dataset has there.
  private func removeOthers(than publication: Publication, keepsTemporary: Bool) throws(Diagnostic) {
    let (plan, publisher) = (publication.plan, publication.publisher)
    var names: [String: Set<String>] = [:]
    for planned in plan.objectives {
      names[planned.name] = ["dataset_dict.json"]
      if planned.lexicon != nil { names[planned.name]?.insert(ManifestObjective.lexiconFileName) }
    }
    for section in plan.sections {
      let folder = plan.objectives[section.objective].name
      names[folder]?.insert(section.split)
      names[folder + "/" + section.split] = ["dataset_info.json", "state.json"]
    }
    for task in publisher.tasks() {
      let path = publisher.path(of: task)
      names[parentDirectory(of: path)]?.insert(lastComponent(of: path))
    }
    for (folder, kept) in names.sorted(by: { $0.key < $1.key }) {
      try output.removeOthers(than: kept, from: folder, keepsTemporary: keepsTemporary)
    }
  }

  /// All shards of all sections, or this part's share of them, by all threads.
  private func publishShards(_ publication: inout Publication) throws(Diagnostic) {
    let (publisher, finished) = (publication.publisher, publication.finished)
    let all = publisher.tasks()
    publication.shards = publisher.sections.map { _ in [] }
    for task in all { publication.shards[task.section].append(nil) }
    let part = options.part
    let tasks = all.indices.filter { part?.contains(shard: $0) ?? true }.map { all[$0] }
    let next = Atomic<Int>(0)
    let done = Monitor<[(task: Publisher.Task, summary: ShardSummary, wasFound: Bool)]>([])
    let watch = Stopwatch()
    let cancellation = options.cancellation
    try WorkerPool(threadCount: max(1, min(threadCount, tasks.count))).run(
      whileWaiting: {
        var progress = Progress()
        progress.phase = .publishing
        progress.shards = done.withLock { $0.count }
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
          let path = publisher.path(of: task)
          do throws(Diagnostic) {
            if let summary = try finished.summary(of: path) {
              done.withLock { $0.append((task, summary, true)) }
            } else {
              let summary = try publisher.publish(task)
              try finished.add(summary, at: path)
              done.withLock { $0.append((task, summary, false)) }
            }
          } catch {
            return WorkerPool.Failure(position: (task.section, task.shard), diagnostic: error)
          }
        }
      })
    if cancellation.isRequested {
      throw Diagnostic(
        "build.interrupted", "the build was stopped while it wrote shards",
        help: "run the same command again: it goes on from there")
    }
    for entry in done.withLock({ $0 }) {
      publication.shards[entry.task.section][entry.task.shard] = entry.summary
      publication.foundDone += entry.wasFound ? 1 : 0
    }
  }

  /// What the manifest says beside the shards.
  private func manifest(
    of plan: Plan, _ segments: [Segment.Index], _ inputs: [ManifestInput.Fingerprint?]
  ) -> Manifest {
    var manifest = Manifest()
    manifest.palimpsestVersion = Version.current
    manifest.seed = recipe.seed
    manifest.recipe = recipe.essence.json
    manifest.recipeDigest = recipe.digest
    manifest.tokenizer = ManifestTokenizer(digest: plan.tokenizerDigest, plan.vocabulary)
    manifest.inputs = zip(plan.files, inputs).map {
      ManifestInput(path: $0.path, documents: 0, bytes: 0, weight: $0.weight, file: $1)
    }
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
