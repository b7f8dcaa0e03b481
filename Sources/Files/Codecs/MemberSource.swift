import Blocks

/// One member of a compressed file after the other: gzip's members, bzip2's and xz's streams, lz4's frames.
///
/// A conformance wraps one library. It decodes a member and says when it has ended; everything around that is
/// `MemberSource`'s.
protocol MemberDecoder: AnyObject {
  static var format: MemberFormat { get }

  /// Decodes as much of `input` as fits `output`.
  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep
  /// Makes ready for another member; false when there is no memory.
  func beginMember() -> Bool
}

/// What the members of a format are called, and what may stand between them.
struct MemberFormat: Sendable {
  let name: String
  /// `member`, `stream` or `frame`.
  let member: String
  /// The first bytes of a member.
  let magic: [UInt8]
  /// Zero bytes may follow the last member, so many at a time; nil when none may.
  let paddingUnit: Int?
  /// Another member may follow the padding.
  let continuesBehindPadding: Bool
  /// The command that proves a file.
  let check: String
}

struct DecodingStep {
  enum Outcome: Equatable {
    case progress
    case endOfMember
    /// The data cannot be what was written.
    case corrupt(reason: String?)
    case outOfMemory
    /// Unpacking needs more memory than is allowed.
    case windowTooLarge
  }

  var consumed: Int
  var produced: Int
  var outcome: Outcome
}

/// The content of a file that is made of members: lengths and checksums proved, padding passed over.
@safe
final class MemberSource<Decoder: MemberDecoder>: ByteSource {
  private enum State {
    /// Inside a member, or at its first byte.
    case inside
    /// Behind a member.
    case between
    /// Behind the last member.
    case end
  }

  private let input: InputBuffer
  private let decoder: Decoder
  private let limits: StreamLimits
  private var state = State.inside
  private var decodedByteCount = 0
  private(set) var frame = 0
  private var failure: Diagnostic?

  /// - Parameter decoder: nil when there was no memory for it.
  init(_ input: InputBuffer, _ decoder: Decoder?, _ limits: StreamLimits) throws(Diagnostic) {
    guard let decoder else { throw noMemory(toUnpack: input.path) }
    self.input = input
    self.decoder = decoder
    self.limits = limits
  }

  var path: String { input.path }
  var compressedByteCount: Int { input.consumedByteCount }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Int {
    var filled = 0
    while failure == nil, filled < buffer.count, state != .end {
      do throws(Diagnostic) {
        if state == .between { try enterNextMember() } else { try unsafe decode(into: buffer, from: &filled) }
      } catch {
        failure = error
      }
    }
    if filled == 0, let failure { throw failure }
    return filled
  }

  private func decode(into buffer: UnsafeMutableRawBufferPointer, from filled: inout Int) throws(Diagnostic) {
    let hasInput = try input.fill()
    // Libraries count in 32 bits.
    let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...].prefix(1 << 30))
    let step = unsafe decoder.decode(input.available, into: room)
    input.consume(step.consumed)
    filled += step.produced
    decodedByteCount += step.produced
    switch step.outcome {
    case .endOfMember: state = .between
    case .progress: if !hasInput, step.produced == 0 { throw truncated() }
    case .corrupt(let reason): throw corrupt(reason)
    case .outOfMemory: throw noMemory(toUnpack: path)
    case .windowTooLarge: throw windowTooLarge()
    }
  }

  /// Passes over padding, and decides between another member and the end.
  private func enterNextMember() throws(Diagnostic) {
    var paddingByteCount = 0
    while try input.fill() {
      let available = unsafe input.available
      let zeros = unsafe available.prefix { $0 == 0 }.count
      input.consume(zeros)
      paddingByteCount += zeros
      if zeros == available.count { continue }
      frame += 1
      let magic = Decoder.format.magic
      let head = try input.peek(magic.count)
      let mayGoOn = paddingByteCount == 0 || Decoder.format.continuesBehindPadding
      guard isAllowed(paddingByteCount), mayGoOn, magic.starts(with: head) else { throw garbage() }
      if head.count < magic.count { throw truncated() }
      guard decoder.beginMember() else { throw noMemory(toUnpack: path) }
      state = .inside
      return
    }
    guard isAllowed(paddingByteCount) else { throw garbage() }
    state = .end
  }

  private func isAllowed(_ paddingByteCount: Int) -> Bool {
    guard paddingByteCount > 0 else { return true }
    return Decoder.format.paddingUnit.map { paddingByteCount % $0 == 0 } ?? false
  }
}

// What is wrong with a file.
extension MemberSource {
  private var format: MemberFormat { Decoder.format }
  private var location: SourceLocation { SourceLocation(path: path, byte: decodedByteCount, frame: frame) }

  private func truncated() -> Diagnostic {
    Diagnostic(
      "files.truncated-stream", "'\(path)' ends inside a \(format.name) \(format.member)", at: location,
      expected: "the rest of the \(format.member) and its checksum", found: "end of file", help: incompleteFileHelp)
  }

  private func corrupt(_ reason: String?) -> Diagnostic {
    Diagnostic(
      "files.corrupt-stream", "'\(path)' is damaged: its \(format.name) data cannot be decoded", at: location,
      found: reason, help: "fetch or write the file again; `\(format.check) FILE` checks it")
  }

  private func garbage() -> Diagnostic {
    let padding = format.paddingUnit == nil ? "" : ", zero padding"
    return Diagnostic(
      "files.corrupt-stream", "'\(path)' goes on with something else after a \(format.name) \(format.member)",
      at: location, expected: "another \(format.member)\(padding) or the end of the file",
      found: "bytes that start no \(format.member)",
      help: "something was appended to the file, or it was overwritten: fetch or write it again")
  }

  private func windowTooLarge() -> Diagnostic {
    Diagnostic(
      "files.window-too-large", "'\(path)' needs more memory to unpack than is allowed", at: location,
      expected: "a dictionary of at most \(limits.windowByteCount) bytes",
      help: "raise `limits.window`, or recompress it: `\(format.name) -dc FILE | zstd > FILE.zst`")
  }
}

/// The diagnostic for a decoder that could not get its memory.
func noMemory(toUnpack path: String) -> Diagnostic {
  Diagnostic("files.no-memory", "there is no memory left to unpack '\(path)'", at: SourceLocation(path: path))
}
