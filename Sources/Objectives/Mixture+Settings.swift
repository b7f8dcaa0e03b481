public import Blocks

extension Mixture {
  /// A task as the settings have it.
  struct Member {
    let name: String
    let type: any Objective.Type
    /// `objective`, `weight`, and the keys of the objective.
    let settings: Settings
  }

  /// The tasks in their order, each checked by itself.
  ///
  /// - Throws: `settings.…` for what a task says, `list.unknown-name` for an objective that is not in the list.
  static func members(
    _ settings: Settings, among list: NamedList<any Objective.Type>
  ) throws(Diagnostic) -> [Member] {
    guard case .map(let entries) = settings.value("tasks").content, (1...255).contains(entries.count) else {
      throw settings.invalid(
        "tasks", "is no map of 1 to 255 tasks", help: "for example {mlm: {weight: 2}, clm: {weight: 1}}")
    }
    var members: [Member] = []
    for entry in entries {
      let place = entry.keyLocation ?? entry.value.location
      let path = "\(settings.path).tasks.\(entry.key)"
      guard !members.contains(where: { $0.name == entry.key }) else {
        throw Diagnostic(
          "settings.duplicate-key", "'\(settings.path).tasks' has the key '\(entry.key)' twice", at: place)
      }
      var kind = entry.key
      if case .text(let given)? = entry.value["objective"]?.content { kind = given }
      let type = try list.member(named: kind, at: entry.value["objective"]?.location ?? place)
      guard type.name != name else {
        throw Diagnostic(
          "mixture.nested", "'\(path)' is a mixture inside a mixture", at: place,
          help: "name its tasks here, their weights multiplied")
      }
      members.append(
        Member(
          name: entry.key, type: type,
          settings: try Settings(entry.value, allowing: taskSettings(kind) + type.settings, path: path)))
    }
    return members
  }

  public static func complete(
    _ settings: Settings, among list: NamedList<any Objective.Type>
  ) throws(Diagnostic) -> Settings {
    let members = try members(settings, among: list)
    let tasks = SettingValue(
      .map(members.map { .init($0.name, $0.settings.map) }), at: settings.value("tasks").location)
    return settings.replacing([.init("tasks", tasks)])
  }
}
