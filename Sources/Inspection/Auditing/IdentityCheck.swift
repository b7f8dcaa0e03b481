internal import Blocks

/// Whether every window copy is there once, and no document is in two splits.
///
/// Keeps two numbers for each row, sorts them once, and looks at neighbours.
struct IdentityCheck {
  private let limit: Int
  private var splits: [(name: String, documents: [UInt64])] = []
  private var digests: [UInt64] = []
  private var skipped = 0

  init(limit: Int) {
    self.limit = limit
  }

  /// - Parameter split: bins of one split count as one; they follow each other.
  mutating func begin(split: String) {
    if splits.last?.name == split { return }
    splits.append((name: split, documents: []))
  }

  mutating func add(_ row: RowIdentity) {
    guard digests.count < limit, let index = splits.indices.last else {
      skipped += 1
      return
    }
    digests.append(row.digest)
    if splits[index].documents.last != row.documentID { splits[index].documents.append(row.documentID) }
  }

  /// What was found in all rows, and how often. Forgets them.
  mutating func findings(of objective: String) -> [(finding: Finding, count: Int)] {
    var findings: [(finding: Finding, count: Int)] = []
    if skipped > 0 {
      findings.append(
        (
          Finding(
            "audit.too-many-rows", "\(skipped) rows were not looked at for duplicates, to keep memory bounded",
            at: .init(objective: objective), severity: .note), 1
        ))
    }
    let duplicates = Self.duplicateCount(&digests)
    if duplicates > 0 {
      findings.append(
        (
          Finding(
            "audit.duplicate-examples", "\(duplicates) examples are there more than once",
            at: .init(objective: objective), severity: .note,
            help: "documents with exactly the same text give the same examples: deduplicate the corpus"),
          duplicates
        ))
    }
    for index in splits.indices {
      splits[index].documents.sort()
      for other in 0..<index {
        guard let (count, example) = Self.common(splits[other].documents, splits[index].documents) else { continue }
        findings.append(
          (
            Finding(
              "audit.leaking-splits",
              "\(count) documents are in '\(splits[other].name)' and in '\(splits[index].name)'",
              at: .init(objective: objective, split: splits[index].name), expected: "every document in one split",
              found: "doc_id \(Digest.hex(example)) in both", help: "build the dataset again"), count
          ))
      }
    }
    digests = []
    splits = []
    return findings
  }

  private static func duplicateCount(_ digests: inout [UInt64]) -> Int {
    digests.sort()
    return zip(digests, digests.dropFirst()).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
  }

  /// How many different values two sorted lists have in common, and the first of them; nil for none.
  private static func common(_ a: [UInt64], _ b: [UInt64]) -> (count: Int, first: UInt64)? {
    var (i, j, count) = (0, 0, 0)
    var first: UInt64?
    while i < a.count, j < b.count {
      if a[i] < b[j] {
        i += 1
      } else if a[i] > b[j] {
        j += 1
      } else {
        let value = a[i]
        first = first ?? value
        count += 1
        while i < a.count, a[i] == value { i += 1 }
        while j < b.count, b[j] == value { j += 1 }
      }
    }
    return first.map { (count, $0) }
  }
}
