import Blocks
import Corpus
import Files
import Shards

/// Who reads next: hands out the input files' cursors, one worker to a cursor at a time.
///
/// A worker leases a cursor, reads its next block, and gives it back before working on the block; so one file feeds
/// several workers, and no more files are open than there are workers.
package struct DispenserState {
  package enum File: Equatable {
    case waiting
    /// Opened, and nobody reads.
    case open
    case leased
    case finished
  }

  package private(set) var files: [File]
  package private(set) var isStopped = false

  package init(fileCount: Int) {
    files = Array(repeating: .waiting, count: fileCount)
  }

  package enum Answer: Equatable {
    /// Read the next block of this file.
    case lease(Int)
    /// Every open file is being read, and none is left to open.
    case wait
    case finished
  }

  /// The earliest open file that nobody reads, else the earliest that nobody has opened.
  package mutating func lease() -> Answer {
    if isStopped { return .finished }
    if let index = files.firstIndex(of: .open) ?? files.firstIndex(of: .waiting) {
      files[index] = .leased
      return .lease(index)
    }
    return files.contains(.leased) ? .wait : .finished
  }

  package mutating func giveBack(_ index: Int, isFinished: Bool) {
    precondition(files[index] == .leased, "a cursor is given back once")
    files[index] = isFinished ? .finished : .open
  }

  /// No more leases: workers end after the block they have.
  package mutating func stop() { isStopped = true }
}

/// A cursor that passes from worker to worker.
///
/// `@unchecked Sendable`: `DispenserState` leases a file to one worker at a time, and only the lease's holder reads.
private final class OpenInput: @unchecked Sendable {
  var cursor: InputCursor
  let digest: InputDigest

  init(_ file: InputFile, in fileSystem: any FileSystem) throws(Diagnostic) {
    digest = InputDigest(try fileSystem.openForReading(file.path))
    cursor = try InputCursor(file, reading: digest, in: fileSystem)
  }
}

/// The dispenser's state behind a lock, with the cursors themselves.
final class Dispenser: Sendable {
  /// Which file the last block came from, and how much of that file has been read.
  struct Lease {
    var fileIndex = 0
    var inputBytesRead = 0
  }

  private struct State {
    var dispenser: DispenserState
    var inputs: [OpenInput?]
    var fingerprints: [ManifestInput.Fingerprint?]
  }

  private let state: Monitor<State>
  private let files: [InputFile]
  private let fileSystem: any FileSystem

  init(files: [InputFile], in fileSystem: any FileSystem) {
    self.files = files
    self.fileSystem = fileSystem
    state = Monitor(
      State(
        dispenser: DispenserState(fileCount: files.count), inputs: files.map { _ in nil },
        fingerprints: files.map { _ in nil }))
  }

  /// What each file was, once it has been read to its end.
  var fingerprints: [ManifestInput.Fingerprint?] { state.withLock { $0.fingerprints } }

  func stop() { state.withLock { $0.dispenser.stop() } }

  /// Reads the next block of whichever file is next.
  ///
  /// - Returns: false when there is nothing left to read.
  func nextBlock(into block: inout DocumentBlock, _ lease: inout Lease) throws(Diagnostic) -> Bool {
    while true {
      let answer = state.wait { state in
        let answer = state.dispenser.lease()
        return answer == .wait ? nil : answer
      }
      guard case .lease(let index) = answer else { return false }
      lease.fileIndex = index
      var isFinished = true
      defer {
        state.withLock { state in
          state.dispenser.giveBack(index, isFinished: isFinished)
          if isFinished { state.inputs[index] = nil }
        }
      }
      let opened = state.withLock { $0.inputs[index] }
      let input: OpenInput
      if let opened {
        input = opened
      } else {
        input = try OpenInput(files[index], in: fileSystem)
        state.withLock { $0.inputs[index] = input }
      }
      if try input.cursor.nextBlock(into: &block) {
        isFinished = false
        lease.inputBytesRead = input.cursor.compressedBytesRead
        return true
      }
      let fingerprint = try input.digest.finish()
      state.withLock { $0.fingerprints[index] = fingerprint }
    }
  }
}
