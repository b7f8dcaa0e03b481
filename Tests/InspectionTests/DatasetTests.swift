import Palimpsest
import TestSupport
import Testing

@Suite struct DatasetTests {
  @Test("A dataset opens by its folder and by every path inside it")
  func pathsInside() throws {
    try withDataset { dataset in
      let shard = try dataset.shard(1)
      for (path, objective, split) in [
        ("", nil, nil), ("/", nil, nil), ("/mlm", "mlm", nil), ("/mlm/", "mlm", nil), ("/mlm/train", "mlm", "train"),
        (String(shard.dropFirst(dataset.path.count)), "mlm", "train"),
      ] as [(String, String?, String?)] {
        let opened = try Dataset(opening: dataset.path + path)
        #expect(opened.path == dataset.path)
        #expect(opened.selection == .init(objective: objective, split: split))
        #expect(opened.objectives.map(\.name) == ["mlm"])
      }
    }
  }

  @Test("What is no dataset says why")
  func notADataset() throws {
    try withScratchDirectory { folder in
      let system = LocalFileSystem()
      func code(_ path: String) -> String? {
        do throws(Diagnostic) {
          _ = try Dataset(opening: path)
          return nil
        } catch {
          return error.code
        }
      }
      #expect(code(folder + "/nothing") == "dataset.not-found")
      #expect(code(folder) == "dataset.not-ours")
      try system.makeDirectory(folder + "/.work")
      #expect(code(folder) == "dataset.unfinished")
      try system.write("text", to: folder + "/file")
      #expect(code(folder + "/file") == "dataset.not-ours")
    }
  }

  @Test("Any example is found by its number, across shards")
  func randomAccess() throws {
    try withDataset { built in
      let dataset = try Dataset(opening: built.path)
      let objective = try dataset.objective(named: "mlm")
      let split = try objective.split(named: "train")
      #expect(split.firstRows == [0, 6, 12])
      var inOrder: [Example] = []
      for shard in split.shards.indices {
        let reader = try ShardReader(opening: try built.shard(shard), in: built.fileSystem)
        for row in 0..<reader.rowCount { inOrder.append(try reader.example(at: row)) }
      }
      #expect(inOrder.count == split.rowCount)
      for index in inOrder.indices {
        #expect(try dataset.example(objective, split: "train", index: index).values == inOrder[index].values)
      }
      for index in [-1, split.rowCount, Int.max] {
        let error = #expect(throws: Diagnostic.self) {
          try dataset.example(objective, split: "train", index: index)
        }
        #expect(error?.code == "dataset.no-such-example")
      }
    }
  }

  @Test("Names that do not exist are errors that list the known ones")
  func unknownNames() throws {
    try withDataset { built in
      let dataset = try Dataset(opening: built.path)
      let objective = #expect(throws: Diagnostic.self) { try dataset.objective(named: "mlmm") }
      #expect(objective?.code == "dataset.no-such-objective")
      #expect(objective?.help == "did you mean 'mlm'?")
      let split = #expect(throws: Diagnostic.self) { try dataset.objectives[0].split(named: "test") }
      #expect(split?.expected == "one of train")
    }
  }

  @Test("Examples are drawn by the seed alone: different ones, in the order of the split")
  func drawnExamples() throws {
    try withDataset([TestDataset.maskedLM, TestDataset.spans]) { built in
      let dataset = try Dataset(opening: built.path)
      let groups = try dataset.views(count: 5, seed: 3)
      #expect(groups.map { $0.first?.objective } == ["mlm", "spans"])
      for views in groups {
        let indices = views.map(\.index)
        #expect(indices.count == 5)
        #expect(indices == Array(Set(indices)).sorted())
      }
      #expect(try dataset.views(count: 5, seed: 3).map { $0.map(\.index) } == groups.map { $0.map(\.index) })
      #expect(try dataset.views(count: 5, seed: 4).map { $0.map(\.index) } != groups.map { $0.map(\.index) })
      let one = try dataset.views(objective: "mlm", count: 3, startingAt: 4)
      #expect(one.map { $0.map(\.index) } == [[4, 5, 6]])
      #expect(try dataset.views(objective: "mlm", count: 1000)[0].count == one[0][0].rowCount)
    }
  }

  @Test("Every row is as likely to be drawn as any other")
  func uniformDraws() throws {
    try withDataset { built in
      let dataset = try Dataset(opening: built.path)
      let rows = dataset.objectives[0].splits[0].rowCount
      var counts = Array(repeating: 0, count: rows)
      let seeds = 200
      for seed in 0..<UInt64(seeds) {
        for view in try dataset.views(count: 3, seed: seed)[0] { counts[view.index] += 1 }
      }
      // Each count is binomial(200, 3 / rows); five standard errors with a fixed set of seeds.
      let p = 3 / Double(rows)
      for count in counts {
        #expect(abs(Double(count) - p * Double(seeds)) < 5 * (p * (1 - p) * Double(seeds)).squareRoot())
      }
    }
  }
}
