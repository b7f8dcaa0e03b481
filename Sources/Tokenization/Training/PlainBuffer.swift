/// A growable run of plain values behind one pointer: hot loops read and write it without uniqueness checks or
/// reference counts. Indices are checked in debug builds.
///
/// `@unchecked Sendable`: the buffer has one owner, and nobody else can reach its memory.
@safe struct PlainBuffer<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count: Int
  private(set) var capacity: Int

  init(capacity: Int = 16) {
    self.capacity = max(1, capacity)
    count = 0
    unsafe base = .allocate(capacity: self.capacity)
  }

  init(repeating value: Element, count: Int) {
    self.init(capacity: count)
    append(repeating: value, count: count)
  }

  deinit { unsafe base.deallocate() }

  var isEmpty: Bool { count == 0 }
  /// Bytes of memory held.
  var byteCount: Int { capacity * MemoryLayout<Element>.stride }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      assert(index >= 0 && index < count)
      return unsafe base[index]
    }
    @inline(__always) set {
      assert(index >= 0 && index < count)
      unsafe base[index] = newValue
    }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    unsafe base[count] = element
    count += 1
  }

  mutating func append(repeating value: Element, count added: Int) {
    guard added > 0 else { return }
    if count + added > capacity { grow(to: count + added) }
    unsafe (base + count).initialize(repeating: value, count: added)
    count += added
  }

  mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    if count + elements.count > capacity { grow(to: count + elements.count) }
    unsafe (base + count).update(from: source, count: elements.count)
    count += elements.count
  }

  @inline(__always)
  mutating func popLast() -> Element? {
    guard count > 0 else { return nil }
    count -= 1
    return unsafe base[count]
  }

  /// Forgets what stands behind the first `newCount` elements.
  mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    count = newCount
  }

  /// Forgets the elements and keeps the memory.
  mutating func removeAll() { count = 0 }

  @inline(never)
  private mutating func grow(to needed: Int) {
    let larger = max(needed, capacity * 2)
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    unsafe memory.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = memory
    capacity = larger
  }
}
