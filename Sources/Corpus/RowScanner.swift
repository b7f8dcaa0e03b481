import Blocks
import Files

/// Finds the fields of the row that a window starts with.
struct RowScanner {
  /// A field's bytes from the row's start, quotes left out.
  struct Field {
    var range: Range<Int>
    var hasDoubledQuotes = false
  }

  struct Fault {
    var offset: Int
    var expected: String
    var found: String
    /// There is nothing more behind it.
    var isAtEnd = false
  }

  enum Outcome {
    case end
    /// A row of so many bytes, its line end included; its fields are in `fields`.
    case row(byteCount: Int)
    case fault(Fault)
    /// So many bytes, and no end.
    case tooLong(byteCount: Int)
  }

  let delimiter: UInt8
  let limit: Int
  private(set) var fields: [Field] = []
  /// Where the line ends that the last field was looked for in; searched once a line, not once a field.
  private var newline = -1

  init(delimiter: UInt8, limit: Int) {
    self.delimiter = delimiter
    self.limit = limit
  }

  /// The row is an empty line.
  var isBlank: Bool { fields.count == 1 && fields[0].range == 0..<0 }

  /// Scans one row and leaves it in the window.
  mutating func scan(_ window: SourceWindow) throws(Diagnostic) -> Outcome {
    fields.removeAll(keepingCapacity: true)
    newline = -1
    guard try holds(0, in: window) else { return .end }
    var start = 0
    while true {
      guard start <= limit else { return .tooLong(byteCount: start) }
      let end: Int
      if try holds(start, in: window), unsafe window.held[start] == UInt8(ascii: "\"") {
        guard let close = try closingQuote(behind: start, in: window) else {
          if window.heldByteCount > limit { return .tooLong(byteCount: window.heldByteCount) }
          return .fault(
            Fault(offset: start, expected: "a quote that closes", found: "the end of the file", isAtEnd: true))
        }
        end = close + 1
        newline = -1
      } else {
        end = try plainEnd(from: start, in: window)
        fields.append(Field(range: start..<end))
      }
      guard try holds(end, in: window) else { return .row(byteCount: end) }
      let next = unsafe window.held[end]
      if next == delimiter {
        start = end + 1
      } else if next == 0x0A {
        trimReturn(in: window)
        return .row(byteCount: end + 1)
      } else if next == 0x0D, try isLineEnd(end + 1, in: window) {
        return .row(byteCount: min(end + 2, window.heldByteCount))
      } else if end - start > limit {
        return .tooLong(byteCount: end - start)
      } else {
        return .fault(
          Fault(offset: end, expected: "a delimiter or the end of the line", found: "the byte \(hexadecimal(next))"))
      }
    }
  }

  /// A field's value with doubled quotes made single.
  func value(_ index: Int, in held: UnsafeRawBufferPointer) -> [UInt8] {
    let field = fields[index]
    guard field.hasDoubledQuotes else { return unsafe Array(held[field.range]) }
    var value: [UInt8] = []
    value.reserveCapacity(field.range.count)
    var rest = unsafe UnsafeRawBufferPointer(rebasing: held[field.range])
    while let quote = unsafe firstOffset(of: UInt8(ascii: "\""), in: rest) {
      unsafe value.append(contentsOf: rest[...quote])
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[min(quote + 2, rest.count)...])
    }
    unsafe value.append(contentsOf: rest)
    return value
  }

  /// Where the line that holds a byte ends, its line end included.
  func lineEnd(behind offset: Int, in window: SourceWindow) throws(Diagnostic) -> Int {
    var searched = min(offset, window.heldByteCount)
    while true {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: window.held[searched...])
      if let found = unsafe firstOffset(of: 0x0A, in: rest) { return searched + found + 1 }
      searched = window.heldByteCount
      // A line without end is taken in pieces.
      guard searched <= limit, try window.fill() else { return searched }
    }
  }

  private func isLineEnd(_ offset: Int, in window: SourceWindow) throws(Diagnostic) -> Bool {
    guard try holds(offset, in: window) else { return true }
    return unsafe window.held[offset] == 0x0A
  }

  private func holds(_ offset: Int, in window: SourceWindow) throws(Diagnostic) -> Bool {
    while offset >= window.heldByteCount {
      guard try window.fill() else { return false }
    }
    return true
  }

  /// Where the quote is that closes the field whose opening quote is at `start`; the field is noted. nil when there is
  /// none, or none within the limit.
  private mutating func closingQuote(behind start: Int, in window: SourceWindow) throws(Diagnostic) -> Int? {
    var searched = start + 1
    var hasDoubledQuotes = false
    while true {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: window.held[min(searched, window.heldByteCount)...])
      guard let found = unsafe firstOffset(of: UInt8(ascii: "\""), in: rest) else {
        searched = max(searched, window.heldByteCount)
        guard searched <= limit, try window.fill() else { return nil }
        continue
      }
      let quote = searched + found
      guard try holds(quote + 1, in: window), unsafe window.held[quote + 1] == UInt8(ascii: "\"") else {
        fields.append(Field(range: start + 1..<quote, hasDoubledQuotes: hasDoubledQuotes))
        return quote
      }
      hasDoubledQuotes = true
      searched = quote + 2
    }
  }

  /// Where a field without quotes ends: at a delimiter, a line end or the end of the file.
  private mutating func plainEnd(from start: Int, in window: SourceWindow) throws(Diagnostic) -> Int {
    var searched = start
    while newline < start {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: window.held[searched...])
      if let found = unsafe firstOffset(of: 0x0A, in: rest) {
        newline = searched + found
      } else {
        searched = window.heldByteCount
        let mayGoOn = searched - start <= limit
        let isMore = mayGoOn ? try window.fill() : false
        if !isMore { newline = window.heldByteCount }
      }
    }
    let line = unsafe UnsafeRawBufferPointer(rebasing: window.held[start..<newline])
    return unsafe firstOffset(of: delimiter, in: line).map { start + $0 } ?? newline
  }

  /// A carriage return before the line end is no part of the last field.
  private mutating func trimReturn(in window: SourceWindow) {
    guard let last = fields.last, !last.range.isEmpty, !last.hasDoubledQuotes,
      unsafe window.held[last.range.upperBound] == 0x0A, unsafe window.held[last.range.upperBound - 1] == 0x0D
    else { return }
    fields[fields.count - 1].range = last.range.lowerBound..<last.range.upperBound - 1
  }
}
