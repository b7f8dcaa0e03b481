/// Snappy's raw format, which Parquet packs its pages in by default.
///
/// - Source: google/snappy, `format_description.txt`. The format has four kinds of elements and no checksum; to read it
///   takes less code than to call a library that every user would have to install.
enum Snappy {
  /// Decodes a block that must fill `output`; false for one that does not, or that cannot be read.
  static func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
    var place = 0
    guard let length = unsafe varint(input, &place), length == output.count else { return false }
    var filled = 0
    while place < input.count {
      let tag = unsafe Int(input[place])
      place += 1
      if tag & 3 == 0 {
        guard unsafe copyLiteral(tag, input, &place, output, &filled) else { return false }
        continue
      }
      let extra = tag & 3 == 3 ? 4 : tag & 3
      guard place + extra <= input.count else { return false }
      var distance = tag & 3 == 1 ? (tag >> 5) << 8 : 0
      for byte in 0..<extra { distance |= unsafe Int(input[place + byte]) << (8 * byte) }
      place += extra
      let count = tag & 3 == 1 ? 4 + (tag >> 2 & 7) : 1 + tag >> 2
      guard distance > 0, distance <= filled, count <= output.count - filled else { return false }
      unsafe copyBack(count, distance, output, filled)
      filled += count
    }
    return filled == output.count
  }

  private static func varint(_ input: UnsafeRawBufferPointer, _ place: inout Int) -> Int? {
    var value = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      guard place < input.count else { return nil }
      let byte = unsafe Int(input[place])
      place += 1
      value |= (byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  private static func copyLiteral(
    _ tag: Int, _ input: UnsafeRawBufferPointer, _ place: inout Int, _ output: UnsafeMutableRawBufferPointer,
    _ filled: inout Int
  ) -> Bool {
    var count = tag >> 2 + 1
    if count > 60 {
      let extra = count - 60
      guard place + extra <= input.count else { return false }
      count = 1
      for byte in 0..<extra { count += unsafe Int(input[place + byte]) << (8 * byte) }
      place += extra
    }
    guard count <= input.count - place, count <= output.count - filled else { return false }
    unsafe UnsafeMutableRawBufferPointer(rebasing: output[filled...]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: input[place..<place + count]))
    place += count
    filled += count
    return true
  }

  /// Repeats what was written `distance` bytes ago; source and target may overlap.
  @inline(__always)
  private static func copyBack(
    _ count: Int, _ distance: Int, _ output: UnsafeMutableRawBufferPointer, _ filled: Int
  ) {
    var target = filled
    let end = filled + count
    // Eight bytes at a time, a little past the end where there is room: it is written over later.
    if distance >= 8, end + 8 <= output.count {
      while target < end {
        let word = unsafe output.loadUnaligned(fromByteOffset: target - distance, as: UInt64.self)
        unsafe output.storeBytes(of: word, toByteOffset: target, as: UInt64.self)
        target += 8
      }
      return
    }
    while target < end {
      unsafe output[target] = output[target - distance]
      target += 1
    }
  }
}
