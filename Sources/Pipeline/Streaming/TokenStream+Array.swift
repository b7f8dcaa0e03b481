public import Blocks
import Files
import Tokenization

extension TokenStream {
  /// Writes the ids of all texts as one flat NumPy array (`.npy`, version 1.0): `uint16` where the vocabulary allows,
  /// else `uint32`. The file appears whole or not at all.
  public func writeArray(of paths: [String], to path: String) throws(Diagnostic) -> Totals {
    let byteCount = tokenizer.vocabularySize <= 1 << 16 ? 2 : 4
    let body = path + ".partial-ids"
    let ids = try SharedFile(body, in: fileSystem)
    let totals = try write(paths, as: .integers(byteCount: byteCount)) { (bytes) throws(Diagnostic) in
      try ids.write(bytes)
    }
    try ids.commit(durable: false)

    // The header states the length, which is known only now: the ids are copied behind it.
    var array = try AtomicFile(path, in: fileSystem)
    try array.write(Self.header(count: totals.tokens, byteCount: byteCount))
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

  /// Writes the rows of all texts into a file, which appears whole or not at all.
  public func write(_ paths: [String], as format: Format, to path: String) throws(Diagnostic) -> Totals {
    let file = try SharedFile(path, in: fileSystem)
    let totals = try write(paths, as: format) { (bytes) throws(Diagnostic) in try file.write(bytes) }
    try file.commit()
    return totals
  }

  /// Padded so that the ids start at a multiple of 64 bytes.
  private static func header(count: Int, byteCount: Int) -> [UInt8] {
    var text = "{'descr': '<u\(byteCount)', 'fortran_order': False, 'shape': (\(count),), }"
    let padding = 64 - (10 + text.utf8.count + 1) % 64
    text += String(repeating: " ", count: padding % 64) + "\n"
    var head: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    head.append(littleEndian: UInt64(text.utf8.count), byteCount: 2)
    return head + Array(text.utf8)
  }
}

/// An atomic file that several threads write, one at a time.
private final class SharedFile: Sendable {
  private let file: Monitor<AtomicFile?>

  init(_ path: String, in fileSystem: any FileSystem) throws(Diagnostic) {
    file = Monitor(try AtomicFile(path, in: fileSystem))
  }

  func write(_ bytes: Span<UInt8>) throws(Diagnostic) {
    let failure: Diagnostic? = file.withLock { file in
      do throws(Diagnostic) {
        try file?.write(bytes)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  func commit(durable: Bool = true) throws(Diagnostic) {
    if let file = file.withLock({ $0.take() }) { try file.commit(durable: durable) }
  }
}
