import Blocks

/// One column of a record batch: its values by the number of their row, every place checked when it is looked at.
struct ArrowColumn {
  /// What cannot be read, for the message of whoever knows the place.
  struct Fault: Error {
    var expected: String
    var found: String
  }

  private indirect enum Values {
    case bytes([UInt8], offsets: [UInt8], width: Int)
    case views([UInt8], [[UInt8]])
    case integers([UInt8], width: Int, isSigned: Bool)
    case list(ArrowColumn, offsets: [UInt8], width: Int)
    case fixedList(ArrowColumn, count: Int)
    /// A dictionary may come in parts.
    case dictionary([ArrowColumn], indices: ArrowColumn)
  }

  let count: Int
  /// A bit a row, set where there is a value: of the column itself, and of the structures around it.
  private var validities: [[UInt8]]
  private let values: Values

  /// - Parameter buffers: those of the field, the validity first.
  init?(
    _ field: ArrowField, count: Int, buffers: [[UInt8]], child: ArrowColumn?, dictionary: [ArrowColumn] = [],
    index: ArrowField.Kind? = nil
  ) {
    self.count = count
    validities = buffers.first.map { $0.isEmpty ? [] : [$0] } ?? []
    switch index ?? field.kind {
    case .bytes(let width):
      guard buffers.count == 3 else { return nil }
      values = .bytes(buffers[2], offsets: buffers[1], width: width)
    case .views:
      guard buffers.count >= 2 else { return nil }
      values = .views(buffers[1], Array(buffers[2...]))
    case .integers(let width, let isSigned):
      guard buffers.count == 2 else { return nil }
      values = .integers(buffers[1], width: width, isSigned: isSigned)
    case .list(let width):
      guard buffers.count == 2, let child else { return nil }
      values = .list(child, offsets: buffers[1], width: width)
    case .fixedList(let length):
      guard let child else { return nil }
      values = .fixedList(child, count: length)
    case .structure, .other: return nil
    }
  }

  private init(count: Int, validities: [[UInt8]], values: Values) {
    self.count = count
    self.validities = validities
    self.values = values
  }

  /// The column inside of a structure that has nulls of its own.
  func inside(_ validity: [UInt8]) -> ArrowColumn {
    validity.isEmpty ? self : ArrowColumn(count: count, validities: validities + [validity], values: values)
  }

  /// Indices into a dictionary, which are this column, to the values that they stand for.
  func looking(into dictionary: [ArrowColumn]) -> ArrowColumn {
    ArrowColumn(count: count, validities: validities, values: .dictionary(dictionary, indices: self))
  }

  var holdsLists: Bool {
    switch values {
    case .list, .fixedList: true
    default: false
    }
  }

  var holdsIntegers: Bool {
    if case .integers = values { true } else { false }
  }

  func isNull(_ row: Int) throws(Fault) -> Bool {
    for validity in validities {
      guard row / 8 < validity.count else {
        throw Fault(expected: "a bit for each row", found: "\(validity.count) bytes")
      }
      if validity[row / 8] >> UInt8(row % 8) & 1 == 0 { return true }
    }
    return false
  }

  /// The bytes of a row; nil for null.
  func bytes(_ row: Int) throws(Fault) -> ArraySlice<UInt8>? {
    if try isNull(row) { return nil }
    switch values {
    case .bytes(let bytes, let offsets, let width):
      let range = try Self.range(row, offsets, width)
      guard range.upperBound <= bytes.count else {
        throw Fault(expected: "a text inside its \(bytes.count) bytes", found: "one up to \(range.upperBound)")
      }
      return bytes[range]
    case .views(let views, let buffers): return try Self.view(row, views, buffers)
    case .dictionary(let parts, let indices):
      guard let index = try indices.integer(row) else { return nil }
      var rest = Int(clamping: index)
      for part in parts {
        if rest >= 0, rest < part.count { return try part.bytes(rest) }
        rest -= part.count
      }
      throw Fault(expected: "an entry of the dictionary", found: "entry \(index)")
    default: throw Fault(expected: "texts", found: "something else")
    }
  }

  /// The integer of a row; nil for null.
  func integer(_ row: Int) throws(Fault) -> Int64? {
    guard case .integers(let bytes, let width, let isSigned) = values, try !isNull(row) else { return nil }
    guard row < bytes.count / width else {
      throw Fault(expected: "an integer for each row", found: "\(bytes.count) bytes")
    }
    let value = bits(of: bytes, at: row * width * 8, count: width * 8)
    let unused = UInt64(64 - width * 8)
    // A 64-bit number without sign that is too large for one with a sign is no id either way.
    return isSigned ? Int64(bitPattern: value << unused) >> Int64(unused) : Int64(clamping: value)
  }

  /// The column that holds the members of lists, and which of them are those of a row; nil for null.
  func list(_ row: Int) throws(Fault) -> (members: ArrowColumn, range: Range<Int>)? {
    if try isNull(row) { return nil }
    let result: (members: ArrowColumn, range: Range<Int>)
    switch values {
    case .list(let child, let offsets, let width): result = (child, try Self.range(row, offsets, width))
    case .fixedList(let child, let count):
      let (start, overflow) = row.multipliedReportingOverflow(by: count)
      guard !overflow, start <= .max - count else { throw Fault(expected: "lists", found: "too many members") }
      result = (child, start..<start + count)
    default: throw Fault(expected: "lists", found: "something else")
    }
    guard result.range.upperBound <= result.members.count else {
      throw Fault(expected: "\(result.members.count) members of lists", found: "\(result.range.upperBound)")
    }
    return result
  }

  /// Where a row starts and ends, by the offsets of it and the next.
  private static func range(_ row: Int, _ offsets: [UInt8], _ width: Int) throws(Fault) -> Range<Int> {
    guard row + 1 < offsets.count / width else {
      throw Fault(expected: "an offset for each row", found: "\(offsets.count) bytes")
    }
    let start = bits(of: offsets, at: row * width * 8, count: width * 8)
    let end = bits(of: offsets, at: (row + 1) * width * 8, count: width * 8)
    guard start <= end, end < 1 << UInt64(width * 8 - 1) else {
      throw Fault(expected: "offsets that ascend", found: "\(start) before \(end)")
    }
    return Int(start)..<Int(end)
  }

  /// Up to 12 bytes stand in the view itself, more in a buffer.
  private static func view(_ row: Int, _ views: [UInt8], _ buffers: [[UInt8]]) throws(Fault) -> ArraySlice<UInt8> {
    guard row < views.count / 16 else { throw Fault(expected: "a view for each row", found: "\(views.count) bytes") }
    func word(_ index: Int) -> Int { Int(bits(of: views, at: row * 128 + index * 32, count: 32)) }
    let count = word(0)
    if count <= 12 { return views[row * 16 + 4..<row * 16 + 4 + count] }
    let (buffer, offset) = (word(2), word(3))
    guard buffer < buffers.count, offset <= buffers[buffer].count, count <= buffers[buffer].count - offset else {
      throw Fault(expected: "a view inside its buffer", found: "\(count) bytes at \(offset) of buffer \(buffer)")
    }
    return buffers[buffer][offset..<offset + count]
  }
}
