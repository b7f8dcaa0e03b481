/// A growable run of bytes that a hot loop writes through a pointer.
@safe struct ByteBuffer: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  var count = 0

  init(capacity: Int = 256) {
    unsafe base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { unsafe base.deallocate() }

  /// Makes sure that `room` more bytes fit; `base` may move.
  @inline(__always)
  mutating func reserve(_ room: Int) {
    if capacity - count < room { grow(room) }
  }

  @inline(never)
  private mutating func grow(_ room: Int) {
    let larger = max(capacity * 2, count + room)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    unsafe memory.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = memory
    capacity = larger
  }

  /// Appends up to four bytes of an integer, the lowest first. There must be room for four.
  @inline(__always)
  mutating func append(packed bytes: UInt32, count added: Int) {
    assert(capacity - count >= 4)
    unsafe UnsafeMutableRawPointer(base + count).storeBytes(of: bytes.littleEndian, as: UInt32.self)
    count &+= added
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafePointer<UInt8>, count added: Int) {
    reserve(added)
    unsafe (base + count).update(from: bytes, count: added)
    count &+= added
  }
}
