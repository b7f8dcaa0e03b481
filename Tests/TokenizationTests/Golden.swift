import Blocks
import Foundation
import JSONText
import Testing
import Tokenization

/// The fixtures of this repository, and the larger conformance set beside it when it is there.
enum Golden {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let fixtures = root.appendingPathComponent("fixtures/tokenizers")
  static let conformance = root.appendingPathComponent("../shared/conformance").standardizedFileURL

  static var hasConformance: Bool { FileManager.default.fileExists(atPath: conformance.path) }
  /// Everything instead of a sample: slow in debug builds.
  static var isFull: Bool { ProcessInfo.processInfo.environment["PALIMPSEST_FULL_TESTS"] != nil }

  static func bytes(_ url: URL) throws -> [UInt8] { Array(try Data(contentsOf: url)) }

  static func fixture(_ name: String) throws -> Tokenizer {
    try Tokenizer(json: bytes(fixtures.appendingPathComponent(name)), path: name)
  }

  static func published(_ name: String) throws -> Tokenizer {
    try Tokenizer(json: bytes(conformance.appendingPathComponent("tokenizers/\(name)/tokenizer.json")), path: name)
  }

  /// Every `step`-th line of a file of JSON lines, decompressed if its name ends in `.zst`.
  static func lines(_ url: URL, step: Int = 1) throws -> [JSONValue] {
    let content = url.pathExtension == "zst" ? try decompressed(url) : try bytes(url)
    var lines: [JSONValue] = []
    for (index, line) in content.split(separator: 0x0A).enumerated() where index % step == 0 {
      lines.append(try JSONValue(parsing: Array(line), path: url.lastPathComponent))
    }
    return lines
  }

  static func golden(_ name: String, step: Int) throws -> [JSONValue] {
    try lines(conformance.appendingPathComponent("golden/\(name).jsonl.zst"), step: isFull ? 1 : step)
  }

  static func decompressed(_ url: URL) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["zstd", "-dc", url.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(data)
  }
}

/// Expects the ids of golden lines, alone and with special tokens, and the text they decode to.
func expectGolden(_ tokenizer: Tokenizer, _ lines: [JSONValue], decodes: Bool = true) {
  var scratch = tokenizer.makeScratch()
  #expect(lines.count > 100)
  for line in lines {
    guard let text = line["text"]?.string, let expected = ids(line["ids"]) else {
      Issue.record("no text or ids in a golden line")
      continue
    }
    var found: [UInt32] = []
    tokenizer.encode(Array(text.utf8).span, into: &found, scratch: &scratch)
    if found != expected {
      Issue.record("\(text.debugDescription.prefix(300)): expected \(excerpt(expected, found))")
      continue
    }
    let special = line["special"].flatMap(ids) ?? expected
    let foundSpecial = tokenizer.addSpecialTokens(to: found)
    if foundSpecial != special { Issue.record("\(text.debugDescription.prefix(100)): special \(special.prefix(9))") }
    guard decodes else { continue }
    let decoded = line["decoded"]?.string ?? text
    let foundText = tokenizer.decode(found, skipSpecialTokens: false)
    if !decoded.utf8.elementsEqual(foundText.utf8) {
      Issue.record("decoded \(foundText.debugDescription.prefix(300)) for \(decoded.debugDescription.prefix(300))")
    }
  }
}

/// Where two lists of ids part.
func excerpt(_ expected: [UInt32], _ found: [UInt32]) -> String {
  let start = max(0, zip(expected, found).prefix { $0 == $1 }.count - 2)
  return "\(expected.dropFirst(start).prefix(8)), found \(found.dropFirst(start).prefix(8)) (from \(start))"
}

func ids(_ value: JSONValue?) -> [UInt32]? {
  value?.array?.compactMap { $0.integer.map { UInt32($0) } }
}
