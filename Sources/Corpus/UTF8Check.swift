import CKernels

/// UTF-8 as Unicode 16 defines it in table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
package enum UTF8Check {
  /// Offset of the first sequence that is not well-formed, or nil.
  ///
  /// Same result as `firstInvalidOffsetPlain`: a vector at a time, then, from where vectors leave off, a table-free
  /// decision per character.
  package static func firstInvalidOffset(in bytes: UnsafeRawBufferPointer) -> Int? {
    let count = bytes.count
    guard let base = bytes.baseAddress else { return nil }
    var offset = unsafe textScan.utf8(base.assumingMemoryBound(to: UInt8.self), count)
    while true {
      while offset < count, unsafe base.load(fromByteOffset: offset, as: UInt8.self) < 0x80 { offset += 1 }
      if offset == count { return nil }
      // A run of characters that are not ASCII; a space or a letter ends it.
      while offset < count {
        let lead = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
        if lead < 0x80 { break }
        // Four bytes in one load, when there are four: most characters of most scripts end here.
        if offset + 4 <= count {
          let word = unsafe UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
          if word & 0x00C0_C0F0 == 0x0080_80E0 {
            let scalar = (word & 0x0F) << 12 | (word >> 8 & 0x3F) << 6 | (word >> 16 & 0x3F)
            if scalar >= 0x800, scalar & 0xF800 != 0xD800 {
              offset += 3
              continue
            }
          } else if word & 0xC0E0 == 0x80C0, word & 0x1E != 0 {
            offset += 2
            continue
          }
        }
        let length = unsafe sequenceLength(at: offset, in: bytes)
        if length < 0 { return offset }
        offset += length
      }
    }
  }

  /// The definition, character by character.
  package static func firstInvalidOffsetPlain(in bytes: UnsafeRawBufferPointer) -> Int? {
    var offset = 0
    while offset < bytes.count {
      let length = unsafe sequenceLength(at: offset, in: bytes)
      if length < 0 { return offset }
      offset += length
    }
    return nil
  }

  /// Length of the well-formed sequence at an offset, or minus the length of the maximal subpart of an ill-formed one:
  /// what Unicode 16, section 3.9, replaces by one U+FFFD.
  package static func sequenceLength(at offset: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    func byte(_ distance: Int) -> UInt8 {
      offset + distance < bytes.count ? unsafe bytes[offset + distance] : 0
    }
    let lead = byte(0)
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return -1
    }
    guard second.contains(byte(1)) else { return -1 }
    for distance in 2..<max(length, 2) where byte(distance) & 0xC0 != 0x80 { return -distance }
    return length
  }

  /// Appends bytes to a text, with U+FFFD in the place of each maximal subpart that is not UTF-8.
  package static func appendRepaired(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    var rest = unsafe bytes
    while let bad = unsafe firstInvalidOffset(in: rest) {
      unsafe text.append(contentsOf: rest[..<bad])
      text.append(contentsOf: [0xEF, 0xBF, 0xBD])
      let length = unsafe -sequenceLength(at: bad, in: rest)
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[(bad + length)...])
    }
    unsafe text.append(contentsOf: rest)
  }
}
