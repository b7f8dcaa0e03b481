internal import Blocks

/// The columns of rows whose masked codes are asked for in place: how they are written, read back, checked and shown.
///
/// Codes are tokens without a frame: of images, of sounds. Special ids among them are never masked.
struct MaskedCodes: Sendable {
  let layout: Layout
  /// Codes of a row, by dimension.
  let shape: [Int]
  /// Rows may be short, and then are padded.
  let isPadded: Bool
  let replacement: TokenReplacement
  let mask: UInt32
  let pad: UInt32
  let unknown: UInt32?
  let table: IDTable

  /// Positions of the columns; the third is the mask of padded rows and the labels of compact ones.
  enum ColumnIndex {
    static let inputIDs = 0
    static let labels = 1, attentionMask = 2
    static let maskedPositions = 1, maskedLabels = 2
  }

  init(
    _ layout: Layout, shape: [Int], isPadded: Bool, settings: Settings, vocabulary: SpecialTokens, for objective: String
  ) throws(Diagnostic) {
    self.layout = layout
    self.shape = shape
    self.isPadded = isPadded && layout == .dense
    replacement = try TokenReplacement(settings)
    mask = try vocabulary.require(.mask, for: objective)
    pad = isPadded && layout == .dense ? try vocabulary.require(.pad, for: objective) : 0
    unknown = vocabulary.ids[.unk]
    table = try IDTable(vocabulary, for: objective)
  }

  /// All show the mask, as the papers have it.
  static let replaceSetting = Setting(
    "replace", TokenReplacement.setting.kind,
    default: .list([1.0, 0, 0].map { SettingValue(.number($0)) }), TokenReplacement.setting.summary)

  /// Codes of a full row.
  var length: Int { shape.reduce(1, *) }

  func columns(_ vocabulary: SpecialTokens) -> [Column] {
    let ids = vocabulary.idType
    guard layout == .dense else {
      return [
        Column("input_ids", ids, .list, "The codes, masked ones replaced."),
        Column("masked_positions", positionType(length), .list, "Masked positions, ascending."),
        Column("masked_labels", ids, .list, "The original codes at those positions."),
      ]
    }
    var columns = [
      Column("input_ids", ids, .fixed(shape), "The codes, masked ones replaced" + (isPadded ? "; padded." : ".")),
      Column("labels", vocabulary.labelType, .fixed(shape), "The original code at masked positions, -100 elsewhere."),
    ]
    if isPadded {
      columns.append(Column("attention_mask", .uint8, .fixed(shape), "1 for real codes, 0 for padding."))
    }
    return columns
  }

  /// Writes the codes with those of `scratch.mask` masked; false, and nothing written, when none is.
  func append(
    _ codes: [UInt32], drawing draws: ExampleDraws, scratch: inout ObjectiveScratch, to batch: inout ExampleBatch
  ) -> Bool {
    var actions = draws.stream(.action)
    var replacements = draws.stream(.replacementIDs)
    scratch.ids.removeAll(keepingCapacity: true)
    scratch.labels.removeAll(keepingCapacity: true)
    scratch.positions.removeAll(keepingCapacity: true)
    scratch.targets.removeAll(keepingCapacity: true)
    for index in codes.indices {
      let code = codes[index]
      guard scratch.mask[index], !table.isSpecial(code) else {
        scratch.ids.append(code)
        scratch.labels.append(ignoredLabel)
        continue
      }
      scratch.ids.append(replacement.shown(for: code, mask: mask, table: table, actions: &actions, ids: &replacements))
      scratch.labels.append(Int32(truncatingIfNeeded: code))
      scratch.positions.append(Int32(index))
      scratch.targets.append(code)
    }
    guard !scratch.positions.isEmpty else { return false }
    if layout == .dense {
      batch.append(scratch.ids, paddedWith: pad, to: length, column: ColumnIndex.inputIDs)
      batch.append(scratch.labels, ignoredTo: length, column: ColumnIndex.labels)
      if isPadded { batch.appendMask(codes.count, of: length, column: ColumnIndex.attentionMask) }
    } else {
      batch.append(contentsOf: scratch.ids.span, to: ColumnIndex.inputIDs)
      batch.append(contentsOf: scratch.positions.span, to: ColumnIndex.maskedPositions)
      batch.append(contentsOf: scratch.targets.span, to: ColumnIndex.maskedLabels)
    }
    return true
  }
}
