/// The columns of a Parquet file: the leaves of the tree of its schema.
struct ParquetSchema {
  /// One column as it is stored.
  struct Leaf: Equatable {
    /// Names from the outside in, as they stand in the schema.
    var storedPath: [String]
    /// The same without the levels that only make a list: what a reader of the table would say.
    var path: [String]
    var type: ParquetType
    /// Bytes of a value of fixed length.
    var valueByteCount: Int
    /// Levels of a value that is there, and of one that begins no new row.
    var maximumDefinition: Int
    var maximumRepetition: Int
    /// Number of the column in each row group.
    var index: Int
  }

  private(set) var leaves: [Leaf] = []

  /// One node as the footer has it.
  struct Element {
    var type: ParquetType?
    var valueByteCount = 0
    /// 0 required, 1 optional, 2 repeated.
    var repetition = 0
    var name = ""
    var childCount = 0
    var isList = false
  }

  static let mostElements = 1 << 16
  private static let deepestLevel = 100

  /// Lays out the tree that is written as a list, each node before its children.
  ///
  /// - Returns: nil when the list makes no tree.
  init?(_ elements: [Element]) {
    guard let root = elements.first else { return nil }
    var next = 1
    for _ in 0..<root.childCount {
      guard add(elements, &next, Place()) else { return nil }
    }
    guard next == elements.count else { return nil }
  }

  /// Where in the tree a node is.
  private struct Place {
    var storedPath: [String] = []
    var path: [String] = []
    var definition = 0
    var repetition = 0
    /// Levels above that make the list that this node is inside of: 2 right below it, 1 one further down.
    var listLevels = 0
  }

  private mutating func add(_ elements: [Element], _ next: inout Int, _ above: Place) -> Bool {
    guard next < elements.count, above.storedPath.count < Self.deepestLevel else { return false }
    let element = elements[next]
    next += 1
    var place = above
    place.storedPath.append(element.name)
    // A list is a group, a repeated group in it, and its element: only the first has a name that means anything.
    if above.listLevels == 0 { place.path.append(element.name) }
    place.listLevels = max(0, above.listLevels - 1)
    if element.isList { place.listLevels = 2 }
    if element.repetition > 0 { place.definition += 1 }
    if element.repetition == 2 { place.repetition += 1 }
    guard element.childCount == 0 else {
      for _ in 0..<element.childCount {
        guard add(elements, &next, place) else { return false }
      }
      return true
    }
    // A group without children has no column.
    guard let type = element.type else { return true }
    leaves.append(
      Leaf(
        storedPath: place.storedPath, path: place.path, type: type, valueByteCount: element.valueByteCount,
        maximumDefinition: place.definition, maximumRepetition: place.repetition, index: leaves.count))
    return true
  }

  /// The columns that a path means.
  func leaves(at path: [String]) -> [Leaf] { leaves.filter { $0.path == path || $0.storedPath == path } }

  /// The names of all columns, for messages.
  var names: String {
    let shown = leaves.prefix(20).map { "'\($0.path.joined(separator: "."))'" }.joined(separator: ", ")
    return leaves.isEmpty ? "no columns" : "the columns \(shown)" + (leaves.count > 20 ? ", …" : "")
  }
}

/// How values are stored, by the number that the format has for it.
enum ParquetType: Int {
  case boolean, int32, int64, int96, float, double, bytes, fixedBytes

  var name: String {
    switch self {
    case .boolean: "true or false"
    case .int32, .int64: "integers"
    case .int96: "96-bit times"
    case .float, .double: "floating-point numbers"
    case .bytes: "byte arrays"
    case .fixedBytes: "byte arrays of fixed length"
    }
  }
}
