package import Blocks
package import Files
package import Tokenization

/// Where tables of words go when they have outgrown their memory: sorted runs in a folder that is gone afterwards.
///
/// Nothing is made before the first table comes. Runs are merged by sums, so what comes out depends neither on which
/// words went into which run nor on the order of the runs.
package final class WordSpill: Sendable {
  private struct State {
    var lock: (any FileLock)?
    /// Names of the runs that count, and the number of names that were given out.
    var runs: [String] = []
    var namesGiven = 0
  }

  /// Runs that are merged at a time: open files and buffers stay few.
  private static let fanIn = 64
  private static let lockName = "lock"

  private let folder: String
  private let fileSystem: any FileSystem
  private let state = Monitor(State())

  /// - Parameter folder: a path of its own; what a killed run left there is removed.
  package init(folder: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    self.folder = folder
    self.fileSystem = fileSystem
    if try fileSystem.status(of: folder) != nil { try open() }
  }

  deinit { state.withLock { $0.lock?.release() } }

  var isEmpty: Bool { state.withLock { $0.runs.isEmpty } }

  /// Writes the words of a table to a run of their own.
  package func spill(_ words: borrowing WordCounts) throws(Diagnostic) {
    if words.count == 0 { return }
    try open()
    let name = newName()
    var writer = try WordRunWriter(folder + "/" + name, in: fileSystem)
    try words.forEachSorted { (word, count) throws(Diagnostic) in try writer.append(word, count: count) }
    try writer.finish()
    state.withLock { $0.runs.append(name) }
  }

  /// Merges the runs until one is left; its words are all there are.
  ///
  /// - Parameter checkpoint: called after every few words, to stop by throwing.
  package func merged(checkpoint: () throws(Diagnostic) -> Void) throws(Diagnostic) -> SpilledWords {
    var wordCount = 0
    repeat {
      let runs = state.withLock { Array($0.runs.prefix(Self.fanIn)) }
      let name = newName()
      wordCount = try merge(runs, into: name, checkpoint: checkpoint)
      state.withLock { state in
        state.runs.removeFirst(runs.count)
        state.runs.append(name)
      }
      for run in runs { try fileSystem.remove(folder + "/" + run) }
    } while state.withLock({ $0.runs.count }) > 1
    let name = state.withLock { $0.runs[0] }
    return SpilledWords(path: folder + "/" + name, count: wordCount, fileSystem: fileSystem)
  }

  /// Removes all runs and the folder.
  package func remove() throws(Diagnostic) {
    guard let lock = state.withLock({ $0.lock }) else { return }
    try removeRuns()
    state.withLock { state in
      state.runs = []
      state.lock = nil
    }
    lock.release()
    try fileSystem.removeTree(folder)
  }

  private func newName() -> String {
    let number = state.withLock { state in
      state.namesGiven += 1
      return state.namesGiven
    }
    return "run-\(number)"
  }

  /// Makes the folder ours: locked, and empty but for the lock.
  private func open() throws(Diagnostic) {
    let opened: Result<Void, Diagnostic> = state.withLock { state in
      if state.lock != nil { return .success(()) }
      do throws(Diagnostic) {
        try fileSystem.makeDirectory(folder)
        let lock = try fileSystem.lock(folder + "/" + Self.lockName)
        try removeRuns()
        state.lock = lock
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try opened.get()
  }

  private func removeRuns() throws(Diagnostic) {
    for name in try fileSystem.list(folder) where name != Self.lockName {
      try fileSystem.removeTree(folder + "/" + name)
    }
  }

  /// - Returns: the number of words that were written.
  private func merge(
    _ runs: [String], into name: String, checkpoint: () throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Int {
    var readers: [WordRunReader] = []
    for run in runs {
      let reader = try WordRunReader(folder + "/" + run, in: fileSystem)
      if try reader.next() { readers.append(reader) }
    }
    var heap = WordRunHeap(readers)
    var writer = try WordRunWriter(folder + "/" + name, in: fileSystem)
    while let (word, count) = try heap.popSmallest() {
      try writer.append(word.span, count: count)
      if writer.wordCount % 4096 == 0 { try checkpoint() }
    }
    let wordCount = writer.wordCount
    try writer.finish()
    return wordCount
  }
}
