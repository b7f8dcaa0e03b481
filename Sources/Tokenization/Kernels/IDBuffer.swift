/// A growable run of ids that a hot loop writes through a pointer, after asking for room once per batch.
@safe struct IDBuffer: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt32>
  private var capacity: Int
  var count = 0

  init(capacity: Int = 1024) {
    unsafe base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { unsafe base.deallocate() }

  /// Makes sure that `room` more ids fit; `base` may move.
  @inline(__always)
  mutating func reserve(_ room: Int) {
    if capacity - count < room { grow(room) }
  }

  @inline(never)
  private mutating func grow(_ room: Int) {
    let larger = max(capacity * 2, count + room)
    let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: larger)
    unsafe memory.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = memory
    capacity = larger
  }

  @inline(__always)
  mutating func append(_ id: UInt32) {
    reserve(1)
    unsafe base[count] = id
    count += 1
  }

  mutating func append(_ ids: UnsafePointer<UInt32>, count added: Int) {
    reserve(added)
    unsafe (base + count).update(from: ids, count: added)
    count += added
  }

  func append(to array: inout [UInt32]) {
    unsafe array.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
  }
}
