public import Blocks
public import Corpus
import Files
import JSONText
import Objectives
public import Shards
import Text
import Tokenization

/// What to build: the recipe file as a typed value, checked, with every default filled in.
///
/// A recipe says everything that decides the bytes of a dataset. How it is run (threads, progress) is not part of it.
public struct Recipe: Sendable {
  /// One entry of `input`.
  public struct Input: Sendable {
    /// Paths, globs, folders, addresses, `@` and a list of these, or `-`.
    public var patterns: [String]
    /// How often each document takes part.
    public var weight: Double
    public var options: InputOptions
  }

  /// Where the tokenizer comes from.
  public enum TokenizerSource: Sendable {
    case file(TokenizerFile)
    /// Trained from the same inputs before the build.
    case train(Settings)
    /// None: the inputs are codes already.
    case codes(Settings)
  }

  /// One entry of `objectives`.
  public struct ObjectiveEntry: Sendable {
    /// The name in the recipe: also the dataset's folder.
    public var name: String
    /// The kind of objective, a name in the catalog.
    public var kind: String
    /// Number of independent corruption copies.
    public var epochs: Int
    /// The most `input_ids` of a row in each bin, ascending; empty where rows are not parted by length.
    public var bins: [Int] = []
    public var settings: Settings

    /// The file of synonyms that the objective asks for.
    var lexiconPath: String? {
      settings.values.contains { $0.key == "lexicon" } ? settings.optionalText("lexicon") : nil
    }
  }

  /// `shuffle`: in which order rows are written.
  public enum Shuffle: String, Sendable, CaseIterable {
    /// Corpus order: file, block, row.
    case none
    /// By a random key for each example.
    case global
  }

  public var seed: UInt64
  public var inputs: [Input]
  public var textSteps: [String]
  public var tokenizer: TokenizerSource
  /// Role (or `sentinels`) → token, where the usual names do not apply.
  public var specialTokens: [(role: String, token: String)]
  /// True: `[MASK]` written in a text becomes the mask id, as HF tokenizers do by default. False: it stays text.
  public var matchesSpecialInText: Bool
  public var objectives: [ObjectiveEntry]
  public var outputPath: String
  /// How a split is cut into shards.
  public var sharding: Sharding
  public var compression: ShardCompression
  public var shuffle: Shuffle
  /// Share of the documents that goes to the validation split.
  public var validation: Double
  /// Decompressed bytes after which a block is cut.
  public var blockByteCount: Int

  /// The whole recipe, defaults included, as it goes into the manifest.
  public let resolved: SettingValue

  /// Checks a recipe's tree.
  ///
  /// - Throws: `settings.…` and `recipe.…`, with the place in the recipe.
  public init(_ tree: SettingValue, catalog: Catalog = .standard) throws(Diagnostic) {
    let tree = try tree.expandingPresets(catalog.presets)
    let top = try Settings(tree, allowing: RecipeKeys.top, path: "recipe")
    seed = UInt64(top.integer("seed"))
    inputs = try Self.inputs(top)
    textSteps = top.texts("text")
    specialTokens = try Self.specialTokens(top)
    matchesSpecialInText = top.text("special_in_text") == "match"
    objectives = try Self.objectives(top, catalog: catalog)
    let shares = inputs.map { DocumentShares.most(ofWeight: $0.weight) }.max() ?? 1
    if let many = objectives.first(where: { $0.epochs * shares > 1 << 16 }) {
      throw many.settings.invalid(
        "epochs", "times the largest weight is more than 65536", help: "each share of a document has epochs of its own")
    }
    tokenizer = try Self.tokenizer(top).teaching(
      objectives, namedAlready: Set(specialTokens.map(\.role)), catalog: catalog)

    let output = try Settings(top.value("output"), allowing: RecipeKeys.output, path: "output")
    outputPath = output.text("path")
    guard !outputPath.isEmpty else { throw output.invalid("path", "is empty", help: "`.` is the working directory") }
    sharding = try Self.sharding(output)
    compression = output.optionalText("compression").flatMap(ShardCompression.init(rawValue:)) ?? .none
    shuffle = output.text("shuffle") == "global" ? .global : .none
    validation = output.number("validation")
    blockByteCount = top.integer("block_size")
    for index in inputs.indices { inputs[index].options.blockBytes = blockByteCount }

    var entries = top.values.filter { !["preset", "input", "tokenizer", "objectives", "output"].contains($0.key) }
    entries.append(.init("input", top.value("input")))
    entries.append(.init("tokenizer", Self.resolvedTokenizer(tokenizer)))
    entries.append(.init("objectives", SettingValue(.map(objectives.map(Self.resolvedObjective)))))
    entries.append(.init("output", output.map.leavingOut(["shard_rows", "shards", "compression"])))
    resolved = SettingValue(.map(entries))
  }

  /// All of the recipe that can change the dataset's bytes: so not where the dataset goes, nor how much memory a
  /// training may take.
  public var essence: SettingValue {
    resolved.removing(["output", "path"][...]).removing(["tokenizer", "train", "memory"][...])
  }

  var specialInText: Tokenizer.SpecialInText { matchesSpecialInText ? .match : .asText }

  /// The recipe's fingerprint: XXH64 of its essence as compact JSON.
  public var digest: String { Digest.hex(Digest.xxh64(JSONWriter.bytes(of: essence.json))) }
}

extension Recipe {
  private static func inputs(_ top: Settings) throws(Diagnostic) -> [Input] {
    let entries = top.list("input")
    guard !entries.isEmpty else { throw top.invalid("input", "names no input") }
    var inputs: [Input] = []
    for entry in entries {
      var entry = entry
      if case .text = entry.content {
        entry = SettingValue(.map([.init("path", entry, at: entry.location)]), at: entry.location)
      }
      let settings = try Settings(entry, allowing: RecipeKeys.input, path: "input")
      var options = InputOptions()
      if let field = settings.optionalText("text") {
        options.text = InputOptions.fieldPath(field)
      } else {
        let fields = try Settings(settings.value("text"), allowing: RecipeKeys.records, path: "input.text")
        options.text = InputOptions.fieldPath(fields.text("anchor"))
        options.sections = InputOptions.Sections(
          positive: InputOptions.fieldPath(fields.text("positive")),
          negatives: fields.texts("negative").map(InputOptions.fieldPath))
      }
      options.codes = settings.optionalText("codes").map(InputOptions.fieldPath)
      options.id = settings.optionalText("id").map(InputOptions.fieldPath)
      options.format = .init(rawValue: settings.text("format")) ?? .auto
      options.documents = .init(rawValue: settings.text("documents")) ?? .paragraph
      options.onError = .init(rawValue: settings.text("on_error")) ?? .fail
      options.maximumDocumentBytes = settings.integer("max_document_size")
      options.limits = try limits(settings)
      options.maximumBufferBytes = settings.integer("max_buffer_size")
      options.separator = settings.text("separator")
      guard !options.separator.isEmpty else { throw settings.invalid("separator", "is empty") }
      options.hasHeader = settings.value("header").content == .flag(true)
      if let delimiter = settings.optionalText("delimiter") {
        guard delimiter.utf8.count == 1, let byte = delimiter.utf8.first, byte < 0x80,
          ![0x0A, 0x0D, 0x22].contains(byte)
        else { throw settings.invalid("delimiter", "is not one ASCII character", help: "for example `;`") }
        options.delimiter = byte
      }
      let patterns = settings.texts("path") + settings.texts("list").map { "@" + $0 }
      guard !patterns.isEmpty else {
        throw settings.invalid("path", "names no input", help: "give `path`, or a file of paths as `list`")
      }
      inputs.append(Input(patterns: patterns, weight: settings.number("weight"), options: options))
    }
    return inputs
  }

  private static func limits(_ input: Settings) throws(Diagnostic) -> InputLimits {
    let settings = try Settings(input.value("limits"), allowing: RecipeKeys.limits, path: "input.limits")
    return InputLimits(
      stream: StreamLimits(windowByteCount: settings.integer("window"), ratio: settings.integer("ratio")),
      lineByteCount: settings.integer("line"), nesting: settings.integer("nesting"),
      archiveDepth: settings.integer("archive_depth"), archiveEntryCount: settings.integer("archive_entries"))
  }

  private static func tokenizer(_ top: Settings) throws(Diagnostic) -> TokenizerSource {
    let value = top.value("tokenizer")
    if case .text(let path) = value.content { return .file(TokenizerFile(path)) }
    let settings = try Settings(value, allowing: RecipeKeys.tokenizer, path: "tokenizer")
    if settings.value("codes").content != .null {
      for key in ["path", "train", "pattern", "lowercase"] where settings.value(key).content != .null {
        throw settings.invalid(key, "stands beside 'codes'", help: "codes need no tokenizer")
      }
      let codes = try Settings(settings.value("codes"), allowing: CodeVocabulary.settings, path: "tokenizer.codes")
      _ = try CodeVocabulary(codes)
      return .codes(codes)
    }
    switch (settings.optionalText("path"), settings.value("train").content) {
    case (let path?, .null):
      var file = TokenizerFile(path)
      file.pattern = settings.optionalText("pattern").flatMap { TiktokenEncoding(rawValue: $0) }
      if case .flag(let lowercases) = settings.value("lowercase").content { file.lowercases = lowercases }
      return .file(file)
    case (nil, .map):
      for key in ["pattern", "lowercase"] where settings.value(key).content != .null {
        throw settings.invalid(key, "stands beside 'train'", help: "it says how a file at 'path' is to be read")
      }
      let train = try Settings(settings.value("train"), allowing: RecipeKeys.train, path: "tokenizer.train")
      _ = try TrainerSettings(train)
      return .train(train)
    case (nil, .null):
      throw Diagnostic(
        "recipe.no-tokenizer", "the recipe names no tokenizer", at: value.location,
        expected: "tokenizer: tokenizer.json, or tokenizer: {train: {model: wordpiece, vocab_size: 8000}}")
    default:
      throw settings.invalid(
        "train", "stands beside 'path'", help: "give one of them: a file to load, or how to train one")
    }
  }

  private static func specialTokens(_ top: Settings) throws(Diagnostic) -> [(role: String, token: String)] {
    let settings = try Settings(
      top.value("special_tokens"), allowing: RecipeKeys.specialTokens, path: "special_tokens")
    return settings.values.compactMap { entry in
      settings.optionalText(entry.key).map { (role: entry.key, token: $0) }
    }
  }

  private static func objectives(_ top: Settings, catalog: Catalog) throws(Diagnostic) -> [ObjectiveEntry] {
    guard case .map(let entries) = top.value("objectives").content, !entries.isEmpty else {
      let isNothing = [.null, .map([])].contains(top.value("objectives").content)
      throw top.invalid(
        "objectives", isNothing ? "names no objective" : "is no map of names and settings",
        help: "for example objectives: {mlm: {length: 128}}")
    }
    var objectives: [ObjectiveEntry] = []
    for entry in entries {
      let place = entry.keyLocation ?? entry.value.location
      guard isFolderName(entry.key) else {
        throw Diagnostic(
          "recipe.bad-name", "'\(entry.key)' cannot be the name of an objective's folder", at: place,
          expected: "letters, digits, '-', '_' and '.', beginning with a letter or digit")
      }
      var kind = entry.key
      if case .text(let given)? = entry.value["objective"]?.content { kind = given }
      let type = try catalog.objective(named: kind, at: entry.value["objective"]?.location ?? place)
      let definitions = RecipeKeys.objective(kind) + type.settings
      var settings = try Settings(entry.value, allowing: definitions, path: "objectives.\(entry.key)")
      settings = settings.replacing(
        try type.complete(settings.keeping(type.settings), among: catalog.objectives).values)
      guard !objectives.contains(where: { $0.name == entry.key }) else {
        throw Diagnostic("settings.duplicate-key", "'objectives' has the key '\(entry.key)' twice", at: place)
      }
      objectives.append(
        ObjectiveEntry(
          name: entry.key, kind: kind, epochs: settings.integer("epochs"), bins: try bins(settings), settings: settings)
      )
    }
    return objectives
  }

  private static func isFolderName(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 64 else { return false }
    let isWord: (UInt8) -> Bool = { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    return isWord(first) && name.utf8.allSatisfy { isWord($0) || $0 == 45 || $0 == 46 || $0 == 95 }
  }

  private static func resolvedTokenizer(_ source: TokenizerSource) -> SettingValue {
    switch source {
    case .file(let file): resolvedFile(file)
    case .train(let settings): SettingValue(.map([.init("train", settings.map)]))
    case .codes(let settings): SettingValue(.map([.init("codes", settings.map)]))
    }
  }

  /// The path alone where nothing else was said.
  private static func resolvedFile(_ file: TokenizerFile) -> SettingValue {
    if file.pattern == nil, file.lowercases == nil { return SettingValue(.text(file.path)) }
    var entries = [SettingValue.Entry("path", SettingValue(.text(file.path)))]
    if let pattern = file.pattern { entries.append(.init("pattern", SettingValue(.text(pattern.rawValue)))) }
    if let lowercases = file.lowercases { entries.append(.init("lowercase", SettingValue(.flag(lowercases)))) }
    return SettingValue(.map(entries))
  }

  private static func resolvedObjective(_ entry: ObjectiveEntry) -> SettingValue.Entry {
    .init(entry.name, entry.settings.map.leavingOut(["bins"]).removing(["preset"][...]))
  }
}

extension SettingValue {
  /// The maps without the value that the keys lead to.
  fileprivate func removing(_ keys: ArraySlice<String>) -> SettingValue {
    guard let key = keys.first, case .map(var entries) = content else { return self }
    if keys.count == 1 {
      entries.removeAll { $0.key == key }
    } else {
      for index in entries.indices where entries[index].key == key {
        entries[index].value = entries[index].value.removing(keys.dropFirst())
      }
    }
    return SettingValue(.map(entries), at: location)
  }
}
