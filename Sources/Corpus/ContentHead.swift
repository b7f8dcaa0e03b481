import Blocks
import Files

/// The first bytes of the decompressed content, and what they tell about the rest.
struct ContentHead {
  private let bytes: [UInt8]

  /// A tar archive says what it is this far in.
  private static let byteCount = 512

  /// Looks at the first bytes of a window and leaves them there. A stream that breaks so early is looked at as far as
  /// it goes; it breaks again when it is read.
  ///
  /// - Throws: what the system says of a file that cannot be read.
  init(of window: SourceWindow) throws(Diagnostic) {
    do throws(Diagnostic) {
      while window.heldByteCount < Self.byteCount, try window.fill() {}
    } catch {
      guard error.isAboutStream else { throw error }
    }
    bytes = unsafe Array(window.held.prefix(Self.byteCount))
  }

  /// Length of the UTF-8 byte order mark, which is no part of the text.
  var markByteCount: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

  /// Whether this is a tar archive. One without files is nothing but zeros: then its name must say what it is.
  func isArchive(named path: String) -> Bool {
    TarHeader.isArchive(startingWith: bytes)
      || bytes.count == Self.byteCount && InputFile.isArchiveName(path) && bytes.allSatisfy { $0 == 0 }
  }

  /// The format that content says it has in its first bytes.
  var format: InputOptions.Format? { binaryFormat ?? textFormat }

  private var textFormat: InputOptions.Format? {
    let start = bytes.dropFirst(markByteCount)
    if start.starts(with: Array("WARC/".utf8)), start.dropFirst(5).first.map({ (0x30...0x39).contains($0) }) ?? false {
      return .warc
    }
    return isDump(start) || isDump(everyOther(start)) ? .mediawiki : nil
  }

  /// A dump has its root in sight, behind at most a declaration.
  private func isDump(_ start: ArraySlice<UInt8>) -> Bool {
    guard let first = firstVisible(behind: start.startIndex, in: start), first.byte == UInt8(ascii: "<") else {
      return false
    }
    return String(decoding: start[first.offset...], as: UTF8.self).contains("<mediawiki")
  }

  /// UTF-16 of ASCII as ASCII, whichever half of each unit is zero, and without a byte order mark.
  private func everyOther(_ start: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    encoding?.hasPrefix("UTF-16") == true ? start.filter { $0 != 0 && $0 < 0x80 }[...] : []
  }

  /// Whether this is UTF-16 with the high bytes first; nil for what is no UTF-16.
  var isBigEndianUTF16: Bool? { encoding == "UTF-16BE" ? true : encoding == "UTF-16LE" ? false : nil }

  private var binaryFormat: InputOptions.Format? {
    if bytes.starts(with: ArrowMessages.fileMagic) { return .arrow }
    if bytes.starts(with: NumPyArray.magic) { return .npy }
    // It begins with letters that a text may begin with, too: what follows is the header of a page.
    if bytes.starts(with: ParquetReader.magic), bytes.count >= 5, bytes[4] < 0x20 { return .parquet }
    return nil
  }

  /// Whether the first byte that is not white space opens a JSON object.
  var startsObject: Bool { firstVisible(behind: markByteCount)?.byte == UInt8(ascii: "{") }

  /// Whether this is JSON that is not one document a line: an array of objects, or an object whose first line is only a
  /// part of it.
  var isPlainJSON: Bool {
    guard let first = firstVisible(behind: markByteCount) else { return false }
    if first.byte == UInt8(ascii: "[") {
      return firstVisible(behind: first.offset + 1)?.byte == UInt8(ascii: "{")
    }
    guard first.byte == UInt8(ascii: "{"), let lineEnd = bytes[first.offset...].firstIndex(of: 0x0A) else {
      return false
    }
    let line = bytes[first.offset..<lineEnd]
    return line.last { !Self.blanks.contains($0) } != UInt8(ascii: "}")
  }

  private func firstVisible(behind start: Int) -> (offset: Int, byte: UInt8)? {
    firstVisible(behind: start, in: bytes[...])
  }

  private func firstVisible(behind start: Int, in bytes: ArraySlice<UInt8>) -> (offset: Int, byte: UInt8)? {
    bytes[min(start, bytes.endIndex)...].firstIndex { !Self.blanks.contains($0) }.map { ($0, bytes[$0]) }
  }

  private static let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]

  /// Why this cannot be the start of UTF-8 text, or nil.
  func problem(path: String) -> Diagnostic? {
    let location = SourceLocation(path: path, byte: 0)
    if let encoding {
      return Diagnostic(
        "corpus.wrong-encoding", "'\(path)' is \(encoding), not UTF-8", at: location, expected: "UTF-8",
        found: encoding, help: "convert it: `iconv -f \(encoding) -t UTF-8 FILE`")
    }
    let known = binaryFormat?.rawValue ?? KnownFormat.format(of: bytes)
    if let format = known ?? (isArchive(named: path) ? "a tar archive" : nil) {
      return Diagnostic(
        "corpus.not-text", "'\(path)' holds \(format), not text", at: location, expected: "UTF-8 text or JSON lines",
        found: format, help: "unpack it first")
    }
    return nil
  }

  private var encoding: String? {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) { return "UTF-32LE" }
    if bytes.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32BE" }
    if bytes.starts(with: [0xFF, 0xFE]) { return "UTF-16LE" }
    if bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16BE" }
    // Without a mark: Latin text in UTF-16 has a zero in most pairs, always on the same side.
    let pairs = bytes.count / 2
    if pairs < 8 { return nil }
    let zeros = (0..<pairs).reduce(into: (left: 0, right: 0)) { zeros, pair in
      if bytes[2 * pair] == 0 { zeros.left += 1 }
      if bytes[2 * pair + 1] == 0 { zeros.right += 1 }
    }
    if zeros.left == 0, zeros.right * 2 > pairs { return "UTF-16LE" }
    if zeros.right == 0, zeros.left * 2 > pairs { return "UTF-16BE" }
    return nil
  }
}
