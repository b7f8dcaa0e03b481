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

  /// Whether the first byte that is not white space opens a JSON object.
  var startsObject: Bool {
    bytes.dropFirst(markByteCount).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }

  /// Why this cannot be the start of UTF-8 text, or nil.
  func problem(path: String) -> Diagnostic? {
    let location = SourceLocation(path: path, byte: 0)
    if let encoding {
      return Diagnostic(
        "corpus.wrong-encoding", "'\(path)' is \(encoding), not UTF-8", at: location, expected: "UTF-8",
        found: encoding, help: "convert it: `iconv -f \(encoding) -t UTF-8 FILE`")
    }
    if let format = KnownFormat.format(of: bytes) ?? (isArchive(named: path) ? "a tar archive" : nil) {
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
