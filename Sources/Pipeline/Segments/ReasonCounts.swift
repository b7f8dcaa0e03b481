import JSONText

/// How often something was left out, by reason; sorted by reason.
struct ReasonCounts: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var reason: String
    var count: Int
  }

  private(set) var entries: [Entry] = []

  mutating func add(_ reason: String, _ count: Int = 1) {
    guard count > 0 else { return }
    if let index = entries.firstIndex(where: { $0.reason == reason }) {
      entries[index].count += count
    } else {
      entries.append(Entry(reason: reason, count: count))
      entries.sort { $0.reason < $1.reason }
    }
  }

  mutating func add(_ other: ReasonCounts) {
    for entry in other.entries { add(entry.reason, entry.count) }
  }
}

extension ReasonCounts {
  var json: JSONValue { .object(JSONObject(entries.map { ($0.reason, .integer($0.count)) })) }

  init(json: JSONValue?) {
    for (reason, count) in json?.object?.members ?? [] { add(reason, count.integer ?? 0) }
  }
}
