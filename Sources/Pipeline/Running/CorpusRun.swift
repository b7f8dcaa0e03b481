import Blocks
import Corpus
import Files
import Shards

/// One pass over every block of every input: threads that take one block after the other, how far they are, and the
/// first thing that went wrong.
final class CorpusRun: Sendable {
  /// What one worker sees of the run.
  struct Worker: ~Copyable {
    fileprivate let run: CorpusRun
    fileprivate let dispenser: Dispenser
    fileprivate var lease = Dispenser.Lease()
    /// The block read last; of two failures the one earlier in the corpus counts.
    fileprivate var blockIndex = -1

    /// Number of the file that the last block came from.
    var fileIndex: Int { lease.fileIndex }

    /// Reads the next block; false when there is nothing left to read.
    mutating func nextBlock(into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
      guard try dispenser.nextBlock(into: &block, &lease) else { return false }
      blockIndex = block.blockIndex
      return true
    }

    /// Tells of a block that is done.
    ///
    /// - Parameter add: adds what the block was to the progress; the bytes of the input are known already.
    func report(_ add: (inout Progress) -> Void) {
      run.state.withLock { state in
        state.progress.blocks += 1
        state.progress.inputBytes += lease.inputBytesRead - state.inputBytesByFile[lease.fileIndex]
        state.inputBytesByFile[lease.fileIndex] = lease.inputBytesRead
        add(&state.progress)
      }
    }
  }

  private struct State {
    var progress = Progress()
    var inputBytesByFile: [Int]
  }

  private let dispenser: Dispenser
  private let threadCount: Int
  private let cancellation: Cancellation
  private let onProgress: (@Sendable (Progress) -> Void)?
  private let state: Monitor<State>

  init(
    over files: [InputFile], phase: Progress.Phase, threads: Int, cancellation: Cancellation,
    onProgress: (@Sendable (Progress) -> Void)?, in fileSystem: any FileSystem
  ) {
    dispenser = Dispenser(files: files, in: fileSystem)
    threadCount = threads
    self.cancellation = cancellation
    self.onProgress = onProgress
    var state = State(inputBytesByFile: Array(repeating: 0, count: files.count))
    state.progress.phase = phase
    state.progress.inputTotal = totalByteCount(of: files)
    self.state = Monitor(state)
  }

  /// What each file was that has been read to its end.
  var inputs: [ManifestInput.Fingerprint?] { dispenser.fingerprints }

  /// How far the run is.
  var progress: Progress { state.withLock { $0.progress } }

  /// Lives the life of a worker in each thread: `work` reads blocks until there is none.
  ///
  /// After a cancellation workers find no further block, and the run ends like any other.
  ///
  /// - Throws: the failure that is earliest in the corpus.
  func forEachThread(
    _ work: @escaping @Sendable (inout Worker) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let dispenser = dispenser
    let watch = Stopwatch()
    try WorkerPool(threadCount: threadCount).run(
      whileWaiting: {
        if cancellation.isRequested { dispenser.stop() }
        var progress = progress
        progress.seconds = watch.seconds
        onProgress?(progress)
      },
      stop: { dispenser.stop() },
      { [self] _ in
        var worker = Worker(run: self, dispenser: dispenser)
        do throws(Diagnostic) {
          try work(&worker)
          return nil
        } catch {
          return WorkerPool.Failure(position: (worker.lease.fileIndex, worker.blockIndex), diagnostic: error)
        }
      })
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
