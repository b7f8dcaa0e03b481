import Blocks
import Corpus
import Files
import JSONText
import Objectives
import Shards
import Tokenization

/// Everything a run needs to know before it touches a document: the control plane's answer to a recipe.
struct Plan: Sendable {
  /// One objective, ready to work.
  struct PlannedObjective: Sendable {
    var name: String
    var kind: String
    var epochs: Int
    var settings: Settings
    var objective: any Objective
    /// The most `input_ids` of a row in each bin, ascending; empty where rows are not parted.
    var bins: [Int]
    /// The file that its synonyms come from.
    var lexicon: [UInt8]?

    var lexiconDigest: UInt64? { lexicon.map { Digest.xxh64($0) } }
  }

  /// One list of shards: an objective's rows of one split, or of one bin of it.
  struct Section: Sendable {
    /// Its objective, as a position in the plan.
    var objective: Int
    /// `train`; `train_128` for the bin of 128.
    var split: String
    var bin: Int?
  }

  let recipe: Recipe
  let files: [InputFile]
  let tokenizer: Tokenizer
  let tokenizerBytes: [UInt8]
  let vocabulary: SpecialTokens
  let objectives: [PlannedObjective]
  /// `train`, and `validation` where the recipe asks for it.
  let splits: [String]
  /// By objective, split and bin: the order in which every segment has them.
  let sections: [Section]
  /// Slices of a segment's sections: 2^sliceBits; nil when rows keep corpus order.
  let sliceBits: Int?
  /// True where an objective needs to know where sentences start.
  let needsSentences: Bool
  /// True where an objective cuts texts between characters.
  let needsText: Bool

  init(
    recipe: Recipe, files: [InputFile], tokenizerBytes: [UInt8], tokenizerPath: String, catalog: Catalog,
    in fileSystem: any FileSystem
  ) throws(Diagnostic) {
    self.recipe = recipe
    self.files = files
    self.tokenizerBytes = tokenizerBytes
    tokenizer = try Tokenizer(json: tokenizerBytes, path: tokenizerPath)
    var overrides: [String: String] = [:]
    for (role, token) in recipe.specialTokens { overrides[role] = token }
    vocabulary = try tokenizer.specialTokens(overrides: overrides)
    var planned: [PlannedObjective] = []
    for entry in recipe.objectives {
      let type = try catalog.objectives.member(named: entry.kind)
      let settings = try entry.settings.keeping(type.settings)
      if recipe.shuffle == .none, settings.values.contains(where: { $0.key == "batch_size" }),
        settings.optionalInteger("batch_size") != nil
      {
        throw settings.invalid(
          "batch_size", "does not go with output.shuffle: none", help: "batches are laid out by shuffling rows")
      }
      var vocabulary = vocabulary
      var lexicon: [UInt8]?
      if let path = entry.lexiconPath {
        let bytes = try fileSystem.readAll(path)
        vocabulary.lexicon = try Lexicon(bytes, path: path).encoded(by: tokenizer)
        lexicon = bytes
      }
      let objective = try type.make(settings, vocabulary: vocabulary, among: catalog.objectives)
      let hasLists = objective.schema.columns.contains { $0.name == "input_ids" && $0.shape == .list }
      if !entry.bins.isEmpty, !hasLists {
        throw entry.settings.invalid(
          "bins", "part rows without padding, and the rows of '\(entry.name)' are all of one length",
          help: "use layout: compact where the objective has it, or leave out bins")
      }
      planned.append(
        PlannedObjective(
          name: entry.name, kind: entry.kind, epochs: entry.epochs, settings: settings, objective: objective,
          bins: entry.bins, lexicon: lexicon))
    }
    if let records = planned.first(where: { $0.objective.windowing.kind == .records }),
      !recipe.inputs.contains(where: { $0.options.sections != nil })
    {
      throw Diagnostic(
        "recipe.no-records", "'objectives.\(records.name)' takes records of several texts, and no input has any",
        at: records.settings.location, expected: "the fields of a record's texts",
        help: "name them: input: {path: …, text: {anchor: …, positive: …, negative: …}}")
    }
    objectives = planned
    let splits = recipe.validation > 0 ? ["train", "validation"] : ["train"]
    self.splits = splits
    sections = planned.enumerated().flatMap { number, planned in
      splits.flatMap { split in
        planned.bins.isEmpty
          ? [Section(objective: number, split: split)]
          : planned.bins.map { Section(objective: number, split: "\(split)_\($0)", bin: $0) }
      }
    }
    let shares = files.map { DocumentShares.most(ofWeight: $0.weight) }.max() ?? 1
    let copies = (planned.map(\.epochs).max() ?? 1) * max(1, shares)
    sliceBits =
      recipe.shuffle == .global ? sliceBitCount(inputByteCount: totalByteCount(of: files), copies: copies) : nil
    needsText = planned.contains { $0.objective.windowing.needsText }
    needsSentences = planned.contains { $0.objective.windowing.needsSentences }
  }

  var tokenizerDigest: UInt64 { Digest.xxh64(tokenizerBytes) }

  /// What a shard says of itself, as one line of JSON, so that a file that has lost its folder can still be placed.
  func shardMetadata(of planned: PlannedObjective) -> [(key: String, value: String)] {
    let origin: JSONValue = [
      "objective": .string(planned.name), "kind": .string(planned.kind),
      "recipe_digest": .string(recipe.digest), "tokenizer_digest": .string(Digest.hex(tokenizerDigest)),
      "version": .string(Version.current),
    ]
    return [("palimpsest.origin", origin.description)]
  }

  /// Whether a document belongs to the validation split: a function of its id alone.
  func isValidation(_ documentID: UInt64) -> Bool {
    guard recipe.validation > 0 else { return false }
    var id: [UInt8] = []
    id.append(littleEndian: documentID, byteCount: 8)
    // Hashed again, so that the split has nothing to do with any other use of the id.
    return Double(Digest.xxh64(id, seed: 0x5350_4C49_54) >> 11) * 0x1p-53 < recipe.validation
  }

  /// The fingerprint in 16 digits: work of another plan has other names.
  var digest: String { Digest.hex(Digest.xxh64(JSONWriter.bytes(of: fingerprint))) }

  /// What must be the same for a later run to go on with this one's segments.
  var fingerprint: JSONValue {
    .object(
      JSONObject([
        ("version", .string(Version.current)),
        ("recipe", recipe.essence.json),
        ("tokenizer_digest", .string(Digest.hex(tokenizerDigest))),
        (
          "inputs",
          .array(
            files.map { file in
              .object(
                JSONObject(
                  [("path", .string(file.path)), ("bytes", file.byteCount.map { .integer($0) } ?? .null)]
                    + (file.version.map { [("version", .string($0))] } ?? [])))
            })
        ),
        ("slice_bits", sliceBits.map { .integer($0) } ?? .null),
        // Its bytes differ from version to version, and machines that share a folder must agree on them.
        ("zstd", recipe.compression == .zstd ? .string(ZstdPacker.libraryVersion) : .null),
        ("lexicons", .array(objectives.compactMap(\.lexiconDigest).map { .string(Digest.hex($0)) })),
      ]))
  }
}

/// Slices small enough to be sorted in memory: about 16 MB each, were the inputs compressed to a quarter and every copy
/// of an objective's rows six times the text. Beyond 4,096 of them they grow, and are sorted piece by piece
/// (`SortedPieces`): more would be read in scraps from every segment.
///
/// The number changes nothing in the dataset, only how much of the segments is sorted at once.
///
/// - Parameter inputByteCount: the inputs' size on disk; nil where it is not known.
package func sliceBitCount(inputByteCount: Int?, copies: Int) -> Int {
  guard let inputByteCount else { return 8 }
  let rowByteCount = Double(inputByteCount) * 4 * 6 * Double(copies)
  var bits = 0
  while bits < 12, rowByteCount / Double(1 << bits) > Double(16 << 20) { bits += 1 }
  return bits
}
