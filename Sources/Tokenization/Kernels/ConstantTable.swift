/// An array that never changes after it is made, behind one pointer: hot loops take `base` once and index it.
///
/// `@unchecked Sendable` holds because the memory is written in the initialiser only and freed with the last reference.
@safe final class ConstantTable<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  let base: UnsafePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    for index in elements.indices { unsafe (memory + index).initialize(to: elements[index]) }
    unsafe base = UnsafePointer(memory)
    count = elements.count
  }

  deinit { unsafe base.deallocate() }

  @inline(__always)
  subscript(index: Int) -> Element {
    precondition(index >= 0 && index < count)
    return unsafe base[index]
  }
}
