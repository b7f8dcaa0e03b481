import CKernels
import Testing

/// 64 bytes to eight masks: every way that this processor knows against the one in plain C, and that against the words.
@Suite struct BytePlanesTests {
  private static let kernels: [palimpsest_byte_planes_kernel] = {
    var kernels = unsafe [palimpsest_byte_planes_kernel?](repeating: nil, count: 4)
    let count = unsafe kernels.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return Int32(0) }
      return unsafe palimpsest_byte_planes_kernels(base)
    }
    return unsafe kernels.prefix(Int(count)).compactMap { unsafe $0 }
  }()

  private func planes(_ kernel: palimpsest_byte_planes_kernel, _ bytes: [UInt8], _ properties: [UInt8]) -> [UInt64] {
    var planes = [UInt64](repeating: 0, count: 8)
    unsafe planes.withUnsafeMutableBufferPointer { planes in
      unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe properties.withUnsafeBufferPointer { properties in
          guard let text = bytes.baseAddress, let table = properties.baseAddress, let output = planes.baseAddress else {
            return
          }
          unsafe kernel(text, table, output)
        }
      }
    }
    return planes
  }

  /// Bit i of plane p is bit p of the property of byte i; the last plane is of bytes beyond ASCII alone.
  private func expected(_ bytes: [UInt8], _ properties: [UInt8]) -> [UInt64] {
    (0..<8).map { plane in
      bytes.indices.reduce(0) { mask, index in
        let byte = bytes[index]
        let isSet = byte >= 0x80 ? plane == 7 : plane < 7 && properties[Int(byte)] >> plane & 1 == 1
        return mask | (isSet ? 1 << UInt64(index) : 0)
      }
    }
  }

  @Test func `All kernels make the masks that the table says`() {
    var random = SplitMix(state: 3)
    for round in 0..<300 {
      let properties = (0..<128).map { _ in UInt8(random.next(below: 128)) }
      let limit = [256, 128, 16, 2][round % 4]
      let first = round % 8 < 4 ? 0 : 256 - limit
      let bytes = (0..<64).map { _ in UInt8(first + random.next(below: limit)) }
      let expected = expected(bytes, properties)
      for index in unsafe Self.kernels.indices {
        #expect(unsafe planes(Self.kernels[index], bytes, properties) == expected)
      }
    }
  }

  @Test func `Every byte is looked up at every place`() {
    let properties = (0..<128).map { UInt8($0) }
    for byte in UInt8.min...UInt8.max {
      let bytes = [UInt8](repeating: byte, count: 64)
      let expected = expected(bytes, properties)
      for index in unsafe Self.kernels.indices {
        #expect(unsafe planes(Self.kernels[index], bytes, properties) == expected)
      }
    }
  }
}
