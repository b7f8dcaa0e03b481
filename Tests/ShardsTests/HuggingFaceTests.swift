import Blocks
import Files
import Foundation
import JSONText
import Shards
import TestSupport
import Testing

@Suite struct HuggingFaceTests {
  @Test func `Shards are named as datasets names them`() {
    #expect(shardFileName(index: 3, count: 16) == "data-00003-of-00016.arrow")
    #expect(shardFileName(index: 0, count: 123_456) == "data-00000-of-123456.arrow")
  }

  @Test func `The layout's files are those of save_to_disk`() throws {
    let schema = ExampleSchema([
      Column("doc_id", .uint64, .scalar, ""), Column("views", .uint16, .fixed([2, 64]), ""),
      Column("labels", .int32, .list, ""),
    ])
    let shard = ShardSummary(
      path: "data-00000-of-00001.arrow", rowCount: 0, byteCount: 1000, checksum: 7, recordBatches: [])
    try withScratchDirectory { folder in
      let disk = LocalFileSystem()
      try disk.makeDirectory(folder + "/train")
      try HuggingFaceLayout(splits: [("train", [shard])], schema: schema).write(to: folder, in: disk)
      func text(_ name: String) throws(Diagnostic) -> String {
        String(decoding: try disk.readAll(folder + "/" + name), as: UTF8.self)
      }
      #expect(
        try text("dataset_dict.json") == """
          {
            "splits": [
              "train"
            ]
          }

          """)
      #expect(
        try text("train/state.json") == """
          {
            "_data_files": [
              {
                "filename": "data-00000-of-00001.arrow"
              }
            ],
            "_fingerprint": "049a97876197b875",
            "_format_columns": null,
            "_format_kwargs": {},
            "_format_type": null,
            "_output_all_columns": false,
            "_split": "train"
          }

          """)
      let information = try JSONValue(parsing: try disk.readAll(folder + "/train/dataset_info.json"))
      #expect(
        information["features"] == [
          "doc_id": ["dtype": "uint64", "_type": "Value"],
          "views": [
            "feature": [
              "feature": ["dtype": "uint16", "_type": "Value"], "length": 64, "_type": "Sequence",
            ],
            "length": 2, "_type": "Sequence",
          ],
          "labels": ["feature": ["dtype": "int32", "_type": "Value"], "_type": "Sequence"],
        ])
    }
  }

  @Test func `A split without a shard is refused`() {
    withScratchDirectory { folder in
      var message = ""
      do throws(Diagnostic) {
        try HuggingFaceLayout(splits: [("train", [])], schema: SampleShards.small)
          .write(to: folder, in: LocalFileSystem())
      } catch {
        message = error.description.replacing(folder + "/", with: "")
      }
      #expect(
        message == """
          error[shards.empty-split]: the split 'train' has no shard
            at        train
            expected  at least one, even without rows
          """)
    }
  }

  /// Every type in every shape, over shards of unequal length, one of them empty, and a split without rows: as
  /// `datasets` and Arrow's own library read them.
  @Test(.enabled(if: Python.hasDatasets), arguments: ShardCompression.allCases)
  func `datasets and pyarrow read what was written, without a copy where it is not packed`(
    compression: ShardCompression
  ) throws {
    try withScratchDirectory { folder in
      let disk = LocalFileSystem()
      let schema = SampleShards.everything
      var expected: JSONObject = [:]
      var splits: [(name: String, shards: [ShardSummary])] = []
      for (name, rowCounts) in [("train", [23, 0, 1]), ("validation", [0])] {
        try disk.makeDirectory(folder + "/" + name)
        var shards: [ShardSummary] = []
        var columns = Array(repeating: [JSONValue](), count: schema.columns.count)
        for (index, rows) in rowCounts.enumerated() {
          let batch = SampleShards.batch(schema, rows: rows, seed: UInt32(index), longestList: index == 2 ? 0 : 6)
          let path = folder + "/" + name + "/" + shardFileName(index: index, count: rowCounts.count)
          shards.append(try SampleShards.write(batch, to: path, rowsPerRecordBatch: 10, compression: compression))
          for row in 0..<rows {
            for (column, values) in batch.example(at: row).values.enumerated() {
              columns[column].append(Self.json(values, of: schema.columns[column]))
            }
          }
        }
        splits.append((name, shards))
        expected[name] = .object(
          JSONObject(
            zip(schema.columns, columns).map { column, values in
              (
                column.name,
                ["type": .string(column.type.rawValue), "shape": Self.json(column.shape), "values": .array(values)]
              )
            }))
      }
      try HuggingFaceLayout(splits: splits, schema: schema).write(to: folder, in: disk)
      try disk.write(JSONWriter.bytes(of: .object(expected)), to: folder + "/expected.json")
      if compression != .none { try disk.write([], to: folder + "/packed") }
      let result = try Python.run(script: "check_shards.py", folder)
      #expect(result.status == 0, "\(result.output)")
    }
  }

  private static func json(_ shape: Column.Shape) -> JSONValue {
    switch shape {
    case .scalar: "scalar"
    case .list: "list"
    case .fixed(let dimensions): .array(dimensions.map { .integer($0) })
    }
  }

  /// A row's values in the shape of their column; unsigned 64-bit ones as text.
  private static func json(_ values: [Int64], of column: Column) -> JSONValue {
    let items: [JSONValue] = values.map {
      column.type == .uint64 ? .string("\(UInt64(bitPattern: $0))") : .integer(Int($0))
    }
    switch column.shape {
    case .scalar: return items[0]
    case .list: return .array(items)
    case .fixed(let dimensions):
      return dimensions.dropFirst().reversed().reduce(items) { items, length in
        stride(from: 0, to: items.count, by: length).map { .array(Array(items[$0..<$0 + length])) }
      }.asArray
    }
  }
}

extension [JSONValue] {
  fileprivate var asArray: JSONValue { .array(self) }
}

/// The machine's Python, when it has what the checks import.
enum Python {
  static let hasDatasets = (try? run(["-c", "import datasets, pyarrow, numpy"]).status) == 0

  static func run(script: String, _ argument: String) throws -> (status: Int32, output: String) {
    let path = URL(filePath: #filePath).appending(path: "../../Python/" + script).standardizedFileURL.path
    return try run([path, argument])
  }

  private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
