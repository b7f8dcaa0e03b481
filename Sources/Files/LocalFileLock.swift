import Blocks
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A lock on an open file, which the system takes back when the process ends; -1 once released.
final class LocalFileLock: FileLock {
  private let path: String
  private let descriptor: Atomic<Int32>

  /// Locks the file behind a descriptor and takes the descriptor over.
  ///
  /// - Returns: nil when the file has gone from its path meanwhile: then the lock keeps nobody out.
  init?(_ path: String, descriptor: Int32) throws(Diagnostic) {
    self.path = path
    self.descriptor = Atomic(descriptor)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      // A file system without locks: better unguarded than useless.
      case ENOLCK, ENOTSUP, EOPNOTSUPP, ENOSYS: return
      case let number:
        let isTaken = number == EWOULDBLOCK
        _ = close(self.descriptor.exchange(-1, ordering: .relaxed))
        throw isTaken ? Self.taken(path) : .refused(.lock, path, errno: number)
      }
    }
    var (open, there) = (stat(), stat())
    let isThere = unsafe fstat(descriptor, &open) == 0 && stat(path, &there) == 0
    if !isThere || open.st_ino != there.st_ino || open.st_dev != there.st_dev {
      _ = close(self.descriptor.exchange(-1, ordering: .relaxed))
      return nil
    }
  }

  deinit { release() }

  func release() {
    let held = descriptor.exchange(-1, ordering: .relaxed)
    if held < 0 { return }
    // Removed while it is held, so that nobody can hold a lock on it when it goes.
    _ = unsafe unlink(path)
    _ = close(held)
  }

  private static func taken(_ path: String) -> Diagnostic {
    Diagnostic(
      "files.locked", "'\(path)' is held by another process", at: SourceLocation(path: path),
      help: "wait until it has ended (`fuser '\(path)'` says which one it is)")
  }
}
