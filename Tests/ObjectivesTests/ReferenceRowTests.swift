import Blocks
import Objectives
import TestSupport
import Testing

/// Whole rows from independent references, column by column.
@Suite struct ReferenceRowTests {
  private func expectRow(_ objective: some Objective, _ row: Golden) throws {
    let window = Sample.window(row["window"].ids, example: UInt32(row["example"].int))
    let example = try #require(objective.example(of: window))
    guard case .map(let columns) = row["columns"].setting.content else {
      Issue.record("columns are a map")
      return
    }
    for column in columns {
      let values = row["columns"][column.key].int64s
      #expect(example[column.key] == values, "\(column.key) of \(row["settings"].setting.description)")
    }
    try objective.verify(example, seed: 12345)
  }

  @Test func `Noise of every kind comes out of seed, document and example`() throws {
    for row in try Golden("noise")["rows"].list {
      let settings = row["settings"]
      switch row["objective"].text {
      case SpanCorruption.name: try expectRow(make(SpanCorruption.self, golden: settings), row)
      case UL2.name: try expectRow(make(UL2.self, golden: settings), row)
      case MASS.name: try expectRow(make(MASS.self, golden: settings), row)
      case ImageMLM.name: try expectRow(make(ImageMLM.self, golden: settings), row)
      case AudioMLM.name: try expectRow(make(AudioMLM.self, golden: settings), row)
      case let name: Issue.record("no objective '\(name)'")
      }
    }
  }

  @Test func `Views of every kind come out of seed, document and example`() throws {
    for row in try Golden("views")["rows"].list {
      try expectRow(make(ContrastivePairs.self, golden: row["settings"]), row)
    }
  }
}
