import Blocks
import Files

/// Codes in a `.npy` file: the rows of a table, or one long row, which may be cut at a separating code.
///
/// - Source: NumPy, "numpy.lib.format", versions 1 to 3.
final class NumPyArray: DocumentReader {
  private let options: InputOptions
  private let rows: RowDocuments
  private var codes: CodeBuffer
  private var shape: Shape?
  private var row = 0
  /// Values of a long row that are still to come.
  private var left = 0

  /// What the header says.
  private struct Shape {
    var rowCount: Int
    var rowLength: Int
    var width: Int
    var isSigned: Bool
    var isBigEndian: Bool
  }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let longestHeader = 1 << 16

  init(_ options: InputOptions) {
    self.options = options
    rows = RowDocuments(options)
    codes = CodeBuffer(limit: options.maximumDocumentBytes)
  }

  var line: Int { row + 1 }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    let shape: Shape
    if let known = self.shape {
      shape = known
    } else {
      shape = try readHeader(of: window, block.path)
      self.shape = shape
      left = shape.rowCount == 1 ? shape.rowLength : 0
    }
    let separator = options.documents == .separator ? try separator(block.path) : nil
    if shape.rowCount == 1 {
      guard left > 0 else { return false }
      try readCodes(shape, upTo: separator, of: window, block.path)
      // Two separators may follow each other; a row that is empty as a whole was never there.
      if codes.byteCount == 0 { return true }
    } else {
      guard row < shape.rowCount else { return false }
      left = shape.rowLength
      try readCodes(shape, upTo: nil, of: window, block.path)
    }
    row += 1
    try rows.take(codes: codes, at: SourceLocation(path: block.path, row: row, group: 0), into: &block)
    return true
  }

  private func separator(_ path: String) throws(Diagnostic) -> Int64 {
    guard let separator = Int64(options.separator) else {
      throw Diagnostic(
        "corpus.wrong-type", "codes are parted by a code, not by text", at: SourceLocation(path: path),
        expected: "`separator:` as a number", found: "'\(options.separator)'")
    }
    return separator
  }

  /// Takes the values up to the end of the row, or to a separator, which goes.
  private func readCodes(
    _ shape: Shape, upTo separator: Int64?, of window: SourceWindow, _ path: String
  ) throws(Diagnostic) {
    codes.removeAll()
    while left > 0 {
      while window.heldByteCount < shape.width {
        guard try window.fill() else {
          throw Diagnostic(
            "files.truncated-stream", "'\(path)' ends inside its array",
            at: SourceLocation(path: path, byte: window.position + window.heldByteCount),
            expected: "\(left) more values", found: "end of file",
            help: "the file is probably incomplete: fetch or write it again")
        }
      }
      let count = min(left, window.heldByteCount / shape.width)
      for index in 0..<count {
        let code = unsafe Self.value(window.held, at: index * shape.width, shape)
        if code == separator {
          window.consume((index + 1) * shape.width)
          left -= index + 1
          return
        }
        codes.append(code)
      }
      window.consume(count * shape.width)
      left -= count
    }
  }

  private static func value(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ shape: Shape) -> Int64 {
    var bits: UInt64 = 0
    for index in 0..<shape.width {
      let byte = unsafe UInt64(bytes[offset + index])
      let place = shape.isBigEndian ? shape.width - 1 - index : index
      bits |= byte << UInt64(8 * place)
    }
    let unused = UInt64(64 - 8 * shape.width)
    return shape.isSigned ? Int64(bitPattern: bits << unused) >> Int64(unused) : Int64(clamping: bits)
  }

  /// Magic, version, length of the header, and the header: a Python dictionary in one line.
  private func readHeader(of window: SourceWindow, _ path: String) throws(Diagnostic) -> Shape {
    func holds(_ count: Int) throws(Diagnostic) -> Bool {
      while window.heldByteCount < count {
        guard try window.fill() else { return false }
      }
      return true
    }
    guard try holds(12), unsafe window.held.starts(with: Self.magic) else { throw malformed(path, "no header") }
    let version = unsafe window.held[6]
    guard (1...3).contains(version) else { throw malformed(path, "version \(version)") }
    let start = version == 1 ? 10 : 12
    var length = 0
    for index in 8..<start { length |= unsafe Int(window.held[index]) << (8 * (index - 8)) }
    guard length <= Self.longestHeader, try holds(start + length) else {
      throw malformed(path, "a header of \(length) bytes")
    }
    let text = unsafe String(decoding: window.held[start..<start + length], as: UTF8.self)
    guard let shape = Self.shape(text) else {
      throw Diagnostic(
        "corpus.wrong-type", "'\(path)' holds no table of integers", at: SourceLocation(path: path, byte: start),
        expected: "integers of 1 to 8 bytes, one row or a table of rows", found: String(text.prefix(200)))
    }
    window.consume(start + length)
    return shape
  }

  /// `{'descr': '<i4', 'fortran_order': False, 'shape': (3, 14), }`
  private static func shape(_ header: String) -> Shape? {
    func value(_ key: String) -> Substring? {
      guard let key = header.range(of: "'\(key)':") else { return nil }
      return header[key.upperBound...].drop { $0 == " " }
    }
    guard let type = value("descr")?.dropFirst().prefix(while: { $0 != "'" }), type.utf8.count == 3,
      let order = type.first, let kind = type.dropFirst().first, let width = Int(type.dropFirst(2)),
      "<>|=".contains(order), "iu".contains(kind), [1, 2, 4, 8].contains(width),
      let isFortran = value("fortran_order")?.hasPrefix("True"),
      let list = value("shape")?.dropFirst().prefix(while: { $0 != ")" })
    else { return nil }
    let sizes = list.split(separator: ",").map { Int($0.filter { $0 != " " }) ?? -1 }
    guard (1...2).contains(sizes.count), sizes.allSatisfy({ $0 >= 0 && $0 <= 1 << 40 }), !isFortran || sizes.count == 1
    else { return nil }
    return Shape(
      rowCount: sizes.last == 0 ? 0 : sizes.count == 2 ? sizes[0] : 1, rowLength: sizes.last ?? 0, width: width,
      isSigned: kind == "i",
      isBigEndian: order == ">")
  }

  private func malformed(_ path: String, _ found: String) -> Diagnostic {
    Diagnostic(
      "corpus.malformed-npy", "'\(path)' is not a .npy file", at: SourceLocation(path: path, byte: 0),
      expected: "the header of an array", found: found, help: "write it with numpy.save")
  }
}

extension String {
  /// Where a text stands first in this one.
  fileprivate func range(of text: String) -> Range<String.Index>? {
    let (whole, part) = (Array(utf8), Array(text.utf8))
    guard whole.count >= part.count else { return nil }
    for start in 0...(whole.count - part.count) where whole[start..<start + part.count].elementsEqual(part) {
      let first = utf8.index(startIndex, offsetBy: start)
      return first..<utf8.index(first, offsetBy: part.count)
    }
    return nil
  }
}
