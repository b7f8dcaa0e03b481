import Blocks

/// How rows are laid out in shards.
extension Recipe {
  /// What decides the number of a split's shards.
  public enum Sharding: Sendable, Equatable {
    /// About so many bytes in each, before compression.
    case bytes(Int)
    /// At most so many rows in each.
    case rows(Int)
    /// So many shards.
    case count(Int)
  }

  static func sharding(_ output: Settings) throws(Diagnostic) -> Sharding {
    switch (output.optionalInteger("shard_rows"), output.optionalInteger("shards")) {
    case (nil, nil): return .bytes(output.integer("shard_size"))
    case (let rows?, nil): return .rows(rows)
    case (nil, let count?): return .count(count)
    default: throw output.invalid("shards", "stands beside 'shard_rows'", help: "give one of them")
    }
  }

  static func bins(_ settings: Settings) throws(Diagnostic) -> [Int] {
    guard case .list(let members) = settings.value("bins").content else { return [] }
    var bins: [Int] = []
    for member in members {
      guard case .integer(let length) = member.content, length > bins.last ?? 0 else {
        throw settings.invalid("bins", "do not ascend", help: "for example bins: [64, 128, 256, 512]")
      }
      bins.append(length)
    }
    guard !bins.isEmpty else { throw settings.invalid("bins", "names no length", help: "leave it out for no bins") }
    return bins
  }
}

extension SettingValue {
  /// The map without those of the keys that have no value, so that recipes from before there were such keys keep their
  /// digests.
  func leavingOut(_ keys: [String]) -> SettingValue {
    guard case .map(let entries) = content else { return self }
    return SettingValue(
      .map(entries.filter { !keys.contains($0.key) || ![.null, .text("none")].contains($0.value.content) }),
      at: location)
  }
}
