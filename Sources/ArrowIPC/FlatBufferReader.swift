package import Blocks

/// A FlatBuffers buffer out of a file: nothing in it is believed before it is checked against the buffer's bounds.
package struct FlatBuffer {
  /// Who reads, for messages: the first part of the codes, and what a person can do about damage.
  package struct Area: Sendable {
    package var codePrefix: String
    package var help: String

    package init(codePrefix: String, help: String) {
      self.codePrefix = codePrefix
      self.help = help
    }
  }

  let bytes: [UInt8]
  /// The file, and where in it the buffer starts: for messages.
  let path: String
  let fileOffset: Int
  let area: Area

  package init(bytes: [UInt8], path: String, fileOffset: Int, area: Area) {
    self.bytes = bytes
    self.path = path
    self.fileOffset = fileOffset
    self.area = area
  }

  package func root() throws(Diagnostic) -> FlatTableView {
    try table(at: try target(ofOffsetAt: 0))
  }

  /// What an unsigned forward offset points at.
  fileprivate func target(ofOffsetAt place: Int) throws(Diagnostic) -> Int {
    let offset = Int(try load(4, at: place))
    guard offset > 0, place + offset < bytes.count else {
      throw damaged(at: place, expected: "an offset inside the \(bytes.count) bytes of metadata", found: "\(offset)")
    }
    return place + offset
  }

  /// A little-endian number of 1, 2, 4 or 8 bytes.
  fileprivate func load(_ byteWidth: Int, at place: Int) throws(Diagnostic) -> UInt64 {
    guard place >= 0, place <= bytes.count - byteWidth else {
      throw damaged(at: place, expected: "a place inside the \(bytes.count) bytes of metadata", found: "\(place)")
    }
    var bits: UInt64 = 0
    for byte in 0..<byteWidth { bits |= UInt64(bytes[place + byte]) << UInt64(8 * byte) }
    return bits
  }

  fileprivate func table(at position: Int) throws(Diagnostic) -> FlatTableView {
    let distance = Int(Int32(truncatingIfNeeded: try load(4, at: position)))
    let vtable = position - distance
    guard vtable >= 0, vtable < bytes.count, position % 4 == 0, vtable % 2 == 0 else {
      throw damaged(at: position, expected: "a table with its layout inside the metadata", found: "\(distance)")
    }
    let vtableByteCount = Int(try load(2, at: vtable))
    let tableByteCount = Int(try load(2, at: vtable + 2))
    guard vtableByteCount >= 4, vtableByteCount % 2 == 0, vtable + vtableByteCount <= bytes.count,
      tableByteCount >= 4, position + tableByteCount <= bytes.count
    else {
      throw damaged(
        at: vtable, expected: "the sizes of a layout and a table inside the metadata",
        found: "\(vtableByteCount) and \(tableByteCount)")
    }
    return FlatTableView(
      buffer: self, position: position, vtable: vtable, slotCount: (vtableByteCount - 4) / 2,
      byteCount: tableByteCount)
  }

  /// The start of a vector's elements and their number, all inside the buffer.
  fileprivate func vector(at position: Int, elementByteWidth: Int) throws(Diagnostic) -> (start: Int, count: Int) {
    let count = Int(try load(4, at: position))
    guard position % 4 == 0, count <= (bytes.count - position - 4) / elementByteWidth else {
      throw damaged(at: position, expected: "a vector inside the metadata", found: "\(count) elements")
    }
    return (position + 4, count)
  }

  func damaged(at place: Int, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      "\(area.codePrefix).damaged-metadata", "the metadata of \(path) is damaged",
      at: SourceLocation(path: path, byte: fileOffset + max(0, min(place, bytes.count))), expected: expected,
      found: found, help: area.help)
  }
}

/// A table of a buffer. Fields that are absent read as nil or as the default that the schema gives them.
package struct FlatTableView {
  fileprivate let buffer: FlatBuffer
  fileprivate let position: Int
  fileprivate let vtable: Int
  fileprivate let slotCount: Int
  fileprivate let byteCount: Int

  /// Bytes of the whole buffer.
  package var bufferByteCount: Int { buffer.bytes.count }

  package func uint8(_ slot: Int) throws(Diagnostic) -> UInt8 {
    UInt8(truncatingIfNeeded: try scalar(slot, byteWidth: 1))
  }

  package func bool(_ slot: Int) throws(Diagnostic) -> Bool { try uint8(slot) != 0 }

  package func int16(_ slot: Int) throws(Diagnostic) -> Int {
    Int(Int16(truncatingIfNeeded: try scalar(slot, byteWidth: 2)))
  }

  package func int32(_ slot: Int) throws(Diagnostic) -> Int {
    Int(Int32(truncatingIfNeeded: try scalar(slot, byteWidth: 4)))
  }

  package func int64(_ slot: Int) throws(Diagnostic) -> Int {
    Int(Int64(bitPattern: try scalar(slot, byteWidth: 8)))
  }

  package func string(_ slot: Int) throws(Diagnostic) -> String? {
    guard let place = try place(of: slot, byteWidth: 4) else { return nil }
    let target = try buffer.target(ofOffsetAt: place)
    let (start, count) = try buffer.vector(at: target, elementByteWidth: 1)
    guard let text = String(validating: buffer.bytes[start..<start + count], as: UTF8.self) else {
      throw buffer.damaged(at: start, expected: "text in UTF-8", found: "ill-formed bytes")
    }
    return text
  }

  package func table(_ slot: Int) throws(Diagnostic) -> FlatTableView? {
    guard let place = try place(of: slot, byteWidth: 4) else { return nil }
    return try buffer.table(at: try buffer.target(ofOffsetAt: place))
  }

  package func tables(_ slot: Int) throws(Diagnostic) -> [FlatTableView] {
    guard let place = try place(of: slot, byteWidth: 4) else { return [] }
    let target = try buffer.target(ofOffsetAt: place)
    let (start, count) = try buffer.vector(at: target, elementByteWidth: 4)
    var tables: [FlatTableView] = []
    for index in 0..<count {
      tables.append(try buffer.table(at: try buffer.target(ofOffsetAt: start + 4 * index)))
    }
    return tables
  }

  /// A vector of structs of two 64-bit words each.
  package func pairs(_ slot: Int) throws(Diagnostic) -> [(Int, Int)] {
    guard let place = try place(of: slot, byteWidth: 4) else { return [] }
    let target = try buffer.target(ofOffsetAt: place)
    let (start, count) = try buffer.vector(at: target, elementByteWidth: 16)
    var pairs: [(Int, Int)] = []
    pairs.reserveCapacity(count)
    for index in 0..<count {
      let first = try buffer.load(8, at: start + 16 * index)
      let second = try buffer.load(8, at: start + 16 * index + 8)
      pairs.append((Int(Int64(bitPattern: first)), Int(Int64(bitPattern: second))))
    }
    return pairs
  }

  /// A vector of 64-bit integers.
  package func integers(_ slot: Int) throws(Diagnostic) -> [Int] {
    guard let place = try place(of: slot, byteWidth: 4) else { return [] }
    let target = try buffer.target(ofOffsetAt: place)
    let (start, count) = try buffer.vector(at: target, elementByteWidth: 8)
    var integers: [Int] = []
    integers.reserveCapacity(count)
    for index in 0..<count { integers.append(Int(Int64(bitPattern: try buffer.load(8, at: start + 8 * index)))) }
    return integers
  }

  /// An error about this table.
  package func damaged(expected: String, found: String) -> Diagnostic {
    buffer.damaged(at: position, expected: expected, found: found)
  }

  /// An error about something this table describes that is well-formed, but not ours to read.
  package func unsupported(_ what: String, expected: String) -> Diagnostic {
    Diagnostic(
      "\(buffer.area.codePrefix).unsupported", "\(buffer.path) has \(what)",
      at: SourceLocation(path: buffer.path, byte: buffer.fileOffset + position), expected: expected)
  }

  private func scalar(_ slot: Int, byteWidth: Int) throws(Diagnostic) -> UInt64 {
    guard let place = try place(of: slot, byteWidth: byteWidth) else { return 0 }
    return try buffer.load(byteWidth, at: place)
  }

  private func place(of slot: Int, byteWidth: Int) throws(Diagnostic) -> Int? {
    guard slot < slotCount else { return nil }
    let offset = Int(try buffer.load(2, at: vtable + 4 + 2 * slot))
    if offset == 0 { return nil }
    guard offset >= 4, offset + byteWidth <= byteCount else {
      throw buffer.damaged(
        at: vtable + 4 + 2 * slot, expected: "a field inside its table of \(byteCount) bytes", found: "\(offset)")
    }
    return position + offset
  }
}
