import Palimpsest
import TestSupport
import Testing

/// Every fault is put into a whole dataset by hand, and must be found at its exact place.
@Suite struct AuditTests {
  @Test("A dataset of every objective, split and layout is clean")
  func wholeDatasetIsClean() throws {
    let parts = [
      TestDataset.Part("mlm", "mlm", #"{"length": 16}"#, epochs: 2),
      TestDataset.Part("mlm_words", "mlm", #"{"length": 16, "unit": "whole_word", "layout": "compact"}"#),
      TestDataset.Part("clm", "clm", #"{"length": 16}"#),
      TestDataset.Part("prefix", "prefix_lm", #"{"length": 16}"#),
      TestDataset.spans,
      TestDataset.Part("bart", "denoising", #"{"length": 32}"#),
      TestDataset.Part("pairs", "contrastive", #"{"length": 16}"#),
    ]
    for shuffle in ["global", "none"] {
      try withDataset(parts, shuffle: shuffle, validation: [2, 5]) { dataset in
        let report = try dataset.audit()
        #expect(report.findings.map(\.description) == [])
        #expect(report.isClean)
        #expect(report.sections.count == 14)
        #expect(report.sections.allSatisfy { $0.rows > 0 && $0.rowsChecked == $0.rows && $0.bytes > 0 })
      }
    }
  }

  @Test("A flipped byte is found by its record batch, and by the row it damages")
  func flippedByte() throws {
    try withDataset { dataset in
      let shard = try dataset.shard(0)
      let reader = try ShardReader(opening: shard, in: dataset.fileSystem)
      // The fingerprint of row 5: its eight bytes stand in the file once.
      let bytes = try dataset.fileSystem.readAll(shard)
      let hash = UInt64(bitPattern: try #require(try reader.example(at: 5).scalar("window_hash")))
      let place = try #require(bytes.firstRange(of: (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * $0)) }))
      try dataset.edit(shard) { $0[place.lowerBound] ^= 1 }

      let report = try dataset.audit()
      #expect(report.findings.map(\.code) == ["shards.checksum-mismatch", "verify.window-hash"])
      let checksum = report.findings[0]
      #expect(checksum.place.file == "mlm/train/data-00000-of-00003.arrow")
      #expect(checksum.help?.hasPrefix("record batch 1 is the first that differs: rows 4 to 5, bytes ") == true)
      let manifest = try Manifest(readingFrom: dataset.path, in: dataset.fileSystem)
      let batches = manifest.objectives[0].splits[0].shards[0].recordBatches
      let byte = try #require(checksum.place.byte)
      #expect((byte..<byte + batches[1].byteCount).contains(place.lowerBound))
      #expect(report.findings[1].place.row == 5)
      #expect(
        report.findings[1].place.description
          == "mlm/train/data-00000-of-00003.arrow, row 5 (example 5 of mlm/train)")
    }
  }

  @Test("Every single flipped byte of a shard is found")
  func everyFlippedByte() throws {
    try withDataset([TestDataset.maskedLM], texts: [TestDataset.texts[6]]) { dataset in
      let shard = try dataset.shard(0)
      let count = try dataset.fileSystem.readAll(shard).count
      for position in stride(from: 0, to: count, by: 149) {
        try dataset.edit(shard) { $0[position] ^= 0x10 }
        let report = try dataset.audit()
        #expect(report.counts.first?.code == "shards.checksum-mismatch", "byte \(position)")
        try dataset.edit(shard) { $0[position] ^= 0x10 }
      }
      #expect(try dataset.audit().isClean)
    }
  }

  @Test("A changed byte of any file of a dataset is found", arguments: 0..<3)
  func everyFile(offset: Int) throws {
    try withDataset([TestDataset.maskedLM], texts: [TestDataset.texts[6]]) { dataset in
      var files = ["dataset.json", "tokenizer.json", "mlm/dataset_dict.json"]
      for split in ["train"] {
        for name in try dataset.fileSystem.list("\(dataset.path)/mlm/\(split)") { files.append("mlm/\(split)/\(name)") }
      }
      #expect(files.count >= 6)
      for file in files {
        let path = dataset.path + "/" + file
        let bytes = try dataset.fileSystem.readAll(path)
        for position in stride(from: offset, to: bytes.count, by: max(3, bytes.count / 40)) {
          try dataset.edit(path) { $0[position] ^= 0x01 }
          let isClean = try dataset.audit { $0.sample = 0 }.isClean
          #expect(!isClean, "\(file), byte \(position)")
          try dataset.fileSystem.write(bytes, to: path)
        }
      }
      #expect(try dataset.audit().isClean)
    }
  }

  @Test("A shard that was cut off is found, and the others are still proved")
  func truncatedShard() throws {
    try withDataset { dataset in
      let shard = try dataset.shard(1)
      try dataset.edit(shard) { $0.removeLast(100) }
      let report = try dataset.audit()
      #expect(report.findings.map(\.code) == ["shards.size-mismatch"])
      #expect(report.findings[0].place.file == "mlm/train/data-00001-of-00003.arrow")
      #expect(report.sections[0].rowsChecked == report.sections[0].rows - 6)
    }
  }

  @Test("A shard that is missing is found")
  func missingShard() throws {
    try withDataset { dataset in
      try dataset.fileSystem.remove(try dataset.shard(2))
      let report = try dataset.audit()
      #expect(report.findings.map(\.code) == ["shards.missing-shard"])
      #expect(report.findings[0].place.description == "mlm/train/data-00002-of-00003.arrow")
    }
  }

  @Test("Two labels that changed places are found in their row, however well the checksums were forged")
  func swappedLabels() throws {
    try withDataset { dataset in
      var positions: [Int] = []
      try dataset.forge { rows in
        let column = rows[8].schema.index(of: "labels")
        positions = rows[8].values[column].indices.filter { rows[8].values[column][$0] >= 0 }
        rows[8].values[column].swapAt(positions[0], positions[1])
      }
      let report = try dataset.audit()
      #expect(report.errorCount == 1)
      let finding = try #require(report.findings.first)
      #expect(finding.code == "verify.window-hash")
      #expect(finding.place.file == "mlm/train/data-00001-of-00003.arrow")
      #expect(finding.place.row == 2)
      #expect(finding.place.example == 8)
    }
  }

  @Test("A value that breaks an invariant is found by its column and position")
  func brokenValue() throws {
    try withDataset { dataset in
      try dataset.forge { rows in
        let column = rows[3].schema.index(of: "input_ids")
        rows[3].values[column][15] = 9
        rows[3].values[rows[3].schema.index(of: "attention_mask")][15] = 0
      }
      let finding = try #require(try dataset.audit().findings.first)
      #expect(finding.place.row == 3)
      #expect(finding.place.column == "input_ids")
    }
  }

  @Test("An example made with other draws is not made again")
  func otherDraws() throws {
    try withDataset { dataset in
      try dataset.editManifest { $0.seed = 8 }
      let report = try dataset.audit()
      let rows = report.sections[0].rows
      let counts = Dictionary(uniqueKeysWithValues: report.counts.map { ($0.code, $0.count) })
      // All of them, but a few are kept; a row of few tokens may come out the same by chance.
      #expect(try #require(counts["verify.not-reproducible"]) > rows / 2)
      #expect(report.findings.filter { $0.code == "verify.not-reproducible" }.count == 5)
    }
  }

  @Test("Rows that changed places are found in a shuffled dataset")
  func swappedRows() throws {
    try withDataset { dataset in
      try dataset.forge { $0.swapAt(7, 8) }
      let report = try dataset.audit()
      #expect(report.findings.map(\.code) == ["audit.order"])
      #expect(report.findings[0].place.file == "mlm/train/data-00001-of-00003.arrow")
      #expect(report.findings[0].place.row == 2)
      #expect(report.findings[0].place.example == 8)
    }
  }

  @Test("Windows that changed places are found in a dataset in corpus order")
  func swappedWindows() throws {
    try withDataset(shuffle: "none") { dataset in
      // The first text has two windows.
      try dataset.forge { $0.swapAt(0, 1) }
      #expect(try dataset.audit().findings.first?.code == "audit.order")
    }
    try withDataset(shuffle: "none") { dataset in
      // A window of the second text between two of the first.
      try dataset.forge { $0.swapAt(1, 2) }
      let report = try dataset.audit()
      #expect(report.counts.map(\.code) == ["audit.order"])
    }
  }

  @Test("A count that was changed in the manifest is found")
  func changedCount() throws {
    try withDataset { dataset in
      let file = dataset.path + "/dataset.json"
      let text = String(decoding: try dataset.fileSystem.readAll(file), as: UTF8.self)
      let rows = try Manifest(readingFrom: dataset.path, in: dataset.fileSystem).objectives[0].splits[0].rows
      let changed = text.replacing("\"rows\": \(rows),", with: "\"rows\": \(rows + 1),")
      #expect(changed != text)
      try dataset.fileSystem.write(changed, to: file)
      let report = try dataset.audit()
      #expect(report.findings.map(\.code) == ["shards.invalid-manifest"])
      #expect(report.findings[0].message.contains("objectives[0].splits[0].rows"))
    }
  }

  @Test("A row that is missing though the manifest adds up is found")
  func missingRow() throws {
    try withDataset { dataset in
      try dataset.editManifest { manifest in
        var shards = manifest.objectives[0].splits[0].shards
        shards[0].rowCount += 1
        shards[0].recordBatches[0].rowCount += 1
        manifest.objectives[0].splits[0] = ManifestSplit(
          name: "train", rows: shards.reduce(0) { $0 + $1.rowCount }, shards: shards)
      }
      let report = try dataset.audit()
      #expect(report.findings.map(\.code) == ["audit.row-count"])
      #expect(report.findings[0].expected == "7 rows")
      #expect(report.findings[0].found == "6 rows")
    }
  }

  @Test("A tokenizer that was changed is found")
  func changedTokenizer() throws {
    try withDataset { dataset in
      try dataset.edit(dataset.path + "/tokenizer.json") { $0.append(UInt8(ascii: "\n")) }
      let report = try dataset.audit()
      #expect(report.findings.map(\.code) == ["audit.tokenizer-changed"])
      let error = #expect(throws: Diagnostic.self) { try Dataset(opening: dataset.path) }
      #expect(error?.code == "dataset.other-tokenizer")
    }
  }

  @Test("A tokenizer that is missing or no tokenizer is a finding, and the rest is still proved")
  func brokenTokenizer() throws {
    try withDataset { dataset in
      try dataset.fileSystem.write("{}", to: dataset.path + "/tokenizer.json")
      let report = try dataset.audit()
      #expect(report.findings.first?.code == "audit.tokenizer-changed")
      #expect(report.findings.count == 2)
      #expect(report.sections[0].rowsChecked == report.sections[0].rows)
      try dataset.fileSystem.remove(dataset.path + "/tokenizer.json")
      #expect(try dataset.audit().findings.map(\.code) == ["files.not-found"])
    }
  }

  @Test("Files and folders that nobody lists are found")
  func unlistedFiles() throws {
    try withDataset { dataset in
      let shard = try dataset.fileSystem.readAll(try dataset.shard(0))
      try dataset.fileSystem.write(shard, to: dataset.path + "/mlm/train/data-00003-of-00004.arrow")
      try dataset.fileSystem.makeDirectory(dataset.path + "/mlm/test")
      try dataset.fileSystem.makeDirectory(dataset.path + "/old")
      try dataset.fileSystem.write("{}", to: dataset.path + "/old/dataset_dict.json")
      #expect(
        try dataset.audit().findings.map(\.code)
          == ["audit.unlisted-objective", "audit.unlisted-split", "audit.unlisted-shard"])
    }
  }

  @Test("The small files of the layout must agree with the manifest")
  func layout() throws {
    try withDataset { dataset in
      try dataset.fileSystem.write(#"{"splits": ["test"]}"#, to: dataset.path + "/mlm/dataset_dict.json")
      try dataset.fileSystem.write(#"{"_data_files": []}"#, to: dataset.path + "/mlm/train/state.json")
      try dataset.fileSystem.remove(dataset.path + "/mlm/train/dataset_info.json")
      let findings = try dataset.audit().findings
      #expect(findings.map(\.code) == ["audit.layout", "audit.layout", "files.not-found"])
      #expect(
        findings.map(\.place.file) == ["mlm/dataset_dict.json", "mlm/train/state.json", "mlm/train/dataset_info.json"])
      #expect(findings[0].expected == "train")
      #expect(findings[0].found == "test")
    }
  }

  @Test("A document in two splits is a leak")
  func leak() throws {
    var texts = TestDataset.texts
    texts[2] = texts[0]
    try withDataset(texts: texts, validation: [2]) { dataset in
      let report = try dataset.audit()
      #expect(!report.isClean)
      let leak = try #require(report.findings.first { $0.code == "audit.leaking-splits" })
      #expect(leak.message == "1 documents are in 'train' and in 'validation'")
      #expect(leak.found == "doc_id \(Digest.hex(Digest.xxh64(texts[0]))) in both")
    }
  }

  @Test("Examples of documents with the same text are a note, and no error")
  func duplicates() throws {
    for shuffle in ["global", "none"] {
      var texts = TestDataset.texts
      texts[4] = texts[0]
      try withDataset(texts: texts, shuffle: shuffle) { dataset in
        let report = try dataset.audit()
        #expect(report.isClean)
        #expect(report.counts.map(\.code) == ["audit.duplicate-examples"])
        #expect(report.counts.map(\.count) == [2])
        #expect(report.findings[0].severity == .note)
      }
    }
  }

  @Test("A window that says it starts elsewhere in its document is found")
  func sourceStart() throws {
    try withDataset { dataset in
      try dataset.forge { rows in
        rows[4].values[rows[4].schema.index(of: "source_start")][0] += 1
      }
      let finding = try #require(try dataset.audit().findings.first)
      #expect(finding.code == "audit.source-start")
      #expect(finding.place.row == 4)
    }
  }

  @Test("An epoch that nobody asked for is found")
  func epoch() throws {
    try withDataset([TestDataset.Part("mlm", "mlm", #"{"length": 16}"#, epochs: 2)]) { dataset in
      try dataset.editManifest { $0.objectives[0].epochs = 1 }
      let report = try dataset.audit()
      #expect(report.counts.map(\.code) == ["audit.epoch"])
      #expect(report.counts[0].count == report.sections[0].rows / 2)
    }
  }

  @Test("Settings that this version does not take are a finding")
  func unknownSettings() throws {
    try withDataset { dataset in
      try dataset.editManifest {
        $0.objectives[0].settings = ["length": 3]
      }
      let report = try dataset.audit()
      #expect(report.findings.map(\.code) == ["settings.wrong-type"])
      #expect(report.findings[0].place.objective == "mlm")
    }
    try withDataset { dataset in
      try dataset.editManifest { $0.objectives[0].kind = "nsp" }
      #expect(try dataset.audit().findings.map(\.code) == ["dataset.unknown-objective"])
    }
  }

  @Test("A sample proves so many examples and all bytes")
  func sample() throws {
    try withDataset { dataset in
      let report = try dataset.audit { $0.sample = 3 }
      #expect(report.isClean)
      #expect(report.sections[0].rowsChecked == 3)
      #expect(report.sections[0].bytes > 0)
      try dataset.edit(try dataset.shard(0)) { $0[$0.count / 2] ^= 1 }
      #expect(try dataset.audit { $0.sample = 0 }.findings.first?.code == "shards.checksum-mismatch")
    }
  }

  @Test("Progress reaches the number of bytes it names")
  func progress() throws {
    try withDataset([TestDataset.maskedLM, TestDataset.spans]) { dataset in
      var seen: [Int] = []
      var objectives: Set<String> = []
      _ = try Audit(of: dataset.path).run { progress in
        seen.append(progress.bytes)
        objectives.insert(progress.objective)
        #expect(progress.bytes <= progress.byteTotal)
      }
      #expect(seen == seen.sorted())
      #expect(objectives == ["mlm", "spans"])
    }
  }

  @Test("The report is the same for any number of threads, damage and all")
  func threads() throws {
    try withDataset([TestDataset.maskedLM, TestDataset.spans], validation: [1, 4]) { dataset in
      try dataset.forge { rows in
        for index in stride(from: 0, to: rows.count, by: 3) { rows[index].values[0].swapAt(1, 2) }
        rows.swapAt(7, 8)
      }
      try dataset.edit(try dataset.shard(1, of: "spans")) { $0[$0.count / 2] ^= 1 }
      let report = try dataset.audit()
      #expect(report.errorCount > 3)
      for threads in [2, 5] {
        for sample in [nil, 4] {
          var audit = Audit(of: dataset.path)
          audit.sample = sample
          let alone = try audit.run()
          #expect(try audit.run(on: WorkerThreads(threads)) == alone)
        }
      }
    }
  }

  @Test("A finding prints like a diagnostic, with the place where to look")
  func description() throws {
    try withDataset { dataset in
      try dataset.forge { $0.swapAt(7, 8) }
      let finding = try #require(try dataset.audit().findings.first)
      #expect(finding.description.hasPrefix("error[audit.order]: the row does not stand where its order key puts it\n"))
      #expect(
        finding.description.contains(
          "\n  at        mlm/train/data-00001-of-00003.arrow, row 2 (example 8 of mlm/train)\n  expected  an order key")
      )
      #expect(finding.json["example"] == 8)
      #expect(finding.json["code"] == "audit.order")
    }
  }
}
