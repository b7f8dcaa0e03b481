internal import Blocks

/// The fields of one protobuf message, in their order: number and value, groups left out.
///
///     key (varint): field number << 3 | wire type      0 varint   1 eight bytes   2 length and bytes   5 four bytes
struct ProtobufFields {
  enum Value {
    case integer(UInt64)
    case bytes(ArraySlice<UInt8>)

    var integer: UInt64? { if case .integer(let value) = self { value } else { nil } }
    var bytes: ArraySlice<UInt8>? { if case .bytes(let value) = self { value } else { nil } }
    /// Four bytes as a number of single precision.
    var float: Float? { integer.flatMap { UInt32(exactly: $0) }.map { Float(bitPattern: $0) } }
  }

  private var rest: ArraySlice<UInt8>
  private let path: String

  init(_ message: ArraySlice<UInt8>, path: String) {
    rest = message
    self.path = path
  }

  /// The next field; nil at the end.
  mutating func next() throws(Diagnostic) -> (number: UInt64, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let start = rest.startIndex
    let key = try varint(from: start)
    switch key & 7 {
    case 0: return (key >> 3, .integer(try varint(from: start)))
    case 1: return (key >> 3, .integer(littleEndian(try take(8, from: start))))
    case 2:
      let count = try varint(from: start)
      return (key >> 3, .bytes(try take(count, from: start)))
    case 5: return (key >> 3, .integer(littleEndian(try take(4, from: start))))
    default: throw broken(at: start)
    }
  }

  private mutating func varint(from start: Int) throws(Diagnostic) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw broken(at: start)
  }

  private mutating func take(_ count: UInt64, from start: Int) throws(Diagnostic) -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw broken(at: start) }
    let bytes = rest.prefix(Int(count))
    rest = rest.dropFirst(Int(count))
    return bytes
  }

  private func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func broken(at byte: Int) -> Diagnostic {
    Diagnostic(
      "tokenizer.invalid", "\(path) is no SentencePiece model, or is damaged",
      at: SourceLocation(path: path, byte: byte), expected: "a field of a protobuf message",
      help: "give the tokenizer.model as it was published, and fetch it again if it was cut short")
  }
}
