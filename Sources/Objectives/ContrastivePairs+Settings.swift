public import Blocks

extension ContrastivePairs {
  public static let settings = [
    CommonSettings.length(64, "Tokens of a view, the two tokens of its frame included."),
    Setting(
      "pairs", .choice(Pairs.allCases.map(\.rawValue)), default: .text(Pairs.dropout.rawValue),
      "dropout: the text once, for a model that encodes it twice. augment: the text and a copy with changed tokens."
        + " eda: the text and a copy with changed words. adjacent: two neighbouring spans."
        + " crop: two random crops. clear: two changed copies. declutr: anchors and spans near them."
        + " consert: the text once, with shuffled positions and rows to cut."
        + " given: the texts of a record (`input.text`)."),
    Setting(
      "operations", .list(.choice(Operation.allCases.map(\.rawValue))),
      default: .list([Operation.delete, .replace, .insert].map { SettingValue(.text($0.rawValue)) }),
      "What augment does to the copy; one of these is drawn for each example."),
    Setting(
      "word_operations", .list(.choice(WordEdits.Operation.allCases.map(\.rawValue))),
      default: .list(WordEdits.Operation.allCases.map { SettingValue(.text($0.rawValue)) }),
      "What eda does to the copy; one of these is drawn for each example."),
    Setting(
      "lexicon", .text, default: .null,
      "The file of synonyms for eda: lines of a word, a tab and its synonyms with commas between; the same as a JSON"
        + " object; or WordNet's wn_s.pl or data files."),
    Setting(
      "rate", .number(0.001...0.9), default: .number(0.1), "Share of tokens that augment, of words that eda changes."),
    Setting("ratio_min", .number(0.01...1), default: .number(0.1), "Shortest crop, as a share of the window."),
    Setting("ratio_max", .number(0.01...1), default: .number(0.5), "Longest crop, as a share of the window."),
    Setting(
      "window", .integer(2...CommonSettings.longest), default: .null,
      "Tokens of the window that crops are taken from. Left out, the longest whose crops fit in a view."),
    Setting("delete", .number(0...0.9), default: .number(0.1), "Probability that a crop loses a token."),
    Setting(
      "edits", .list(.choice(ClearEdits.Edit.allCases.map(\.rawValue))),
      default: .list(ClearEdits.Edit.allCases.map { SettingValue(.text($0.rawValue)) }),
      "What clear does to a view; one of these is drawn for each view."),
    Setting("word_deletion", .number(0.001...0.999), default: .number(0.7), "Share of tokens that delete_words takes."),
    Setting("substitution", .number(0.001...1), default: .number(0.3), "Share of tokens that substitute changes."),
    Setting(
      "spans", .integer(1...100), default: .integer(5), "Spans that delete_spans takes, and pairs that reorder swaps."),
    Setting(
      "span_share", .number(0.001...0.5), default: .number(0.05), "Tokens of such a span, as a share of the text."),
    Setting("anchors", .integer(1...32), default: .integer(2), "Anchors of a window of declutr."),
    Setting("positives", .integer(1...32), default: .integer(2), "Positives of each anchor."),
    Setting("min_span", .integer(1...CommonSettings.longest), default: .integer(32), "Tokens of the shortest span."),
    Setting(
      "sampling", .choice(AnchorSpans.Sampling.allCases.map(\.rawValue)),
      default: .text(AnchorSpans.Sampling.any.rawValue),
      "Where positives lie. any: up to one length away. subsuming: within their anchor. adjacent: beside it."),
    Setting(
      "cutoff", .choice(EmbeddingNoise.Cutoff.allCases.map(\.rawValue)),
      default: .text(EmbeddingNoise.Cutoff.token.rawValue),
      "Rows that consert cuts. token: each by itself. span: all but one span. none: no row."),
    Setting("cutoff_rate", .number(0.001...0.999), default: .number(0.15), "Share of the rows that are cut."),
    Setting(
      "move_frame", .flag, default: .flag(false),
      "Let the two tokens of the frame take part in consert's shuffle and cuts, as in its code."),
    Setting(
      "negatives", .choice(["none"] + HardNegatives.Kind.allCases.map(\.rawValue)), default: .text("none"),
      "Hard negatives of each row. given: further texts of the record. same_source: other windows of the document."
        + " bm25: windows of other documents of the block that share rare tokens."),
    Setting(
      "negative_count", .integer(1...64), default: .integer(1), "Hard negatives of each row, where there are any."),
    Setting(
      "batch_size", .integer(2...(1 << 20)), default: .null,
      "Lay rows out so that no two of a batch of so many, one after the other from the first row of a shard, come from"
        + " one document."),
    CommonSettings.tail,
  ]

  /// - Throws: `settings.invalid` for negatives that the pairs cannot have.
  static func negatives(
    _ settings: Settings, _ pairs: Pairs, longest: Int, drawNumber: UInt32
  ) throws(Diagnostic) -> HardNegatives? {
    guard let kind = HardNegatives.Kind(rawValue: settings.text("negatives")) else { return nil }
    guard (kind == .given) == (pairs == .given) else {
      throw settings.invalid(
        "negatives", "does not go with pairs: \(pairs.rawValue)",
        help: pairs == .given ? "the negatives of given pairs are given, too, or none" : "use same_source or bm25")
    }
    guard pairs != .declutr else {
      throw settings.invalid("negatives", "does not go with pairs: declutr", help: "its anchors are each other's")
    }
    return HardNegatives(
      kind: kind, count: settings.integer("negative_count"), longest: longest, drawNumber: drawNumber)
  }

  /// - Throws: `objective.missing-lexicon`.
  static func words(
    _ settings: Settings, _ pairs: Pairs, table: IDTable, vocabulary: SpecialTokens, capacity: Int
  ) throws(Diagnostic) -> WordEdits {
    let operations: [WordEdits.Operation] = try settings.distinct("word_operations")
    if pairs == .eda, vocabulary.lexicon == nil, let operation = operations.first(where: \.needsLexicon) {
      throw Diagnostic(
        "objective.missing-lexicon", "eda's '\(operation.rawValue)' needs a lexicon of synonyms", at: settings.location,
        expected: "lexicon: a file of words and their synonyms",
        help: "name one under `lexicon:`, or use word_operations: [swap, delete]")
    }
    return WordEdits(
      operations: operations, rate: settings.number("rate"), lexicon: vocabulary.lexicon ?? WordLexicon([]),
      table: table, capacity: capacity)
  }

  /// Tokens of a window to take crops from.
  ///
  /// - Throws: `settings.invalid` for a window that is not cropped, or whose crops do not fit.
  static func cropWindow(_ settings: Settings, _ pairs: Pairs, _ crop: Crop, capacity: Int) throws(Diagnostic) -> Int {
    let longest = crop.longestWindow(capacity)
    guard let window = settings.optionalInteger("window") else { return longest }
    guard pairs == .crop else {
      throw settings.invalid("window", "does not go with pairs: \(pairs.rawValue)", help: "leave it out")
    }
    guard window <= longest else {
      throw settings.invalid(
        "window", "makes crops longer than a view", help: "use \(longest) or less, or raise length")
    }
    return window
  }

  static func crop(_ settings: Settings) throws(Diagnostic) -> Crop {
    let crop = Crop(
      shortest: settings.number("ratio_min"), longest: settings.number("ratio_max"),
      deletion: Threshold(settings.number("delete")))
    guard crop.shortest <= crop.longest else {
      throw settings.invalid("ratio_min", "is above ratio_max", help: "lower it, or raise ratio_max")
    }
    return crop
  }

  static func edits(
    _ settings: Settings, _ pairs: Pairs, table: IDTable, vocabulary: SpecialTokens
  ) throws(Diagnostic) -> ClearEdits {
    let edits: [ClearEdits.Edit] = try settings.distinct("edits")
    let needsDeleted = pairs == .clear && ClearEdits.needsDeleted(edits)
    return ClearEdits(
      edits: edits, wordShare: settings.number("word_deletion"), substituteShare: settings.number("substitution"),
      spanCount: settings.integer("spans"), spanShare: settings.number("span_share"),
      deleted: needsDeleted ? try vocabulary.require(.del, for: name) : 0, table: table)
  }

  static func spans(_ settings: Settings, _ pairs: Pairs) throws(Diagnostic) -> AnchorSpans {
    let spans = AnchorSpans(
      anchors: settings.integer("anchors"), positives: settings.integer("positives"),
      shortest: settings.integer("min_span"), longest: settings.integer("length") - 2,
      sampling: AnchorSpans.Sampling(rawValue: settings.text("sampling")) ?? .any)
    if pairs == .declutr, spans.shortest > spans.longest {
      throw settings.invalid(
        "min_span", "is longer than a view", help: "use \(spans.longest) or less, or raise length")
    }
    if pairs == .declutr, spans.windowLength > CommonSettings.longest {
      throw settings.invalid("anchors", "makes windows too long", help: "use fewer anchors, or a smaller length")
    }
    return spans
  }

  static func embedding(_ settings: Settings) -> EmbeddingNoise {
    EmbeddingNoise(
      cutoff: EmbeddingNoise.Cutoff(rawValue: settings.text("cutoff")) ?? .token, rate: settings.number("cutoff_rate"),
      movesFrame: settings.flag("move_frame"))
  }

  static func columns(
    _ pairs: Pairs, length: Int, views: Int, negatives: HardNegatives?, vocabulary: SpecialTokens
  ) -> (columns: [Column], index: ColumnIndex) {
    let ids = vocabulary.idType
    var index = ColumnIndex()
    let shape = pairs.isOneView ? [length] : [views, length]
    let text =
      switch pairs {
      case .dropout: "The text in its frame, padded; encode it twice."
      case .consert: "The text in its frame, padded; encode it as it is and changed."
      case .declutr: "Each anchor and its positives in their frames, padded."
      case .given: "The anchor and the positive in their frames, padded."
      default: "The two views in their frames, padded."
      }
    var columns = [
      Column("input_ids", ids, .fixed(shape), text),
      Column("attention_mask", .uint8, .fixed(shape), "1 for real tokens, 0 for padding."),
    ]
    func add(_ column: Column) -> Int {
      columns.append(column)
      return columns.count - 1
    }
    if !pairs.isOneView {
      index.viewStart = add(
        Column("view_start", .uint32, .fixed([views]), "First token of each view in the window, before it was changed.")
      )
      index.viewLength = add(
        Column("view_length", .uint32, .fixed([views]), "Tokens of each view, before it was changed."))
    }
    func numbered(_ names: [String]) -> String { names.enumerated().map { "\($0) \($1)" }.joined(separator: ", ") }
    switch pairs {
    case .augment:
      let names = numbered(Operation.allCases.map(\.rawValue))
      index.operation = add(Column("operation", .uint8, "What changed the second view: " + names + "."))
    case .eda:
      let names = numbered(WordEdits.Operation.allCases.map(\.rawValue))
      index.operation = add(Column("operation", .uint8, "What changed the second view: " + names + "."))
    case .clear:
      let names = numbered(ClearEdits.Edit.allCases.map(\.rawValue))
      index.operation = add(Column("view_operation", .uint8, .fixed([views]), "What changed each view: " + names + "."))
    case .consert:
      let position = positionType(length)
      index.positionIDs = add(
        Column(
          "position_ids", position, .fixed([length]), "Positions of the changed view, the text's in another order."))
      index.cutoffRows = add(
        Column("cutoff_rows", position, .list, "Rows of embeddings to put to zero in the changed view, ascending."))
    default: break
    }
    if pairs.storesSource {
      let text =
        pairs == .crop ? "The window that both views were cropped from." : "The window that the views were made of."
      index.sourceIDs = add(Column("source_ids", ids, .list, text))
    }
    if let negatives {
      let shape = [negatives.count, length]
      index.negatives = NegativeColumns(
        ids: add(Column("negative_ids", ids, .fixed(shape), "The hard negatives in their frames, padded.")),
        attentionMask: add(Column("negative_mask", .uint8, .fixed(shape), "1 for their real tokens, 0 for padding.")),
        sourceStarts: add(
          Column("negative_source_starts", .uint32, .fixed([negatives.count]), "First token of each in its document.")),
        documents: negatives.kind == .given
          ? nil
          : add(Column("negative_doc_ids", .uint64, .fixed([negatives.count]), "The document of each.")))
    }
    return (columns, index)
  }
}

extension Settings {
  /// The members of a list of choices, each once.
  ///
  /// - Throws: `settings.invalid` for an empty list or a member that comes twice.
  func distinct<Choice: RawRepresentable<String> & Hashable>(
    _ key: String
  ) throws(Diagnostic) -> [Choice] {
    let choices = texts(key).compactMap(Choice.init(rawValue:))
    guard Set(choices).count == choices.count, !choices.isEmpty else {
      throw invalid(key, "is not a list of different \(key)", help: "name one or more, each once")
    }
    return choices
  }
}
