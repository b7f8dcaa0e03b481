import Blocks
import Corpus
import Files
import Shards
import Tokenization

/// The first phase: every block of every input becomes a segment.
final class BlockRun: Sendable {
  private struct Done {
    var segments: [Segment.Index] = []
    var progress = Progress()
    var inputBytesByFile: [Int]
    var listedSkips = 0
  }

  private let builder: DatasetBuilder
  private let plan: Plan
  private let done: Monitor<Done>

  init(builder: DatasetBuilder, plan: Plan) {
    self.builder = builder
    self.plan = plan
    var progress = Progress()
    progress.inputTotal = totalByteCount(of: plan.files)
    done = Monitor(Done(progress: progress, inputBytesByFile: Array(repeating: 0, count: plan.files.count)))
  }

  var blocksFoundDone: Int { done.withLock { $0.progress.blocksFoundDone } }

  /// - Returns: all segments in corpus order; of a part, its own.
  func makeSegments() throws(Diagnostic) -> [Segment.Index] {
    let (files, fileSystem) = (plan.files, builder.fileSystem)
    let dispenser = Dispenser(fileCount: files.count) { (index) throws(Diagnostic) in
      try InputCursor(files[index], in: fileSystem)
    }
    let watch = Stopwatch()
    let cancellation = builder.options.cancellation
    try WorkerPool(threadCount: builder.threadCount).run(
      whileWaiting: {
        if cancellation.isRequested { dispenser.stop() }
        var progress = done.withLock { $0.progress }
        progress.seconds = watch.seconds
        builder.options.onProgress?(progress)
      },
      stop: { dispenser.stop() },
      { [self] _ in work(dispenser) })
    if cancellation.isRequested { throw interrupted() }
    return done.withLock { done in
      done.segments.keepFirstSkips(Manifest.defaultSkippedLimit)
      return done.segments
    }
  }

  /// One worker's life: read a block, make its segment, until there is nothing left.
  private func work(_ dispenser: Dispenser) -> WorkerPool.Failure? {
    var lease = Dispenser.Lease()
    var blockIndex = -1
    do throws(Diagnostic) {
      var worker = try BlockWorker(plan: plan, in: builder.fileSystem)
      while try dispenser.nextBlock(into: &worker.block, &lease) {
        blockIndex = worker.block.blockIndex
        let name = Segment.fileName(file: lease.fileIndex, block: blockIndex)
        let path = builder.output.blocksPath + "/" + name
        let isOurs = builder.options.part?.contains(file: lease.fileIndex, block: blockIndex) ?? true
        guard isOurs else { continue }
        let digest = worker.block.sourceDigest
        if let found = try Segment.Index(verifying: path, in: builder.fileSystem),
          found.summary.sourceDigest == digest
        {
          record(found, wasFound: true, lease)
        } else {
          record(try worker.makeSegment(at: path, sourceDigest: digest), wasFound: false, lease)
        }
      }
      return nil
    } catch {
      return WorkerPool.Failure(position: (lease.fileIndex, blockIndex), diagnostic: error)
    }
  }

  private func record(_ segment: Segment.Index, wasFound: Bool, _ lease: Dispenser.Lease) {
    done.withLock { done in
      done.segments.append(segment)
      done.listedSkips += segment.summary.skipped.count
      if done.listedSkips > 20 * Manifest.defaultSkippedLimit {
        done.segments.keepFirstSkips(Manifest.defaultSkippedLimit)
        done.listedSkips = Manifest.defaultSkippedLimit
      }
      done.progress.blocks += 1
      done.progress.blocksFoundDone += wasFound ? 1 : 0
      done.progress.documents += segment.summary.documents
      done.progress.sourceBytes += segment.summary.sourceBytes
      done.progress.tokens += segment.summary.tokens
      done.progress.inputBytes += lease.inputBytesRead - done.inputBytesByFile[lease.fileIndex]
      done.inputBytesByFile[lease.fileIndex] = lease.inputBytesRead
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

/// The inputs' size on disk, or nil when one of them has none.
func totalByteCount(of files: [InputFile]) -> Int? {
  var total = 0
  for file in files {
    guard let count = file.byteCount else { return nil }
    total += count
  }
  return total
}
