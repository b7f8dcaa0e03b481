import Blocks
import Foundation
import JSONText
import Testing

/// nst/JSONTestSuite: `y_` must be accepted, `n_` refused, `i_` may be either.
@Suite struct JSONConformanceTests {
  static let folder = URL(filePath: #filePath).appending(path: "../../../../shared/conformance/json/test_parsing")
    .standardizedFileURL

  @Test(.enabled(if: FileManager.default.fileExists(atPath: folder.path)))
  func `The public parser cases are accepted and refused as they must`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(names.count == 318)
    for name in names {
      let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
      let parsed = try? JSONValue(parsing: bytes, path: name)
      if name.hasPrefix("y_") { #expect(parsed != nil, "\(name) must be accepted") }
      if name.hasPrefix("n_") { #expect(parsed == nil, "\(name) must be refused") }
      if let parsed { #expect(try JSONValue(parsing: JSONWriter.bytes(of: parsed)) == parsed, "\(name)") }
      if name.hasPrefix("y_") { #expect(isSkippable(bytes), "\(name) must be accepted") }
      if name.hasPrefix("n_") { #expect(!isSkippable(bytes), "\(name) must be refused") }
    }
  }

  private func isSkippable(_ bytes: [UInt8]) -> Bool {
    var scanner = JSONScanner(bytes)
    do throws(Diagnostic) {
      try scanner.skipValue()
      try scanner.finish()
      return true
    } catch {
      return false
    }
  }
}
