import Blocks
import Files

/// The files of a tar archive, one after the other, each read as if it lay in a folder: its compression and format are
/// its own. Nothing is unpacked to disk; links, devices and names that leave the folder lead nowhere.
///
/// Files whose names a walk through a folder would pass over are passed over here, too; archives in archives are
/// opened. In messages a file is called `ARCHIVE/NAME`.
final class TarArchive: DocumentReader {
  private struct Member {
    let path: String
    let bytes: MemberBytes
    let window: SourceWindow
    let reader: any DocumentReader
  }

  private let options: InputOptions
  private let policy: DocumentPolicy
  private let open: (any ByteReader, String) throws(Diagnostic) -> (SourceWindow, any DocumentReader)
  private var member: Member?
  /// Where the data of the last header ends.
  private var dataEnd = 0
  private var entryCount = 0
  private var isDone = false
  /// What the files behind us unpacked.
  private var unpackedBefore = 0

  /// Records and long names longer than this are no names.
  private static let longestRecords = 1 << 20

  /// - Parameter open: takes off the compression of a file and finds out its format.
  init(
    _ options: InputOptions,
    open: @escaping (any ByteReader, String) throws(Diagnostic) -> (SourceWindow, any DocumentReader)
  ) {
    self.options = options
    self.open = open
    policy = DocumentPolicy(options)
  }

  var line: Int { member?.reader.line ?? 1 }
  var unpackedByteCount: Int { unpackedBefore + (member?.reader.unpackedByteCount ?? 0) }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    let archive = block.path
    defer { block.path = archive }
    while !isDone {
      if let member {
        block.path = member.path
        if try readUnit(of: member, into: &block) { return true }
        unpackedBefore += member.reader.unpackedByteCount
        self.member = nil
        block.path = archive
      }
      try skipData(of: window, archive)
      try enterNextMember(of: window, archive, &block)
    }
    return false
  }

  /// Reads a unit of a file; under `skip` and `repair` a damaged file ends where the damage is, and the next begins.
  private func readUnit(of member: Member, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    do throws(Diagnostic) {
      return try member.reader.readUnit(from: member.window, into: &block)
    } catch {
      guard member.bytes.failure == nil, options.onError != .fail else { throw error }
      policy.note(error, in: &block)
      return false
    }
  }

  private func enterNextMember(
    of window: SourceWindow, _ archive: String, _ block: inout DocumentBlock
  ) throws(Diagnostic) {
    var records: (name: String?, byteCount: Int?) = (nil, nil)
    while true {
      guard var header = try nextHeader(of: window, archive) else {
        isDone = true
        return
      }
      let start = window.position
      switch header.kind {
      case .longName:
        records.name = String(decoding: try data(of: header, window, archive).prefix { $0 != 0 }, as: UTF8.self)
      case .records:
        guard let found = TarHeader.records(try data(of: header, window, archive)) else {
          throw corrupt(archive, at: start, found: "records that are none")
        }
        records = (found.name ?? records.name, found.byteCount ?? records.byteCount)
      case .file, .other:
        header.name = records.name ?? header.name
        header.byteCount = records.byteCount ?? header.byteCount
        records = (nil, nil)
      }
      let (end, hasOverflown) = start.addingReportingOverflow(header.byteCount)
      guard !hasOverflown, end <= .max - TarHeader.byteCount else {
        throw corrupt(archive, at: start, found: "a size of \(header.byteCount)")
      }
      dataEnd = end
      if header.kind == .file, InputFile.isMemberName(header.name) {
        return try enter(header, of: window, archive, &block)
      }
      try skipData(of: window, archive)
    }
  }

  private func enter(
    _ header: TarHeader, of window: SourceWindow, _ archive: String, _ block: inout DocumentBlock
  ) throws(Diagnostic) {
    let path = archive + "/" + header.name
    let bytes = MemberBytes(path: path, byteCount: header.byteCount, of: window)
    do throws(Diagnostic) {
      let (window, reader) = try open(bytes, path)
      member = Member(path: path, bytes: bytes, window: window, reader: reader)
    } catch {
      guard bytes.failure == nil, options.onError != .fail else { throw error }
      policy.note(error, in: &block)
    }
  }

  /// The next header; nil at the end of the archive, which is a block of zeros or the end of the file.
  private func nextHeader(of window: SourceWindow, _ archive: String) throws(Diagnostic) -> TarHeader? {
    let bytes = try take(TarHeader.byteCount, from: window)
    if bytes.allSatisfy({ $0 == 0 }), bytes.isEmpty || bytes.count == TarHeader.byteCount { return nil }
    guard bytes.count == TarHeader.byteCount else { throw MemberBytes.truncated(archive, at: window.position) }
    entryCount += 1
    guard entryCount <= options.limits.archiveEntryCount else {
      throw Diagnostic(
        "corpus.archive-too-long", "'\(archive)' holds more entries than it may",
        at: SourceLocation(path: archive, byte: window.position - TarHeader.byteCount),
        expected: "at most \(options.limits.archiveEntryCount) entries", help: "raise `limits.archive_entries`")
    }
    guard let header = TarHeader(bytes) else {
      throw corrupt(archive, at: window.position - TarHeader.byteCount, found: "a header that is none")
    }
    return header
  }

  private func data(of header: TarHeader, _ window: SourceWindow, _ archive: String) throws(Diagnostic) -> [UInt8] {
    guard header.byteCount <= Self.longestRecords else {
      throw corrupt(archive, at: window.position, found: "a name of \(header.byteCount) bytes")
    }
    let bytes = try take(header.byteCount, from: window)
    guard bytes.count == header.byteCount else { throw MemberBytes.truncated(archive, at: window.position) }
    return bytes
  }

  /// The next bytes; fewer only at the end of the file.
  private func take(_ byteCount: Int, from window: SourceWindow) throws(Diagnostic) -> [UInt8] {
    while window.heldByteCount < byteCount, try window.fill() {}
    let bytes = unsafe Array(window.held.prefix(byteCount))
    window.consume(bytes.count)
    return bytes
  }

  /// Passes over what is left of the data of the last header, and the padding to a whole block.
  private func skipData(of window: SourceWindow, _ archive: String) throws(Diagnostic) {
    let next = (dataEnd + TarHeader.byteCount - 1) / TarHeader.byteCount * TarHeader.byteCount
    while window.position < next {
      if window.heldByteCount == 0, try !window.fill() {
        // The padding of the last file may be missing; its data may not.
        if window.position >= dataEnd { return }
        throw MemberBytes.truncated(archive, at: window.position)
      }
      window.consume(min(window.heldByteCount, next - window.position))
    }
  }

  private func corrupt(_ archive: String, at byte: Int, found: String) -> Diagnostic {
    Diagnostic(
      "files.corrupt-stream", "'\(archive)' is damaged: it is no whole tar archive",
      at: SourceLocation(path: archive, byte: byte), expected: "the header of an entry", found: found,
      help: "fetch or write the file again; `tar -tf FILE` checks it")
  }
}

/// The bytes of one file of an archive.
private final class MemberBytes: ByteReader {
  let path: String
  /// What the archive itself did wrong, if that is why reading failed.
  private(set) var failure: Diagnostic?
  private var remaining: Int
  private let window: SourceWindow

  init(path: String, byteCount: Int, of window: SourceWindow) {
    self.path = path
    self.window = window
    remaining = byteCount
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    if remaining == 0 { return 0 }
    do throws(Diagnostic) {
      if window.heldByteCount == 0, try !window.fill() { throw Self.truncated(path, at: window.position) }
    } catch {
      failure = error
      throw error
    }
    let count = min(buffer.count, remaining, window.heldByteCount)
    unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: window.held.prefix(count)))
    window.consume(count)
    remaining -= count
    return count
  }

  static func truncated(_ path: String, at byte: Int) -> Diagnostic {
    Diagnostic(
      "files.truncated-stream", "'\(path)' ends inside a tar archive's entry",
      at: SourceLocation(path: path, byte: byte),
      expected: "the rest of the entry", found: "end of file",
      help: "the file is probably incomplete: fetch or write it again")
  }
}
