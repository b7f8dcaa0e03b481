import Blocks
import Files
import JSONText
import Shards
import TestSupport
import Testing

@Suite struct ManifestTests {
  static let sample: Manifest = {
    var manifest = Manifest()
    manifest.palimpsestVersion = "1.2.3"
    manifest.seed = .max
    manifest.recipe = ["seed": "18446744073709551615", "objectives": [["name": "mlm"]]]
    manifest.recipeDigest = "0123456789abcdef"
    manifest.tokenizer = ManifestTokenizer(
      digest: 0xFEDC_BA98_7654_3210,
      SpecialTokens(vocabularySize: 30, ids: [.mask: 4, .pad: 0, .cls: 2], sentinels: [29, 28], otherSpecial: [7, 5]))
    manifest.inputs = [
      ManifestInput(
        path: "crawl/é.jsonl.zst", documents: 12, bytes: 3456, file: .init(byteCount: 999, checksum: 0xAB))
    ]
    manifest.counts.documents = 9
    manifest.counts.textBytes = 3000
    manifest.counts.tokens = 700
    manifest.counts.skipped = 2
    manifest.counts.dropped = [ManifestDrop(reason: "too_short", count: 1)]
    manifest.skipped = [
      SkippedDocument(
        location: SourceLocation(path: "crawl/é.jsonl.zst", byte: 100, line: 3, column: 4, frame: 0),
        code: "corpus.invalid-utf8", message: "line 3 is not valid UTF-8"),
      SkippedDocument(location: SourceLocation(path: "-"), code: "corpus.no-text", message: "no \"text\""),
    ]
    manifest.objectives = [
      ManifestObjective(
        name: "mlm-large", kind: "mlm", settings: ["mask_probability": 0.15, "length": 128], epochs: 2,
        schema: SampleShards.small, tokens: 640,
        splits: [
          ManifestSplit(
            name: "train", rows: 5,
            shards: [
              ShardSummary(
                path: "data-00000-of-00001.arrow", rowCount: 5, byteCount: 4096, checksum: 1,
                recordBatches: [
                  .init(rowCount: 3, byteCount: 1024, checksum: 2), .init(rowCount: 2, byteCount: 1024, checksum: .max),
                ])
            ]),
          ManifestSplit(
            name: "validation", rows: 0,
            shards: [
              ShardSummary(
                path: "data-00000-of-00001.arrow", rowCount: 0, byteCount: 1088, checksum: 3, recordBatches: [])
            ]),
        ],
        dropped: [ManifestDrop(reason: "window_too_short", count: 3)])
    ]
    return manifest
  }()

  @Test func `A manifest reads back equal, with its special tokens`() throws {
    try withScratchDirectory { folder in
      try Self.sample.write(to: folder, in: LocalFileSystem())
      let manifest = try Manifest(readingFrom: folder, in: LocalFileSystem())
      #expect(manifest == Self.sample)
      let tokens = manifest.tokenizer.specialTokens()
      #expect(tokens.special == [0, 2, 4, 5, 7, 28, 29])
      #expect(tokens.ids[.mask] == 4)
    }
  }

  @Test func `Counts are written in the order of their reasons, and only so many skips`() throws {
    try withScratchDirectory { folder in
      var manifest = Manifest()
      manifest.counts.dropped = [ManifestDrop(reason: "b", count: 1), ManifestDrop(reason: "a", count: 2)]
      manifest.skippedLimit = 2
      manifest.skipped = (0..<5).map {
        SkippedDocument(location: SourceLocation(path: "p", line: $0), code: "c", message: "m")
      }
      manifest.counts.skipped = 5
      try manifest.write(to: folder, in: LocalFileSystem())
      let read = try Manifest(readingFrom: folder, in: LocalFileSystem())
      #expect(read.counts.dropped.map(\.reason) == ["a", "b"])
      #expect(read.skipped == Array(manifest.skipped.prefix(2)))
      #expect(read.counts.skipped == 5)
    }
  }

  @Test func `A folder without a manifest holds no dataset`() {
    withScratchDirectory { folder in
      #expect(
        message(folder) == """
          error[shards.no-dataset]: there is no complete dataset in '.'
            at        dataset.json
            expected  dataset.json, which is written when everything else is
            help      check the path; or the build was stopped: run it again to finish it
          """)
    }
  }

  /// Takes away each key of the manifest in turn, then puts a value of a wrong kind in its place.
  @Test func `Every key that is missing or wrong is named`() throws {
    let json = try JSONValue(parsing: try Self.sampleText())
    var paths: [[String]] = []
    collect(json, at: [], into: &paths)
    #expect(paths.count > 60)
    // Members of these objects are data: what they are called and whether they are there is free.
    let freeObjects: Set = ["recipe", "settings", "special_tokens", "dropped"]
    let optionalKeys: Set = ["byte", "line", "column", "frame"]
    try withScratchDirectory { folder in
      for path in paths where freeObjects.isDisjoint(with: path.dropLast()) {
        guard let key = path.last else { continue }
        var damages: [JSONValue?] = optionalKeys.contains(key) ? [] : [nil]
        if key != "recipe", key != "settings" { damages.append(true) }
        for damage in damages {
          let damaged = replacing(json, path[...], by: damage)
          try LocalFileSystem().write(JSONWriter.bytes(of: damaged), to: folder + "/dataset.json")
          let text = message(folder) ?? "accepted"
          // A column is read as a whole.
          let name = path.contains("columns") ? "columns" : key
          if !text.contains("shards.invalid-manifest") || !text.contains(name) {
            Issue.record("\(path) as \(damage?.description ?? "nothing"): \(text)")
          }
        }
      }
    }
  }

  @Test(arguments: [
    (
      "\"format_version\": 2", "\"format_version\": 3",
      """
      error[shards.unknown-format]: dataset.json is of a format this version does not know
        at        dataset.json
        expected  format_version 1 to 2
        found     3
        help      read the dataset with the version that built it, or a later one
      """
    ),
    (
      "\"rows\": 3", "\"rows\": 4",
      """
      error[shards.invalid-manifest]: 'objectives[0].splits[0].shards[0].rows' in dataset.json is not what a \
      manifest has there
        at        dataset.json
        expected  the number of rows of its record batches
        found     5
        help      the file was changed by hand, or is damaged: build the dataset again
      """
    ),
    (
      "\"name\": \"mlm-large\"", "\"name\": \"../mlm\"",
      """
      error[shards.invalid-manifest]: 'objectives[0].name' in dataset.json is not what a manifest has there
        at        dataset.json
        expected  the name of a file or folder
        found     "../mlm"
        help      the file was changed by hand, or is damaged: build the dataset again
      """
    ),
    (
      "\"mask\": 4", "\"mask\": 30",
      """
      error[shards.invalid-manifest]: 'tokenizer.special_tokens.mask' in dataset.json is not what a manifest has there
        at        dataset.json
        expected  an id below 30
        found     30
        help      the file was changed by hand, or is damaged: build the dataset again
      """
    ),
    (
      "\"epochs\": 2", "\"epochs\": ",
      """
      error[json.unexpected-byte]: dataset.json is not valid JSON
        at        dataset.json: line 75, column 17, byte 1366
        expected  a value
        found     ','
      """
    ),
  ])
  func `What is wrong with a manifest is explained`(old: String, new: String, expected: String) throws {
    try withScratchDirectory { folder in
      let text = try Self.sampleText()
      #expect(text.contains(old))
      try LocalFileSystem().write(text.replacing(old, with: new, maxReplacements: 1), to: folder + "/dataset.json")
      #expect(message(folder) == expected)
    }
  }

  @Test func `Keys from later versions are passed over`() throws {
    try withScratchDirectory { folder in
      let text = try Self.sampleText().replacing(
        "\"seed\"", with: "\"later\": {\"x\": 1}, \"seed\"", maxReplacements: 1)
      let signed = Self.signed(Array(text.utf8))
      try LocalFileSystem().write(signed, to: folder + "/dataset.json")
      #expect(try Manifest(readingFrom: folder, in: LocalFileSystem()) == Self.sample)
    }
  }

  @Test func `Every byte that is changed, and every cut, is found`() throws {
    let bytes = Array(try Self.sampleText().utf8)
    try withScratchDirectory { folder in
      func isAccepted(_ bytes: [UInt8]) throws -> Bool {
        try LocalFileSystem().write(bytes, to: folder + "/dataset.json")
        return (try? Manifest(readingFrom: folder, in: LocalFileSystem())) != nil
      }
      #expect(try isAccepted(bytes))
      for index in bytes.indices {
        // 0x03 makes a 1 of the format version's 2; 0x20 changes letters and spaces.
        for mask: UInt8 in [0x03, 0x20] {
          var damaged = bytes
          damaged[index] ^= mask
          if try isAccepted(damaged) { Issue.record("byte \(index) ^ \(mask) was accepted") }
        }
      }
      for count in stride(from: 0, to: bytes.count, by: 7) {
        #expect(try !isAccepted(Array(bytes[..<count])), "\(count) bytes")
      }
    }
  }

  @Test func `A manifest that was changed in a text that nothing else checks is told so`() throws {
    try withScratchDirectory { folder in
      let text = try Self.sampleText().replacing("too_short", with: "too_shirt")
      try LocalFileSystem().write(text, to: folder + "/dataset.json")
      let found = message(folder) ?? ""
      #expect(found.hasPrefix("error[shards.damaged-manifest]: dataset.json is not what was written\n"), "\(found)")
    }
  }

  /// The manifest with the checksum that fits it.
  private static func signed(_ bytes: [UInt8]) -> [UInt8] {
    let head = Array(bytes.dropLast(20))
    return head + Array(Digest.hex(Digest.xxh64(head)).utf8) + bytes.suffix(4)
  }

  private static func sampleText() throws -> String {
    try withScratchDirectory { folder in
      try sample.write(to: folder, in: LocalFileSystem())
      return String(decoding: try LocalFileSystem().readAll(folder + "/dataset.json"), as: UTF8.self)
    }
  }

  private func message(_ folder: String) -> String? {
    do throws(Diagnostic) {
      _ = try Manifest(readingFrom: folder, in: LocalFileSystem())
      return nil
    } catch {
      return error.description.replacing(folder + "/", with: "").replacing(folder, with: ".")
    }
  }

  private func collect(_ value: JSONValue, at path: [String], into paths: inout [[String]]) {
    for (key, member) in value.object ?? [:] {
      paths.append(path + [key])
      collect(member, at: path + [key], into: &paths)
    }
    for (index, element) in (value.array ?? []).enumerated() {
      collect(element, at: path + ["\(index)"], into: &paths)
    }
  }

  private func replacing(_ value: JSONValue, _ path: ArraySlice<String>, by new: JSONValue?) -> JSONValue {
    guard let key = path.first else { return new ?? .null }
    if var object = value.object {
      object[key] = path.count == 1 ? new : object[key].map { replacing($0, path.dropFirst(), by: new) }
      return .object(object)
    }
    var array = value.array ?? []
    if let index = Int(key) { array[index] = replacing(array[index], path.dropFirst(), by: new) }
    return .array(array)
  }
}
