import Files
import Synchronization

/// What was found out about addresses, so that it is asked for once: a listing tells of a thousand.
final class KnownStatuses: Sendable {
  private let statuses = Mutex<[String: FileStatus]>([:])

  subscript(path: String) -> FileStatus? {
    get { statuses.withLock { $0[path] } }
    set { statuses.withLock { $0[path] = newValue } }
  }
}
