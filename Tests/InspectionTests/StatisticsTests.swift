import Palimpsest
import TestSupport
import Testing

@Suite struct StatisticsTests {
  @Test("Rows, lengths, padding and ids are those of the examples themselves")
  func counts() throws {
    try withDataset(validation: [1]) { built in
      let dataset = try Dataset(opening: built.path)
      let measured = try Statistics(of: dataset).measure()
      #expect(measured.map(\.split) == ["train", "validation"])
      for split in measured {
        let objective = dataset.objectives[0]
        var examples: [Example] = []
        for index in 0..<split.rowCount {
          examples.append(try dataset.example(objective, split: split.split, index: index))
        }
        let lengths = examples.map { $0["attention_mask"].filter { $0 == 1 }.count }.sorted()
        #expect(split.rowsRead == examples.count)
        #expect(split.inputLengths.total == lengths.reduce(0, +))
        #expect(split.inputLengths.minimum == lengths.first)
        #expect(split.inputLengths.maximum == lengths.last)
        #expect(split.inputLengths.percentile(0.5) == lengths[(lengths.count + 1) / 2 - 1])
        #expect(split.cellCount == 16 * examples.count)
        #expect(split.paddingCount == 16 * examples.count - lengths.reduce(0, +))
        #expect(split.targetLengths.total == examples.reduce(0) { $0 + $1["labels"].filter { $0 >= 0 }.count })
        #expect(split.sourceTokens == examples.reduce(0) { $0 + Int($1.scalar("source_length") ?? 0) })
        // [PAD] has id 0 and stands behind the row's end only.
        let ids = examples.flatMap { $0["input_ids"] }.filter { $0 != 0 }
        #expect(split.idsSeen == Set(ids).count)
        #expect(split.vocabularySize == 133)
        let counts = Dictionary(grouping: ids) { $0 }.mapValues(\.count)
        let best = try #require(split.topTokens.first)
        #expect(best.count == counts.values.max())
        #expect(best.count == counts[Int64(best.id)])
        #expect(split.isPlausible)
      }
    }
  }

  @Test("A list without padding has none")
  func compactRows() throws {
    try withDataset([TestDataset.Part("mlm", "mlm", #"{"length": 16, "layout": "compact"}"#)]) { built in
      let split = try #require(try Statistics(of: Dataset(opening: built.path)).measure().first)
      #expect(split.paddingShare == 0)
      #expect(split.cellCount == split.inputLengths.total)
      #expect(split.targetLengths.count == split.rowCount)
    }
  }

  @Test("Rates are held against their expectations in standard errors")
  func rates() throws {
    let list = AllObjectives.standard.adding(CoinObjective.name, CoinObjective.self)
    for (every, z, isSuspicious) in [(2, 0.0, false), (1, 10.0, true)] {
      try withScratchDirectory { folder in
        let path = folder + "/out"
        // One window of at most four tokens for each of a hundred texts.
        let built = try TestDataset(
          at: path, [.init("coin", "coin", "{\"heads_every\": \(every)}")],
          texts: (0..<100).map { _ in "the old monk" }, shuffle: "none", rowsPerShard: 30, objectives: list)
        let split = try #require(try Statistics(of: Dataset(opening: built.path, objectives: list)).measure().first)
        #expect(split.rowCount == 100)
        #expect(split.rates.map(\.name) == ["heads", "certain", "never tried"])
        #expect(split.rates[0].trials == 100)
        #expect(split.rates[0].observed == 1 / Double(every))
        #expect(split.rates[0].z == z)
        #expect(split.rates[0].isSuspicious == isSuspicious)
        #expect(split.rates[1].z == 0)
        #expect(split.rates[2].observed == nil)
        #expect(split.rates[2].z == nil)
        #expect(!split.rates[2].isSuspicious)
        #expect(split.isPlausible == !isSuspicious)
        #expect(split.inputLengths.mean == 4)
        #expect(split.topTokens.map(\.token).sorted() == [".", "monk", "old", "the"])
        #expect(split.json["rates"]?[0]?["suspicious"]?.bool == isSuspicious)
      }
    }
  }

  @Test("Counts are the same for any number of threads")
  func threads() throws {
    try withDataset([TestDataset.maskedLM, TestDataset.spans], validation: [1]) { built in
      let statistics = Statistics(of: try Dataset(opening: built.path))
      let alone = try statistics.measure()
      #expect(alone.contains { !$0.laws.isEmpty })
      for threads in [2, 5] { #expect(try statistics.measure(on: WorkerThreads(threads)) == alone) }
    }
  }

  @Test("A dataset that shows other shares than its manifest says is not plausible")
  func departure() throws {
    let texts = (0..<400).map {
      "The old monk \(["wrote", "sang", "walked"][$0 % 3]) by the river at night. Song \($0)."
    }
    try withDataset(
      [TestDataset.Part("mlm", "mlm", #"{"length": 16, "mask_probability": 0.4}"#, epochs: 4)], texts: texts
    ) { built in
      #expect(try Statistics(of: Dataset(opening: built.path)).measure().allSatisfy(\.isPlausible))
      try built.editManifest { manifest in
        guard case .object(var settings) = manifest.objectives[0].settings else { return }
        settings["replace"] = [0.6, 0.2, 0.2]
        manifest.objectives[0].settings = .object(settings)
      }
      let split = try #require(try Statistics(of: Dataset(opening: built.path)).measure().first)
      #expect(!split.isPlausible)
      let law = try #require(split.laws.first)
      #expect(law.isSuspicious && law.furthest?.name == "mask")
      #expect(split.json["plausible"]?.bool == false)
      #expect(split.json["laws"]?[0]?["p_value"]?.number ?? 1 < 1e-6)
    }
  }

  @Test("A sample reads so many rows")
  func sample() throws {
    try withDataset { built in
      var statistics = Statistics(of: try Dataset(opening: built.path))
      statistics.sample = 4
      statistics.topCount = 2
      let split = try #require(try statistics.measure().first)
      #expect(split.rowsRead == 4)
      #expect(split.inputLengths.count == 4)
      #expect(split.topTokens.count == 2)
    }
  }

  @Test("A split without rows has no rates and no lengths")
  func emptySplit() throws {
    try withDataset(texts: [""]) { built in
      let split = try #require(try Statistics(of: Dataset(opening: built.path)).measure().first)
      #expect(split.rowCount == 0)
      #expect(split.inputLengths.maximum == 0)
      #expect(split.inputLengths.percentile(0.5) == 0)
      #expect(split.paddingShare == 0)
      #expect(split.rates.allSatisfy { $0.z == nil })
      #expect(try built.audit().isClean)
      #expect(try Dataset(opening: built.path).views(count: 3).map(\.count) == [0])
    }
  }
}
