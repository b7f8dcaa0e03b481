public import Blocks

/// The content of a file, lent as memory: pages come in as they are touched and belong to the system's cache.
///
/// The file must not be cut short while it is mapped; touching a page that is gone ends the process (SIGBUS). Ours are
/// never changed after their rename.
///
/// `@unchecked Sendable`: the bytes are read-only from creation to `deinit`, and `release` is called once, there.
@safe
public final class MappedFile: @unchecked Sendable {
  private let bytes: UnsafeRawBufferPointer
  private let release: @Sendable (UnsafeRawBufferPointer) -> Void

  /// Takes over bytes that `release` gives back.
  package init(
    adopting bytes: UnsafeRawBufferPointer, release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
  ) {
    unsafe self.bytes = bytes
    unsafe self.release = release
  }

  /// A copy of bytes in the shape of a mapped file, for file systems that cannot map.
  public convenience init(copying bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    unsafe copy.copyBytes(from: bytes)
    unsafe self.init(adopting: UnsafeRawBufferPointer(copy)) { unsafe $0.deallocate() }
  }

  deinit {
    unsafe release(bytes)
  }

  public var byteCount: Int { unsafe bytes.count }

  /// Lends the bytes for the duration of `body`.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws(Diagnostic) -> R) throws(Diagnostic) -> R {
    defer { withExtendedLifetime(self) {} }
    return try unsafe body(bytes)
  }
}
