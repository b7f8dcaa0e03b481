import Blocks
import Corpus
import Files

/// What reading a file gave, to the last byte.
struct Reading: Equatable {
  var texts: [String] = []
  var places: [String] = []
  var skips: [String] = []
  var failure: String?
}

/// One reader under test: a name that makes files its own, and the options that matter to it.
struct Target {
  var name: String
  var path: String
  var options: InputOptions

  /// Bounds small enough that a file of some kilobytes can reach them.
  static let limits = InputLimits(
    stream: StreamLimits(windowByteCount: 1 << 20, ratio: 1000), lineByteCount: 1 << 16, nesting: 40, archiveDepth: 2,
    archiveEntryCount: 50)

  init(_ name: String, _ path: String, _ change: (inout InputOptions) -> Void = { _ in }) {
    self.name = name
    self.path = path
    options = InputOptions(id: ["id"], maximumDocumentBytes: 1 << 17, limits: Self.limits, blockBytes: 2000)
    change(&options)
  }

  /// Reads the file under every policy, and proves what must hold whatever it contains.
  func test(_ content: [UInt8]) {
    for (number, policy) in OnError.allCases.enumerated() {
      let whole = read(content, policy, longestRead: .max)
      precondition(policy == .fail || whole.failure == nil, "a damaged file stopped the run: \(whole.failure ?? "")")
      // Reads of a few bytes are slow: small files stand for all, each under one policy.
      if content.count <= 4096, content.count % 3 == number {
        let pieces = read(content, policy, longestRead: 1 + content.count % 13)
        if pieces != whole {
          print("whole: \(whole)\npieces: \(pieces)")
          preconditionFailure("the sizes of reads changed what was read")
        }
      }
    }
  }

  private func read(_ content: [UInt8], _ policy: OnError, longestRead: Int) -> Reading {
    var result = Reading()
    var options = options
    options.onError = policy
    do throws(Diagnostic) {
      let files = MemoryFiles(path: path, content: content, longestRead: longestRead)
      var cursor = try InputCursor(InputFile(path: path, byteCount: content.count, options: options), in: files)
      var block = DocumentBlock()
      var blocks = 0
      while try cursor.nextBlock(into: &block) {
        blocks += 1
        precondition(blocks < 100_000, "a reader does not come to its end")
        for document in block.documents {
          guard let text = String(validating: block.bytes[document.range], as: UTF8.self) else {
            preconditionFailure("a document is not UTF-8")
          }
          precondition(text.utf8.count <= options.maximumDocumentBytes * 3, "a document is larger than it may be")
          result.texts.append(text)
          result.places.append("\(block.location(of: document)) \(document.section)")
        }
        result.skips += block.skipped.map { "\($0.location) \($0.code) \($0.message)" }
      }
    } catch {
      // Messages must be possible to make, whatever they show.
      result.failure = error.description
    }
    return result
  }
}
