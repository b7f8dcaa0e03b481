public import Blocks

/// A published model's data recipe under its name: which objective with which settings, and the text and tokenizer that
/// go with it.
///
/// A preset is short for what it states. A recipe that names one is the recipe that spells it all out: same settings,
/// same digest, same bytes.
public struct Preset: Sendable {
  /// One setting, and where its value comes from.
  public struct Value: Sendable {
    public var key: String
    public var content: SettingValue.Content
    /// The original's name for it, or where it says so.
    public var source: String

    public init(_ key: String, _ content: SettingValue.Content, _ source: String) {
      self.key = key
      self.content = content
      self.source = source
    }
  }

  public var name: String
  /// One sentence.
  public var summary: String
  /// The paper: authors, year, arXiv number and the places that say it.
  public var paper: String
  /// The code that the values were checked against: repository, file, commit.
  public var code: String
  /// What is not as in the original, one sentence each.
  public var differences: [String]
  /// The kind of objective, a name in the catalog.
  public var objective: String
  public var settings: [Value]
  /// Text steps before the tokenizer.
  public var text: [String]
  /// `tokenizer.train`.
  public var tokenizer: [Value]

  public init(
    name: String, summary: String, paper: String, code: String, differences: [String] = [], objective: String,
    settings: [Value], text: [String] = [], tokenizer: [Value]
  ) {
    self.name = name
    self.summary = summary
    self.paper = paper
    self.code = code
    self.differences = differences
    self.objective = objective
    self.settings = settings
    self.text = text
    self.tokenizer = tokenizer
  }
}

extension Preset {
  /// What `preset: NAME` under an objective stands for.
  func entry(at location: SourceLocation?) -> SettingValue {
    Self.map([Value("objective", .text(objective), "")] + settings, at: location)
  }

  /// What `preset: NAME` at the top of a recipe stands for.
  func recipe(at location: SourceLocation?) -> SettingValue {
    let train = SettingValue.Entry("train", Self.map(tokenizer, at: location), at: location)
    return SettingValue(
      .map([
        .init("text", SettingValue(.list(text.map { SettingValue(.text($0)) }), at: location), at: location),
        .init("tokenizer", SettingValue(.map([train]), at: location), at: location),
        .init(
          "objectives", SettingValue(.map([.init(name, entry(at: location), at: location)]), at: location),
          at: location),
      ]), at: location)
  }

  private static func map(_ values: [Value], at location: SourceLocation?) -> SettingValue {
    SettingValue(
      .map(values.map { .init($0.key, SettingValue($0.content, at: location), at: location) }), at: location)
  }
}
