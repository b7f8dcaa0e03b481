package import Blocks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What was asked of the system when it refused.
package enum SystemCall: String, Sendable {
  case status = "look at"
  case list = "list"
  case makeDirectory = "make the directory"
  case open = "open"
  case read = "read"
  case create = "create"
  case write = "write to"
  case sync = "sync"
  case close = "close"
  case rename = "rename"
  case remove = "remove"
  case map = "map"
  case lock = "lock"
  case space = "ask for the free space at"
}

extension Diagnostic {
  /// The one place where a refused system call becomes an error for people; the meaning of each number is that of
  /// errno(3).
  ///
  /// - Parameter number: the value of `errno` after the call.
  package static func refused(_ call: SystemCall, _ path: String, errno number: Int32) -> Diagnostic {
    let reason = Reason(number, of: call)
    return Diagnostic(
      "files.\(reason.code)", "cannot \(call.rawValue) '\(path)'", at: SourceLocation(path: path),
      found: "\(unsafe String(cString: strerror(number))) (errno \(number))", help: reason.help)
  }
}

/// A code and an advice for an error number.
private struct Reason {
  let code: String
  let help: String?

  init(_ number: Int32, of call: SystemCall) {
    (code, help) = Self.text(for: number, of: call)
  }

  private static func text(for number: Int32, of call: SystemCall) -> (String, String?) {
    switch number {
    case ENOENT where call == .create || call == .rename || call == .lock:
      ("not-found", "a directory of this path does not exist: make it first")
    case ENOENT: ("not-found", "check the spelling; paths are relative to the directory the program was started in")
    case EACCES, EPERM:
      ("permission", "check the owner and the mode of the file and of the directories above it (`ls -ld`)")
    case ENOSPC: ("disk-full", "free some space or choose another directory, then run the same command again")
    case EDQUOT: ("disk-full", "the quota of this user is used up: free some space or choose another file system")
    case EROFS: ("read-only", "this file system is mounted read-only: choose another directory")
    case EISDIR: ("is-a-directory", "name a file, not a directory")
    case ENOTDIR: ("not-a-directory", "a part of this path is a file, not a directory")
    case ENOTEMPTY: ("not-empty", "something else is writing into this directory")
    case EEXIST: ("exists", "something else is at this path: move it away")
    case EMFILE, ENFILE: ("too-many-open-files", "raise the limit of open files (`ulimit -n`)")
    case ENAMETOOLONG: ("name-too-long", "choose a shorter path")
    case ELOOP: ("link-loop", "the links on this path lead back to themselves")
    case EXDEV: ("other-file-system", "both paths must be on one file system")
    case EFBIG: ("file-too-large", "the file system or `ulimit -f` does not allow files this large")
    case EPIPE: ("broken-pipe", "the program at the other end of the pipe has gone")
    case EIO: ("io-error", "the disk or the network file system failed: look at the system's log (`dmesg`)")
    case ENOMEM: ("no-memory", "the system has no memory left for this")
    case ESPIPE: ("not-seekable", "a pipe can be read once, from its start: copy it to a file")
    default: ("system-error", nil)
    }
  }
}
