/// A FlatBuffers table about to be written: fields by slot, in any order, absent ones left out.
///
/// Just what Arrow's metadata takes: scalars, strings, tables, vectors of tables, and vectors of structs of 64-bit
/// words.
package struct FlatTable {
  package indirect enum Value {
    /// The low bytes of a number: 1, 2, 4 or 8 of them.
    case scalar(UInt64, byteWidth: Int)
    case string(String)
    case table(FlatTable)
    case tables([FlatTable])
    /// A vector of structs of `wordsPerStruct` 64-bit words each, one after the other.
    case structs([Int64], wordsPerStruct: Int)
  }

  package var fields: [(slot: Int, value: Value)]

  package init(_ fields: [(slot: Int, value: Value)] = []) {
    self.fields = fields
  }

  /// The bytes of a buffer with this table as its root; the same table always gives the same bytes.
  package func encoded() -> [UInt8] {
    var writer = FlatBufferWriter()
    writer.finish(root: self)
    return writer.bytes
  }
}

extension FlatTable.Value {
  package static func uint8(_ value: UInt8) -> Self { .scalar(UInt64(value), byteWidth: 1) }
  package static func bool(_ value: Bool) -> Self { .scalar(value ? 1 : 0, byteWidth: 1) }
  package static func int16(_ value: Int16) -> Self { .scalar(UInt64(UInt16(bitPattern: value)), byteWidth: 2) }
  package static func int32(_ value: Int32) -> Self { .scalar(UInt64(UInt32(bitPattern: value)), byteWidth: 4) }
  package static func int64(_ value: Int) -> Self { .scalar(UInt64(bitPattern: Int64(value)), byteWidth: 8) }

  /// Bytes in the table itself: the number, or the offset to what stands elsewhere.
  fileprivate var inlineByteWidth: Int {
    if case .scalar(_, let byteWidth) = self { byteWidth } else { 4 }
  }
}

/// Writes a buffer front to back: each table behind its vtable, each child behind its parent, as the format allows.
///
///     root offset | vtable | table: soffset, fields … | children of the table, in the order of its fields …
private struct FlatBufferWriter {
  var bytes: [UInt8] = []

  mutating func finish(root: FlatTable) {
    bytes = [0, 0, 0, 0]
    patch(UInt64(append(root)), byteWidth: 4, at: 0)
    align(to: 8)
  }

  /// Appends a table with everything below it, and returns where the table starts.
  private mutating func append(_ table: FlatTable) -> Int {
    var offsets = Array(repeating: 0, count: (table.fields.map(\.slot).max() ?? -1) + 1)
    var tableByteCount = 4
    for field in table.fields {
      let width = field.value.inlineByteWidth
      tableByteCount = (tableByteCount + width - 1) / width * width
      offsets[field.slot] = tableByteCount
      tableByteCount += width
    }
    align(to: 8)
    let vtable = bytes.count
    append(UInt64(4 + 2 * offsets.count), byteWidth: 2)
    append(UInt64(tableByteCount), byteWidth: 2)
    for offset in offsets { append(UInt64(offset), byteWidth: 2) }
    align(to: 8)
    let start = bytes.count
    append(UInt64(start - vtable), byteWidth: 4)
    bytes.append(contentsOf: repeatElement(0, count: tableByteCount - 4))
    for field in table.fields {
      let place = start + offsets[field.slot]
      switch field.value {
      case .scalar(let bits, let width): patch(bits, byteWidth: width, at: place)
      case .string(let text): link(place, to: append(text))
      case .table(let child): link(place, to: append(child))
      case .tables(let children): link(place, to: append(children))
      case .structs(let words, let perStruct): link(place, to: append(words, perStruct: perStruct))
      }
    }
    return start
  }

  private mutating func append(_ text: String) -> Int {
    align(to: 4)
    let start = bytes.count
    append(UInt64(text.utf8.count), byteWidth: 4)
    bytes.append(contentsOf: text.utf8)
    bytes.append(0)
    return start
  }

  private mutating func append(_ tables: [FlatTable]) -> Int {
    align(to: 4)
    let start = bytes.count
    append(UInt64(tables.count), byteWidth: 4)
    bytes.append(contentsOf: repeatElement(0, count: 4 * tables.count))
    for (index, table) in tables.enumerated() { link(start + 4 + 4 * index, to: append(table)) }
    return start
  }

  private mutating func append(_ words: [Int64], perStruct: Int) -> Int {
    // The count stands right before the first struct, which is aligned to 8.
    align(to: 8)
    append(0, byteWidth: 4)
    let start = bytes.count
    append(UInt64(words.count / perStruct), byteWidth: 4)
    for word in words { append(UInt64(bitPattern: word), byteWidth: 8) }
    return start
  }

  private mutating func link(_ place: Int, to target: Int) {
    patch(UInt64(target - place), byteWidth: 4, at: place)
  }

  private mutating func align(to alignment: Int) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }

  private mutating func append(_ bits: UInt64, byteWidth: Int) {
    for byte in 0..<byteWidth { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte))) }
  }

  private mutating func patch(_ bits: UInt64, byteWidth: Int, at place: Int) {
    for byte in 0..<byteWidth { bytes[place + byte] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte)) }
  }
}
