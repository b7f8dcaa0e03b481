internal import CKernels

/// An array that never changes after it is made, behind one pointer: hot loops take `base` once and index it.
///
/// Tables of a megabyte and more are on large pages: they are read at random, and looking up where a page is would cost
/// as much as reading it.
///
/// `@unchecked Sendable` holds because the memory is written in the initialiser only and freed with the last reference.
@safe final class ConstantTable<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  let base: UnsafePointer<Element>
  let count: Int

  private let byteCount: Int
  private static var largePage: Int { 2 << 20 }

  init(_ elements: [Element]) {
    let wanted = max(1, elements.count) * MemoryLayout<Element>.stride
    byteCount = wanted < Self.largePage / 2 ? wanted : (wanted + Self.largePage - 1) & ~(Self.largePage - 1)
    guard let memory = unsafe palimpsest_large_memory(byteCount) else {
      fatalError("out of memory: \(byteCount) bytes")
    }
    let table = unsafe memory.bindMemory(to: Element.self, capacity: max(1, elements.count))
    for index in elements.indices { unsafe (table + index).initialize(to: elements[index]) }
    unsafe base = UnsafePointer(table)
    count = elements.count
  }

  deinit { unsafe palimpsest_free_large_memory(UnsafeMutableRawPointer(mutating: base), byteCount) }

  @inline(__always)
  subscript(index: Int) -> Element {
    precondition(index >= 0 && index < count)
    return unsafe base[index]
  }
}
