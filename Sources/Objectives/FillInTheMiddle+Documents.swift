internal import Blocks

extension FillInTheMiddle {
  /// Lists with a value for each segment.
  var columns: [Column] {
    var columns = [
      Column("fim_mode", .uint8, .list, "By segment: 0 as it was, 1 prefix-suffix-middle, 2 suffix-prefix-middle."),
      Column("fim_a", .uint32, .list, "By segment: tokens before the middle, 0 where it is as it was."),
      Column("fim_b", .uint32, .list, "By segment: tokens up to the middle's end, 0 where it is as it was."),
    ]
    guard context == .document else { return columns }
    columns.append(Column("fim_count", .uint32, .list, "By segment: tokens of its document, without marks and end."))
    guard level == .character else { return columns }
    return columns + [
      Column("fim_char_a", .uint32, .list, "By segment: characters of the text before the middle."),
      Column("fim_char_b", .uint32, .list, "By segment: characters up to the middle's end."),
      Column("fim_char_count", .uint32, .list, "By segment: characters of its document's text."),
    ]
  }

  /// Whether and where a document of so many tokens, or characters, is cut: its mode and cuts, and nothing else.
  ///
  /// Whether it is transformed, and then whether to SPM (purpose 7); then the two cuts, each uniform in 0 ... n (8).
  func layout(cutting count: Int, drawing draws: ExampleDraws) -> DocumentLayout {
    var layout = DocumentLayout()
    layout.cutCount = count
    var modes = draws.stream(.mode)
    guard count > 0, modes.bernoulli(rate) else { return layout }
    layout.mode = UInt8((modes.bernoulli(spmRate) ? Mode.spm : Mode.psm).rawValue)
    var cuts = draws.stream(.split)
    (layout.cutA, layout.cutB) = (cuts.bounded(count + 1), cuts.bounded(count + 1))
    if layout.cutA > layout.cutB { swap(&layout.cutA, &layout.cutB) }
    return layout
  }

  /// Lays out every document of a block; their ids, and documents without a token, stay as they are.
  ///
  /// - Parameter text: what cuts between characters are made in.
  /// - Returns: the documents that take part, in order, and the layout of each by its id: equal texts have equal ones.
  /// - Throws: `objective.missing-text`.
  func layOut(
    _ block: borrowing TokenBlock, documents: [Int], drawing draws: ExampleDraws, text: (any DocumentText)?,
    into shown: inout TokenBlock
  ) throws(Diagnostic) -> [UInt64: DocumentLayout] {
    var layouts: [UInt64: DocumentLayout] = [:]
    var parts: [UInt32] = []
    shown.removeAll()
    for position in documents {
      let document = block.documents[position]
      let start = shown.ids.count
      parts.removeAll(keepingCapacity: true)
      if document.tokenCount > 0 {
        let layout = try layOut(position, of: block, drawing: draws.ofDocument(document.id), text, into: &parts)
        layouts[document.id] = layout
        append(
          parts[...], Mode(rawValue: Int32(layout.mode)) ?? .none, from: layout.a, to: layout.b, row: &shown.ids)
      }
      shown.documents.append(.init(id: document.id, start: start, tokenCount: shown.ids.count - start))
    }
    return layouts
  }

  /// Appends the tokens of a document, cut as drawn, in the order of the text.
  private func layOut(
    _ position: Int, of block: borrowing TokenBlock, drawing draws: ExampleDraws, _ text: (any DocumentText)?,
    into parts: inout [UInt32]
  ) throws(Diagnostic) -> DocumentLayout {
    let document = block.documents[position]
    var layout: DocumentLayout
    switch level {
    case .token:
      layout = self.layout(cutting: document.tokenCount, drawing: draws)
      (layout.a, layout.b) = (layout.cutA, layout.cutB)
    case .character:
      guard let text else {
        throw Diagnostic(
          "objective.missing-text", "fim_level: character needs the texts of the documents",
          help: "pass them as `text`, or use fim_level: token")
      }
      layout = self.layout(cutting: text.scalarCount(ofDocument: position), drawing: draws)
      if layout.mode > 0 {
        text.append(0..<layout.cutA, ofDocument: position, to: &parts)
        layout.a = parts.count
        text.append(layout.cutA..<layout.cutB, ofDocument: position, to: &parts)
        layout.b = parts.count
        text.append(layout.cutB..<layout.cutCount, ofDocument: position, to: &parts)
      }
    }
    if parts.isEmpty { parts.append(contentsOf: block.ids[document.range]) }
    layout.count = parts.count
    return layout
  }
}

extension Windowing {
  /// Cuts documents that fill-in-the-middle has laid out; each segment bears the layout of its document.
  func cutLaidOut(
    _ fim: FillInTheMiddle, of block: borrowing TokenBlock, _ documents: [Int], drawing draws: ExampleDraws,
    text: (any DocumentText)?, gatheringInto window: inout TokenWindow, _ body: (TokenWindow) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Report {
    var shown = TokenBlock()
    let layouts = try fim.layOut(block, documents: documents, drawing: draws, text: text, into: &shown)
    var plain = self
    plain.fim = nil
    plain.namesDocuments = true
    return try plain.forEachWindow(
      of: shown, documents: Array(documents.indices), epoch: window.epoch, gatheringInto: &window
    ) { window throws(Diagnostic) in
      var window = window
      window.segmentLayouts = window.segmentDocuments.map { layouts[$0] ?? DocumentLayout() }
      try body(window)
    }
  }
}
