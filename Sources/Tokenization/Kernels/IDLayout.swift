internal import CKernels

/// How ids lie in the slots of a word table: as many as fit, behind them their number.
///
/// Where there are more, the first two places say where in the arena they are and how many.
protocol IDLayout {
  /// Ids that a slot for short words holds.
  static var shortCount: Int { get }
  /// Ids that a slot for long words holds.
  static var longCount: Int { get }

  /// What the last place of a short word's slot says; beyond `shortCount` the ids are in the arena.
  static func count(_ ids: (UInt64, UInt64)) -> Int
  static func count(_ ids: (UInt64, UInt64, UInt64)) -> Int

  /// Writes all places of a short word's slot, 8 ids at most, whatever their number is.
  static func copyShort(_ ids: UnsafeRawPointer, to output: UnsafeMutablePointer<UInt32>)
  /// Writes all places of a long word's slot, 12 ids at most.
  static func copyLong(_ ids: UnsafeRawPointer, to output: UnsafeMutablePointer<UInt32>)

  /// The kernel of `WordCache.appendKnown`.
  static func append(_ kernels: UnsafePointer<palimpsest_word_kernels>) -> palimpsest_append_kernel

  static func pack(_ ids: UnsafePointer<UInt32>, count: Int, arena: inout IDBuffer) -> (UInt64, UInt64)
  static func packLong(_ ids: UnsafePointer<UInt32>, count: Int, arena: inout IDBuffer) -> (UInt64, UInt64, UInt64)
}

extension IDLayout {
  /// Room that one look-up may write to, beyond the ids it appends.
  @inline(__always) static var room: Int { 12 }
}

/// Two bytes an id: for ids below 65,536, seven in a short slot, eleven in a long one.
enum NarrowIDs: IDLayout {
  static let shortCount = 7
  static let longCount = 11
  private static let spilled = UInt64.max << 48

  @inline(__always)
  static func count(_ ids: (UInt64, UInt64)) -> Int { Int(truncatingIfNeeded: ids.1 >> 48) }

  @inline(__always)
  static func count(_ ids: (UInt64, UInt64, UInt64)) -> Int { Int(truncatingIfNeeded: ids.2 >> 48) }

  @inline(__always)
  static func copyShort(_ ids: UnsafeRawPointer, to output: UnsafeMutablePointer<UInt32>) {
    unsafe palimpsest_widen_ids(ids, 8, output)
  }

  @inline(__always)
  static func copyLong(_ ids: UnsafeRawPointer, to output: UnsafeMutablePointer<UInt32>) {
    unsafe palimpsest_widen_ids(ids, 12, output)
  }

  @inline(__always)
  static func append(_ kernels: UnsafePointer<palimpsest_word_kernels>) -> palimpsest_append_kernel {
    unsafe kernels.pointee.append_narrow
  }

  static func pack(_ ids: UnsafePointer<UInt32>, count: Int, arena: inout IDBuffer) -> (UInt64, UInt64) {
    guard count <= shortCount else { return unsafe (arena.keep(ids, count: count), spilled) }
    return unsafe (part(ids, 0, count), part(ids, 4, count) | UInt64(count) << 48)
  }

  static func packLong(
    _ ids: UnsafePointer<UInt32>, count: Int, arena: inout IDBuffer
  ) -> (UInt64, UInt64, UInt64) {
    guard count <= longCount else { return unsafe (arena.keep(ids, count: count), 0, spilled) }
    return unsafe (part(ids, 0, count), part(ids, 4, count), part(ids, 8, count) | UInt64(count) << 48)
  }

  private static func part(_ ids: UnsafePointer<UInt32>, _ start: Int, _ count: Int) -> UInt64 {
    var part: UInt64 = 0
    for index in start..<max(start, min(start + 4, count)) {
      unsafe part |= UInt64(ids[index] & 0xFFFF) << UInt64((index - start) * 16)
    }
    return part
  }
}

/// Four bytes an id: three in a short slot, five in a long one.
enum WideIDs: IDLayout {
  static let shortCount = 3
  static let longCount = 5
  private static let spilled = UInt64.max << 32

  @inline(__always)
  static func count(_ ids: (UInt64, UInt64)) -> Int { Int(truncatingIfNeeded: ids.1 >> 32) }

  @inline(__always)
  static func count(_ ids: (UInt64, UInt64, UInt64)) -> Int { Int(truncatingIfNeeded: ids.2 >> 32) }

  @inline(__always)
  static func copyShort(_ ids: UnsafeRawPointer, to output: UnsafeMutablePointer<UInt32>) {
    unsafe UnsafeMutableRawPointer(output).copyMemory(from: ids, byteCount: 16)
  }

  @inline(__always)
  static func copyLong(_ ids: UnsafeRawPointer, to output: UnsafeMutablePointer<UInt32>) {
    unsafe UnsafeMutableRawPointer(output).copyMemory(from: ids, byteCount: 24)
  }

  @inline(__always)
  static func append(_ kernels: UnsafePointer<palimpsest_word_kernels>) -> palimpsest_append_kernel {
    unsafe kernels.pointee.append_wide
  }

  static func pack(_ ids: UnsafePointer<UInt32>, count: Int, arena: inout IDBuffer) -> (UInt64, UInt64) {
    guard count <= shortCount else { return unsafe (arena.keep(ids, count: count), spilled) }
    return unsafe (part(ids, 0, count), part(ids, 2, count) | UInt64(count) << 32)
  }

  static func packLong(
    _ ids: UnsafePointer<UInt32>, count: Int, arena: inout IDBuffer
  ) -> (UInt64, UInt64, UInt64) {
    guard count <= longCount else { return unsafe (arena.keep(ids, count: count), 0, spilled) }
    return unsafe (part(ids, 0, count), part(ids, 2, count), part(ids, 4, count) | UInt64(count) << 32)
  }

  private static func part(_ ids: UnsafePointer<UInt32>, _ start: Int, _ count: Int) -> UInt64 {
    let low = start < count ? unsafe UInt64(ids[start]) : 0
    let high = start + 1 < count ? unsafe UInt64(ids[start + 1]) : 0
    return low | high << 32
  }
}

extension IDBuffer {
  /// Appends ids that stay, and says where: offset in the lower half, number in the upper.
  mutating func keep(_ ids: UnsafePointer<UInt32>, count added: Int) -> UInt64 {
    let place = UInt64(truncatingIfNeeded: count) & 0xFFFF_FFFF | UInt64(truncatingIfNeeded: added) << 32
    unsafe append(ids, count: added)
    return place
  }
}
