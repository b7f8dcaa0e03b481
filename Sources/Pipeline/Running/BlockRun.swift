import Blocks
import Corpus
import Files
import Shards
import Tokenization

/// The first phase: every block of every input becomes a segment.
final class BlockRun: Sendable {
  private struct Done {
    var segments: [Segment.Index] = []
    var listedSkips = 0
  }

  private let builder: DatasetBuilder
  private let plan: Plan
  private let run: CorpusRun
  private let done = Monitor(Done())

  init(builder: DatasetBuilder, plan: Plan) {
    self.builder = builder
    self.plan = plan
    run = CorpusRun(
      over: plan.files, phase: .blocks, threads: builder.threadCount, cancellation: builder.options.cancellation,
      onProgress: builder.options.onProgress, in: builder.fileSystem)
  }

  var blocksFoundDone: Int { run.progress.blocksFoundDone }

  /// - Returns: all segments in corpus order; of a part, its own.
  func makeSegments() throws(Diagnostic) -> [Segment.Index] {
    try run.forEachThread { [self] (worker) throws(Diagnostic) in try work(&worker) }
    if builder.options.cancellation.isRequested { throw interrupted() }
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
      let path = builder.output.blocksPath + "/" + Segment.fileName(file: file, block: block)
      let isOurs = builder.options.part?.contains(file: file, block: block) ?? true
      guard isOurs else { continue }
      let digest = worker.block.sourceDigest
      if let found = try Segment.Index(verifying: path, in: builder.fileSystem), found.summary.sourceDigest == digest {
        record(found, wasFound: true, reader)
      } else {
        record(try worker.makeSegment(at: path, sourceDigest: digest), wasFound: false, reader)
      }
    }
  }

  private func record(_ segment: Segment.Index, wasFound: Bool, _ reader: borrowing CorpusRun.Worker) {
    done.withLock { done in
      done.segments.append(segment)
      done.listedSkips += segment.summary.skipped.count
      if done.listedSkips > 20 * Manifest.defaultSkippedLimit {
        done.segments.keepFirstSkips(Manifest.defaultSkippedLimit)
        done.listedSkips = Manifest.defaultSkippedLimit
      }
    }
    reader.report { progress in
      progress.blocksFoundDone += wasFound ? 1 : 0
      progress.documents += segment.summary.documents
      progress.sourceBytes += segment.summary.sourceBytes
      progress.tokens += segment.summary.tokens
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
