import Blocks

extension SettingValue {
  /// A recipe's tree with every `preset` put in place of its name. What the recipe says itself counts before it.
  ///
  /// - Throws: `list.unknown-name` for a preset that is not in the list, `recipe.other-preset` for one of another
  ///   objective than the entry's.
  func expandingPresets(_ presets: NamedList<Preset>) throws(Diagnostic) -> SettingValue {
    var tree = self
    if let (preset, location) = try tree.takePreset(from: presets) { tree = preset.recipe(at: location).under(tree) }
    guard case .map(let entries)? = tree["objectives"]?.content else { return tree }
    var objectives: [Entry] = []
    for entry in entries {
      objectives.append(Entry(entry.key, try entry.value.expandingEntry(presets), at: entry.keyLocation))
    }
    tree.set("objectives", .map(objectives))
    return tree
  }

  /// An entry of `objectives`, or a task of a mixture.
  private func expandingEntry(_ presets: NamedList<Preset>) throws(Diagnostic) -> SettingValue {
    var entry = self
    if let (preset, location) = try entry.takePreset(from: presets) {
      if let given = entry["objective"], given.content != .text(preset.objective) {
        throw Diagnostic(
          "recipe.other-preset", "the preset '\(preset.name)' is not for the objective '\(given.description)'",
          at: given.location ?? location, expected: "objective: \(preset.objective)", found: given.description,
          help: "leave `objective` out: the preset says it")
      }
      entry = preset.entry(at: location).under(entry)
    }
    guard case .map(let tasks)? = entry["tasks"]?.content else { return entry }
    var expanded: [Entry] = []
    for task in tasks { expanded.append(Entry(task.key, try task.value.expandingEntry(presets), at: task.keyLocation)) }
    entry.set("tasks", .map(expanded))
    return entry
  }

  /// Takes the key `preset` out of a map.
  private mutating func takePreset(
    from presets: NamedList<Preset>
  ) throws(Diagnostic) -> (preset: Preset, location: SourceLocation?)? {
    guard case .map(var entries) = content, let index = entries.firstIndex(where: { $0.key == "preset" }) else {
      return nil
    }
    let entry = entries[index]
    let location = entry.value.location ?? entry.keyLocation
    switch entry.value.content {
    case .null: return nil
    case .text(let name):
      let preset = try presets.member(named: name, at: location)
      entries.remove(at: index)
      content = .map(entries)
      return (preset, location)
    default:
      throw Diagnostic(
        "settings.wrong-type", "'preset' is not text", at: location, expected: "the name of a preset",
        found: entry.value.description, help: "`palimpsest presets` lists them")
    }
  }

  /// This value where `other` says nothing: maps key by key, anything else as a whole.
  ///
  /// Two parts of a recipe are only whole together: a tokenizer that is loaded takes the place of one that is trained,
  /// and the keys for training one model are none for another.
  private func under(_ other: SettingValue) -> SettingValue {
    guard case .map(let mine) = content, case .map(let given) = other.content else {
      return other.content == .null ? self : other
    }
    if let path = other["path"], path.content != .null, self["train"] != nil { return other }
    if let model = other["model"], let own = self["model"], model != own { return other }
    var entries = mine
    for entry in given {
      if let index = entries.firstIndex(where: { $0.key == entry.key }) {
        entries[index].value = entries[index].value.under(entry.value)
        entries[index].keyLocation = entry.keyLocation
      } else {
        entries.append(entry)
      }
    }
    return SettingValue(.map(entries), at: other.location)
  }

  private mutating func set(_ key: String, _ value: Content) {
    guard case .map(var entries) = content, let index = entries.firstIndex(where: { $0.key == key }) else { return }
    entries[index].value.content = value
    content = .map(entries)
  }
}
