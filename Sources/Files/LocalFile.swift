import Blocks
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A descriptor to read from.
final class LocalReadableFile: ReadableFile {
  let path: String
  private let descriptor: Int32
  private let owned: Bool

  init(path: String, descriptor: Int32, owned: Bool) {
    self.path = path
    self.descriptor = descriptor
    self.owned = owned
  }

  deinit {
    if owned { close(descriptor) }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    try retry { unsafe systemRead(descriptor, buffer.baseAddress, buffer.count) }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) -> Int {
    try retry { unsafe pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)) }
  }

  private func retry(_ body: () -> Int) throws(Diagnostic) -> Int {
    while true {
      let count = body()
      if count >= 0 { return count }
      if errno != EINTR { throw .refused(.read, path, errno: errno) }
    }
  }
}

/// A descriptor to write to; -1 once closed.
final class LocalWritableFile: WritableFile {
  let path: String
  private let descriptor: Atomic<Int32>

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = Atomic(descriptor)
  }

  deinit {
    let open = descriptor.exchange(-1, ordering: .relaxed)
    if open >= 0 { _ = systemClose(open) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    let open = descriptor.load(ordering: .relaxed)
    var written = 0
    while written < bytes.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = unsafe systemWrite(open, rest.baseAddress, rest.count)
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        throw .refused(.write, path, errno: count == 0 ? EIO : errno)
      }
    }
  }

  func sync() throws(Diagnostic) {
    while fsync(descriptor.load(ordering: .relaxed)) != 0 {
      // A pipe or a device has nothing to sync, and says so with EINVAL.
      if errno == EINVAL { return }
      if errno != EINTR { throw .refused(.sync, path, errno: errno) }
    }
  }

  func close() throws(Diagnostic) {
    let open = descriptor.exchange(-1, ordering: .relaxed)
    // Not again after EINTR: on Linux the descriptor is gone by then, and its number may be somebody else's.
    if open >= 0, systemClose(open) != 0, errno != EINTR { throw .refused(.close, path, errno: errno) }
  }
}

// The methods above hide the functions of the C library that bear their names.
private let systemRead = unsafe read(_:_:_:)
private let systemWrite = unsafe write(_:_:_:)
private let systemClose = close(_:)
