public import Blocks
import Corpus
public import Files
public import Tokenization

/// Tokenizes lines of files as a stream: memory does not grow with the files.
public struct TokenStream: Sendable {
  public struct Totals: Sendable, Equatable {
    public var lines = 0
    /// Bytes of text, line ends not counted.
    public var bytes = 0
    public var tokens = 0
  }

  let tokenizer: Tokenizer
  let addsSpecialTokens: Bool
  let fileSystem: any FileSystem

  /// Bytes read before the lines at hand are tokenized.
  private static let chunkByteCount = 4 << 20

  public init(tokenizer: Tokenizer, addsSpecialTokens: Bool = false, in fileSystem: any FileSystem = LocalFileSystem())
  {
    self.tokenizer = tokenizer
    self.addsSpecialTokens = addsSpecialTokens
    self.fileSystem = fileSystem
  }

  /// Calls `body` with the ids of each line, in order; an empty line has none (or only special ones).
  ///
  /// Lines end at `\n`; a `\r` before it does not belong to the line. Files may be compressed; `-` is standard input.
  ///
  /// - Throws: `tokenize.invalid-utf8` with file, line and byte; what reading has to say; what `body` throws.
  public func forEachLine(
    of paths: [String], _ body: (Span<UInt32>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Totals {
    var scratch = tokenizer.makeScratch()
    var tokens = TokenBlock()
    return try forEachBlock(of: paths) { (block, totals) throws(Diagnostic) in
      tokenizer.encode(block, into: &tokens, scratch: &scratch, specialInText: .match)
      for document in tokens.documents {
        if addsSpecialTokens {
          let ids = tokenizer.addSpecialTokens(to: Array(tokens.ids[document.range]))
          totals.tokens += ids.count
          try body(ids.span)
        } else {
          totals.tokens += document.tokenCount
          try body(tokens.ids.span.extracting(document.range))
        }
      }
    }
  }

  /// Calls `body` with the ids of each line and where each came from, in order; slower than `forEachLine`.
  ///
  /// - Throws: as `forEachLine`.
  public func forEachEncoding(
    of paths: [String], _ body: (Tokenizer.Encoding) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Totals {
    var scratch = tokenizer.makeScratch()
    return try forEachBlock(of: paths) { (block, totals) throws(Diagnostic) in
      for document in block.documents {
        let encoding = tokenizer.encodeWithOffsets(
          block.bytes.span.extracting(document.range), addsSpecialTokens: addsSpecialTokens, scratch: &scratch)
        totals.tokens += encoding.ids.count
        try body(encoding)
      }
    }
  }

  private func forEachBlock(
    of paths: [String], _ body: (borrowing DocumentBlock, inout Totals) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Totals {
    var totals = Totals()
    var block = DocumentBlock()
    for path in paths {
      var lines = LineBlocks(path: path, source: try openDecompressed(path, in: fileSystem))
      while try lines.next(into: &block, byteCount: Self.chunkByteCount) {
        totals.lines += block.documents.count
        totals.bytes += block.documents.reduce(0) { $0 + $1.byteCount }
        try body(block, &totals)
      }
    }
    return totals
  }

  /// Writes the ids of all lines as one flat NumPy array (`.npy`, version 1.0): `uint16` where the vocabulary allows,
  /// else `uint32`. The file appears whole or not at all.
  public func writeArray(of paths: [String], to path: String) throws(Diagnostic) -> Totals {
    let isShort = tokenizer.vocabularySize <= 1 << 16
    let body = path + ".partial-ids"
    var ids = try AtomicFile(body, in: fileSystem)
    var bytes: [UInt8] = []
    let totals = try forEachLine(of: paths) { (line) throws(Diagnostic) in
      for index in line.indices { bytes.append(littleEndian: UInt64(line[index]), byteCount: isShort ? 2 : 4) }
      if bytes.count >= 1 << 20 {
        try ids.write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    try ids.write(bytes)
    try ids.commit(durable: false)

    // The header states the length, which is known only now: the ids are copied behind it.
    var array = try AtomicFile(path, in: fileSystem)
    var header = "{'descr': '\(isShort ? "<u2" : "<u4")', 'fortran_order': False, 'shape': (\(totals.tokens),), }"
    let padding = 64 - (10 + header.utf8.count + 1) % 64
    header += String(repeating: " ", count: padding % 64) + "\n"
    var head: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    head.append(littleEndian: UInt64(header.utf8.count), byteCount: 2)
    try array.write(head + Array(header.utf8))
    let file = try fileSystem.openForReading(body)
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = try file.read(into: &chunk, upTo: chunk.count)
      if count == 0 { break }
      try array.write(chunk.span.extracting(0..<count))
    }
    try array.commit()
    try fileSystem.remove(body)
    return totals
  }
}

/// Cuts a stream into blocks of whole lines, a document each.
private struct LineBlocks {
  private let path: String
  private let source: any ByteSource
  private var rest: [UInt8] = []
  private var isAtEnd = false
  private var line = 1
  private var byte = 0

  init(path: String, source: any ByteSource) {
    self.path = path
    self.source = source
  }

  /// Fills a block with the lines of about `byteCount` bytes; false at the end.
  mutating func next(into block: inout DocumentBlock, byteCount: Int) throws(Diagnostic) -> Bool {
    block.removeAll()
    block.path = path
    swap(&block.bytes, &rest)
    rest.removeAll(keepingCapacity: true)
    var searched = 0
    var end: Int?
    while !isAtEnd, end == nil {
      try fill(&block.bytes, byteCount: byteCount)
      end = block.bytes[searched...].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
      searched = block.bytes.count
    }
    if !isAtEnd, let end {
      rest.append(contentsOf: block.bytes[end...])
      block.bytes.removeSubrange(end...)
    }
    if block.bytes.isEmpty { return false }
    try cutLines(of: &block)
    return true
  }

  private mutating func fill(_ bytes: inout [UInt8], byteCount: Int) throws(Diagnostic) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: byteCount))
    var done = start
    var failure: Diagnostic?
    unsafe bytes.withUnsafeMutableBytes { buffer in
      do throws(Diagnostic) {
        while done < buffer.count {
          let count = unsafe try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
          if count == 0 { break }
          done += count
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    isAtEnd = done < bytes.count
    bytes.removeSubrange(done...)
  }

  private mutating func cutLines(of block: inout DocumentBlock) throws(Diagnostic) {
    var start = 0
    while start < block.bytes.count {
      let newline = block.bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? block.bytes.count
      var end = newline
      if newline < block.bytes.count, end > start, block.bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      let invalid = unsafe block.bytes.withUnsafeBytes { bytes in
        unsafe UTF8Check.firstInvalidOffset(in: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
      if let bad = invalid {
        throw Diagnostic(
          "tokenize.invalid-utf8", "\(path) is not valid UTF-8",
          at: SourceLocation(path: path, byte: byte + bad, line: line, column: bad + 1),
          found: "byte 0x" + String(block.bytes[start + bad], radix: 16, uppercase: true),
          help: "convert the file to UTF-8, or use `build` with on_error: repair")
      }
      block.documents.append(
        Document(start: start, byteCount: end - start, sourceByte: byte, sourceLine: line))
      byte += newline + 1 - start
      line += 1
      start = newline + 1
    }
  }
}
