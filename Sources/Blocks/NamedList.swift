/// Members by name, in a fixed order; an unknown name is an error that lists the known ones.
public struct NamedList<Member: Sendable>: Sendable {
  /// What the members are called in messages: "objective", "text step".
  public let kind: String
  public private(set) var members: [(name: String, member: Member)]

  public init(kind: String, _ members: [(name: String, member: Member)]) {
    self.kind = kind
    self.members = members
  }

  public var names: [String] { members.map(\.name) }

  /// The list with one more member; a name that exists already gets the new member.
  public func adding(_ name: String, _ member: Member) -> NamedList {
    var list = self
    list.members.removeAll { $0.name == name }
    list.members.append((name, member))
    return list
  }

  /// - Throws: `list.unknown-name`, with the nearest known name.
  public func member(named name: String, at location: SourceLocation? = nil) throws(Diagnostic) -> Member {
    if let found = members.first(where: { $0.name == name }) { return found.member }
    throw Diagnostic(
      "list.unknown-name", "there is no \(kind) called '\(name)'", at: location,
      expected: "one of " + names.joined(separator: ", "),
      help: nearestName(to: name, among: names).map { "did you mean '\($0)'?" })
  }
}

/// The known name nearest to a misspelt one, or nil when none is near (more than a third of its letters differ).
public func nearestName(to name: String, among known: [String]) -> String? {
  let target = Array(name.utf8)
  var best: (name: String, distance: Int)?
  for candidate in known {
    let distance = editDistance(target, Array(candidate.utf8))
    if distance <= max(2, target.count / 3), distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// Levenshtein distance in bytes.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let substituted = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
