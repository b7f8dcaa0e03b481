public import Blocks
public import Files
import Yams

extension Recipe {
  /// Reads a recipe file.
  ///
  /// - Parameters:
  ///   - path: a YAML file.
  ///   - overrides: `key=value` pairs, dotted keys leading into maps (`objectives.mlm.length=64`, a key with a dot in
  ///     double quotes); values are YAML.
  /// - Throws: `recipe.malformed-yaml`, `settings.…`; all with the line of the file and a caret.
  public init(
    contentsOf path: String, overrides: [String] = [], catalog: Catalog = .standard,
    in fileSystem: any FileSystem = LocalFileSystem()
  ) throws(Diagnostic) {
    let bytes = try fileSystem.readAll(path, limit: 16 << 20)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.notUTF8(bytes, path: path) }
    try self.init(yaml: text, path: path, overrides: overrides, catalog: catalog)
  }

  /// Reads a recipe out of text.
  public init(
    yaml text: String, path: String = "recipe", overrides: [String] = [], catalog: Catalog = .standard
  ) throws(Diagnostic) {
    // Editors put it there; to YAML it would be a key's first letter.
    let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    do throws(Diagnostic) {
      var tree = try SettingValue(yaml: text, path: path)
      for override in overrides { try tree.apply(override: override) }
      try self.init(tree, catalog: catalog)
    } catch {
      throw (error.location == nil ? error.with(location: SourceLocation(path: path)) : error)
        .showingLine(of: text, path: path)
    }
  }

  private static func notUTF8(_ bytes: [UInt8], path: String) -> Diagnostic {
    // Repairing changes nothing before the first byte that is wrong.
    let valid = zip(bytes, String(decoding: bytes, as: UTF8.self).utf8).prefix { $0 == $1 }.count
    let line = bytes[..<valid].count { $0 == UInt8(ascii: "\n") } + 1
    return Diagnostic(
      "recipe.not-utf8", "\(path) is not UTF-8 text", at: SourceLocation(path: path, byte: valid, line: line),
      help: "save it as UTF-8, or convert it (`iconv -t UTF-8`)")
  }
}

extension SettingValue {
  /// Parses one YAML document.
  package init(yaml text: String, path: String) throws(Diagnostic) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw Self.malformed(error, path: path)
    }
    self = try node.map { (node) throws(Diagnostic) in try Self(node, path: path) } ?? Self(.null)
  }

  private init(_ node: Node, path: String) throws(Diagnostic) {
    let location = node.mark.map { SourceLocation(path: path, line: $0.line, column: $0.column) }
    switch node {
    case .scalar(let scalar):
      let isQuoted =
        scalar.style == .singleQuoted || scalar.style == .doubleQuoted
        || scalar.style == .literal || scalar.style == .folded
      self.init(isQuoted ? .text(scalar.string) : Self.plain(scalar.string), at: location)
    case .sequence(let sequence):
      var members: [SettingValue] = []
      for member in sequence { members.append(try SettingValue(member, path: path)) }
      self.init(.list(members), at: location)
    case .mapping(let mapping):
      var entries: [Entry] = []
      for (key, value) in mapping {
        let place = key.mark.map { SourceLocation(path: path, line: $0.line, column: $0.column) }
        guard case .scalar(let name) = key else {
          throw Diagnostic("recipe.malformed-yaml", "a key must be plain text", at: place)
        }
        entries.append(Entry(name.string, try SettingValue(value, path: path), at: place))
      }
      self.init(.map(entries), at: location)
    case .alias:
      throw Diagnostic("recipe.malformed-yaml", "aliases are not supported in recipes", at: location)
    }
  }

  /// A scalar without quotes, by the YAML 1.2 core schema (so `no` is text).
  private static func plain(_ text: String) -> Content {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .flag(true)
    case "false", "False", "FALSE": return .flag(false)
    default: break
    }
    if let integer = Int(text) { return .integer(integer) }
    if text.hasPrefix("0x"), let integer = Int(text.dropFirst(2), radix: 16) { return .integer(integer) }
    let numeric = text.utf8.allSatisfy { (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }
    if numeric, let number = Double(text) { return .number(number) }
    return .text(text)
  }

  private static func malformed(_ error: any Error, path: String) -> Diagnostic {
    func diagnostic(_ problem: String, _ mark: Mark?) -> Diagnostic {
      Diagnostic(
        "recipe.malformed-yaml",
        "\(path) is not valid YAML: \(problem.hasPrefix("but ") ? "one document, \(problem)" : problem)",
        at: SourceLocation(path: path, line: mark?.line, column: mark?.column), help: help(on: problem))
    }
    func help(on problem: String) -> String? {
      if problem.contains("cannot start any token") { return "indent with spaces, not tabs; put such text in quotes" }
      if problem.contains("another document") { return "a recipe is one document: remove the line `---`" }
      return nil
    }
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return diagnostic(problem, mark)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return diagnostic("the key '\(duplicates.sorted().joined(separator: "', '"))' appears twice", context.mark)
    case .reader(let problem, _, _, _):
      return diagnostic(problem, nil)
    default:
      return diagnostic("\(error)", nil)
    }
  }

  /// Puts the value of `key=value` into the tree; maps on the way are made where they are missing.
  mutating func apply(override: String) throws(Diagnostic) {
    let place = SourceLocation(path: "--set \(override)")
    guard let equals = override.firstIndex(of: "="), equals != override.startIndex else {
      throw Diagnostic(
        "recipe.bad-override", "'\(override)' is no override", expected: "key=value, for example seed=7")
    }
    let keys = Self.keys(override[..<equals])
    let text = String(override[override.index(after: equals)...])
    // A lone hyphen is an empty list entry in YAML; here it is standard input.
    let content = text == "-" ? .text(text) : try SettingValue(yaml: text, path: place.path).content
    set(content, at: keys[...], location: place)
  }

  /// The keys of a dotted path; dots between double quotes belong to a key: `objectives."t5-v1.1".length`.
  private static func keys(_ path: Substring) -> [String] {
    var keys = [""]
    var isQuoted = false
    for character in path {
      switch character {
      case "\"": isQuoted.toggle()
      case "." where !isQuoted: keys.append("")
      default: keys[keys.count - 1].append(character)
      }
    }
    return keys
  }

  private mutating func set(_ content: Content, at keys: ArraySlice<String>, location: SourceLocation) {
    guard let key = keys.first else {
      self.content = content
      self.location = location
      return
    }
    var entries: [Entry] = []
    switch self.content {
    case .map(let existing): entries = existing
    // `input: corpus.txt` with `--set input.text=body`: the short form becomes the map it stands for.
    case .text where key != "path": entries = [Entry("path", self, at: self.location)]
    default: break
    }
    var index = entries.firstIndex { $0.key == key }
    if index == nil {
      entries.append(Entry(key, SettingValue(.null), at: location))
      index = entries.count - 1
    }
    if let index { entries[index].value.set(content, at: keys.dropFirst(), location: location) }
    self.content = .map(entries)
  }
}

extension Diagnostic {
  /// The same diagnostic with the recipe's line and a caret below the place.
  fileprivate func showingLine(of text: String, path: String) -> Diagnostic {
    guard let location, location.path == path, let line = location.line else { return self }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(line - 1) else { return self }
    let number = "\(line)"
    let margin = String(repeating: " ", count: number.count)
    var excerpt = "  \(number) | \(lines[line - 1])"
    if let column = location.column { excerpt += "\n  \(margin) | " + String(repeating: " ", count: column - 1) + "^" }
    return with(excerpt: excerpt)
  }
}
