import Blocks
import Corpus
import Files
import Shards
import Synchronization
import Tokenization

/// The first phase: every block of every input becomes a segment.
final class BlockRun: Sendable {
  private struct Done {
    var segments: [Segment.Index] = []
    var listedSkips = 0
    /// Blocks of other parts.
    var others: [Other] = []
  }

  /// A block that is another part's to make.
  private struct Other {
    var path: String
    var sourceDigest: UInt64
  }

  private let builder: DatasetBuilder
  private let plan: Plan
  private let run: CorpusRun
  /// Where segments go.
  private let folder: String
  private let done = Monitor(Done())

  init(builder: DatasetBuilder, plan: Plan) {
    self.builder = builder
    self.plan = plan
    folder = builder.output.blocksPath(of: plan)
    run = CorpusRun(
      over: plan.files, phase: .blocks, threads: builder.threadCount, cancellation: builder.options.cancellation,
      onProgress: builder.options.onProgress, in: builder.fileSystem)
  }

  var blocksFoundDone: Int { run.progress.blocksFoundDone }
  /// What tells each input from another version of it; known when all segments are made.
  var inputs: [ManifestInput.Fingerprint?] { run.inputs }

  /// - Returns: all segments in corpus order; of a part, its own.
  func makeSegments() throws(Diagnostic) -> [Segment.Index] {
    try run.forEachThread { [self] (worker) throws(Diagnostic) in try work(&worker) }
    if builder.options.cancellation.isRequested { throw interrupted() }
    return done.withLock { done in
      done.segments.keepFirstSkips(Manifest.defaultSkippedLimit)
      return done.segments
    }
  }

  /// All segments in corpus order, once those of the other parts are there, too; nil before. To be asked when those of
  /// this part are made.
  func segmentsOfAllParts() throws(Diagnostic) -> [Segment.Index]? {
    let others = done.withLock { $0.others }
    for other in others where try builder.fileSystem.status(of: other.path) == nil { return nil }
    let next = Atomic<Int>(0)
    let isWhole = Atomic<Bool>(true)
    try WorkerPool(threadCount: max(1, min(builder.threadCount, others.count))).run(
      whileWaiting: {}, stop: { next.store(others.count, ordering: .relaxed) },
      { [self] _ in
        while true {
          let number = next.add(1, ordering: .relaxed).oldValue
          guard number < others.count, isWhole.load(ordering: .relaxed) else { return nil }
          let other = others[number]
          do throws(Diagnostic) {
            let found = try Segment.Index(verifying: other.path, in: builder.fileSystem)
            if let found, found.summary.sourceDigest == other.sourceDigest {
              keep(found)
            } else {
              isWhole.store(false, ordering: .relaxed)
            }
          } catch {
            return WorkerPool.Failure(position: (0, number), diagnostic: error)
          }
        }
      })
    guard isWhole.load(ordering: .relaxed) else { return nil }
    return done.withLock { done in
      done.segments.keepFirstSkips(Manifest.defaultSkippedLimit)
      return done.segments
    }
  }

  /// One worker's life: read a block, make its segment, until there is nothing left.
  private func work(_ reader: inout CorpusRun.Worker) throws(Diagnostic) {
    var worker = try BlockWorker(plan: plan, in: builder.fileSystem)
    while try reader.nextBlock(into: &worker.block) {
      let (file, block) = (reader.fileIndex, worker.block.blockIndex)
      let path = folder + "/" + Segment.fileName(file: file, block: block)
      let digest = worker.block.sourceDigest
      guard builder.options.part?.contains(file: file, block: block) ?? true else {
        done.withLock { $0.others.append(Other(path: path, sourceDigest: digest)) }
        continue
      }
      if let found = try Segment.Index(verifying: path, in: builder.fileSystem), found.summary.sourceDigest == digest {
        record(found, wasFound: true, reader)
      } else {
        record(try worker.makeSegment(at: path, sourceDigest: digest), wasFound: false, reader)
      }
    }
  }

  private func record(_ segment: Segment.Index, wasFound: Bool, _ reader: borrowing CorpusRun.Worker) {
    keep(segment)
    reader.report { progress in
      progress.blocksFoundDone += wasFound ? 1 : 0
      progress.documents += segment.summary.documents
      progress.sourceBytes += segment.summary.sourceBytes
      progress.tokens += segment.summary.tokens
    }
  }

  private func keep(_ segment: Segment.Index) {
    done.withLock { done in
      done.segments.append(segment)
      done.listedSkips += segment.summary.skipped.count
      if done.listedSkips > 20 * Manifest.defaultSkippedLimit {
        done.segments.keepFirstSkips(Manifest.defaultSkippedLimit)
        done.listedSkips = Manifest.defaultSkippedLimit
      }
    }
  }

  private func interrupted() -> Diagnostic {
    let blocks = done.withLock { $0.segments.count }
    return Diagnostic(
      "build.interrupted", "the build was stopped after \(blocks) blocks",
      help: "run the same command again: it goes on from there")
  }
}

extension DocumentBlock {
  /// Hash of the documents as they were read, and of what was left out.
  fileprivate var sourceDigest: UInt64 {
    var places: [UInt8] = []
    for document in documents {
      places.append(littleEndian: UInt64(document.byteCount), byteCount: 8)
      places.append(littleEndian: UInt64(document.sourceByte), byteCount: 8)
      places.append(littleEndian: UInt64(document.sourceLine), byteCount: 8)
    }
    for skip in skipped { places.append(contentsOf: "\(skip.location) \(skip.code) \(skip.message)\n".utf8) }
    return Digest.xxh64(bytes, seed: Digest.xxh64(places))
  }
}
