public import Blocks

/// Hides blocks of an image's codes and asks for them in place.
///
/// - Source: Bao et al. 2021, BEiT (arXiv:2106.08254): 75 of 14 × 14 codes in blocks of 16 or more.
/// - Input: a window of height · width codes of one document, row by row: the codes of one image after the other, as a
///   tokenizer of images made them.
/// - Columns: `input_ids` [height, width], `labels` [height, width].
/// - Randomness: see `BlockMask.mark` (purposes 3, 4, 9); then one word of purpose 2 for each masked code, one draw of
///   purpose 5 for each random one, row by row.
/// - Guarantees: `restore` gives the window back; at most round-half-even(height · width · p) codes are masked, at
///   least one.
/// - Drops: `tail_dropped` (a part of an image), `nothing_to_predict` (special ids alone behind the mask). Fails:
///   never.
/// - Cost: O(height · width); no allocation after the first example.
public struct ImageMLM: Objective {
  public static let name = "image_mlm"
  public static let summary = "Hides blocks of an image's codes and asks for them in place (BEiT)."
  public static let settings = [
    Setting("height", .integer(2...1024), default: .integer(14), "Rows of an image's codes."),
    Setting("width", .integer(2...1024), default: .integer(14), "Codes of a row."),
    Setting(
      "mask_probability", .number(0.001...0.999), default: .number(0.4),
      "Share of an image's codes that is masked at most; a little less where blocks do not fit."),
    Setting(
      "min_block", .integer(1...CommonSettings.longest), default: .integer(16), "Codes of the smallest block."),
    MaskedCodes.replaceSetting,
  ]

  /// Behind those of specification 6.3.
  public let drawNumber: UInt32 = 18
  public let schema: ExampleSchema
  public let windowing: Windowing

  let blocks: BlockMask
  let codes: MaskedCodes
  let provenance: Provenance

  public init(_ settings: Settings, vocabulary: SpecialTokens) throws(Diagnostic) {
    let (height, width) = (settings.integer("height"), settings.integer("width"))
    let wanted = min(
      max(1, roundedHalfEven(Double(height * width) * settings.number("mask_probability"))), height * width)
    blocks = BlockMask(height: height, width: width, wanted: wanted, smallestBlock: settings.integer("min_block"))
    guard blocks.smallestBlock <= wanted else {
      throw settings.invalid(
        "min_block", "is more than the codes that are masked", help: "use \(wanted) or less, or raise mask_probability")
    }
    codes = try MaskedCodes(
      .dense, shape: [height, width], isPadded: false, settings: settings, vocabulary: vocabulary, for: Self.name)
    windowing = Windowing(kind: .document, length: height * width, tail: .drop)
    let columns = codes.columns(vocabulary)
    provenance = Provenance(firstColumn: columns.count, kind: .document)
    schema = ExampleSchema(columns + Provenance.columns(.document))
  }

  public func append(
    _ window: TokenWindow, drawing draws: ExampleDraws, orderKey: UInt64, scratch: inout ObjectiveScratch,
    to batch: inout ExampleBatch
  ) -> DropReason? {
    precondition(window.ids.count <= codes.length, "a window is no longer than the windowing says")
    guard window.ids.count == codes.length else { return .windowTooShort }
    blocks.mark(drawing: draws, scratch: &scratch)
    guard codes.append(window.ids, drawing: draws, scratch: &scratch, to: &batch) else { return .nothingToPredict }
    provenance.append(window, to: &batch)
    batch.finishRow(orderKey: orderKey)
    return nil
  }

  public func restore(_ example: Example) throws(Diagnostic) -> TokenWindow {
    let row = try ExampleReader(example, schema: schema)
    return try provenance.window(of: codes.parts(row).original, endOfDocument: nil, in: row)
  }

  public func check(_ example: Example) throws(Diagnostic) {
    let row = try ExampleReader(example, schema: schema)
    let parts = try codes.parts(row)
    try codes.check(parts, row)
    guard parts.selectedCount <= blocks.wanted else {
      throw row.broken(
        "selection-count", "more codes are masked than may be", expected: "at most \(blocks.wanted)",
        found: "\(parts.selectedCount)")
    }
    _ = try provenance.window(of: parts.original, endOfDocument: nil, in: row)
  }

  public func explain(_ example: Example) -> [ExampleSection] { codes.explain(example, schema: schema) }

  public var laws: [Law] { codes.laws(schema: schema) }

  /// What masked codes show, and that they lie as often left as right, above as below.
  public var expectations: [Expectation] {
    // A mirrored mask is as likely. The share of one image has a variance of 1/4 at most: whole sides.
    func half(_ name: String, _ side: @escaping @Sendable (Int) -> (place: Int, size: Int)) -> Expectation {
      Expectation(name, probability: 0.5, variance: 0.25) { example in
        guard let row = try? ExampleReader(example, schema: schema), let parts = try? codes.parts(row) else {
          return .none
        }
        var (first, both) = (0, 0)
        for index in parts.selected.indices where parts.selected[index] {
          let (place, size) = side(index)
          guard 2 * place + 1 != size else { continue }
          both += 1
          if 2 * place + 1 < size { first += 1 }
        }
        return both == 0 ? .none : Expectation.Observation(successes: Double(first) / Double(both), trials: 1)
      }
    }
    let (height, width) = (blocks.height, blocks.width)
    return codes.expectations(schema: schema) + [
      half("masked codes on the left") { ($0 % width, width) },
      half("masked codes above") { ($0 / width, height) },
    ]
  }
}
