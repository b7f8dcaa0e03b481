public import Blocks

extension ContrastivePairs {
  public static let settings = [
    CommonSettings.length(64, "Tokens of a view, the two tokens of its frame included."),
    Setting(
      "pairs", .choice(Pairs.allCases.map(\.rawValue)), default: .text(Pairs.dropout.rawValue),
      "dropout: the text once, for a model that encodes it twice. augment: the text and a changed copy."
        + " adjacent: two neighbouring spans. crop: two random crops. clear: two changed copies. declutr: anchors and"
        + " spans near them. consert: the text once, with shuffled positions and rows to cut."),
    Setting(
      "operations", .list(.choice(Operation.allCases.map(\.rawValue))),
      default: .list([Operation.delete, .replace, .insert].map { SettingValue(.text($0.rawValue)) }),
      "What augment does to the copy; one of these is drawn for each example."),
    Setting("rate", .number(0.001...0.9), default: .number(0.1), "Share of tokens that augment changes."),
    Setting("ratio_min", .number(0.01...1), default: .number(0.1), "Shortest crop, as a share of the window."),
    Setting("ratio_max", .number(0.01...1), default: .number(0.5), "Longest crop, as a share of the window."),
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
    CommonSettings.tail,
  ]

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
    _ pairs: Pairs, length: Int, views: Int, vocabulary: SpecialTokens
  ) -> (columns: [Column], index: ColumnIndex) {
    let ids = vocabulary.idType
    var index = ColumnIndex()
    let shape = pairs.isOneView ? [length] : [views, length]
    let text =
      switch pairs {
      case .dropout: "The text in its frame, padded; encode it twice."
      case .consert: "The text in its frame, padded; encode it as it is and changed."
      case .declutr: "Each anchor and its positives in their frames, padded."
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
