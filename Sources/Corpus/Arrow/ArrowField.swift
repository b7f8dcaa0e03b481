import ArrowIPC
import Blocks

/// A field of an Arrow schema, with its place among the arrays and buffers of a record batch.
struct ArrowField {
  enum Kind {
    /// Byte arrays behind offsets of 4 or 8 bytes.
    case bytes(offsetWidth: Int)
    /// Byte arrays as views of 16 bytes into any number of buffers.
    case views
    case integers(width: Int, isSigned: Bool)
    case list(offsetWidth: Int)
    case fixedList(count: Int)
    case structure
    /// Something else, which is never looked into.
    case other(String)
  }

  var name: String
  var kind: Kind
  var children: [ArrowField] = []
  /// The values are indices of this type into a dictionary with this number; `kind` is that of its values.
  var dictionary: (id: Int, index: Kind)?
  /// Numbers of the first array, buffer and count of view buffers that belong to the field.
  var node = 0
  var buffer = 0
  var viewCount = 0

  private static let deepestLevel = 64
  private static let mostFields = 1 << 16

  /// Reads the fields of a schema message.
  static func fields(of schema: FlatTableView) throws(Diagnostic) -> [ArrowField] {
    guard try schema.int16(ArrowFormat.SchemaSlot.endianness) == 0 else {
      throw schema.unsupported("big-endian values", expected: "little-endian values")
    }
    var places = Places()
    var fields: [ArrowField] = []
    for table in try schema.tables(ArrowFormat.SchemaSlot.fields) {
      fields.append(try read(table, &places, level: 1))
    }
    return fields
  }

  /// What the fields so far take.
  private struct Places {
    var (nodes, buffers, viewCounts, fields) = (0, 0, 0, 0)
  }

  private static func read(
    _ table: FlatTableView, _ places: inout Places, level: Int
  ) throws(Diagnostic) -> ArrowField {
    places.fields += 1
    guard level <= deepestLevel, places.fields <= mostFields else {
      throw table.damaged(expected: "at most \(deepestLevel) levels of \(mostFields) fields", found: "more")
    }
    let number = try table.uint8(ArrowFormat.FieldSlot.typeType)
    let type = try table.table(ArrowFormat.FieldSlot.type)
    let (kind, bufferCount) = try kind(number, type, of: table)
    var field = ArrowField(name: try table.string(ArrowFormat.FieldSlot.name) ?? "", kind: kind)
    (field.node, field.buffer, field.viewCount) = (places.nodes, places.buffers, places.viewCounts)
    places.nodes += 1
    if let encoding = try table.table(ArrowFormat.FieldSlot.dictionary) {
      let index = try encoding.table(1).map { (table) throws(Diagnostic) in try integers(table) }
      field.dictionary = (try encoding.int64(0), index ?? .integers(width: 4, isSigned: true))
      places.buffers += 2
      return field
    }
    places.buffers += bufferCount
    if number == 23 || number == 24 { places.viewCounts += 1 }
    for child in try table.tables(ArrowFormat.FieldSlot.children) {
      field.children.append(try read(child, &places, level: level + 1))
    }
    return field
  }

  private static func integers(_ table: FlatTableView) throws(Diagnostic) -> Kind {
    let width = try table.int32(0) / 8
    guard [1, 2, 4, 8].contains(width) else {
      throw table.damaged(expected: "integers of 8 to 64 bits", found: "\(width * 8)")
    }
    return .integers(width: width, isSigned: try table.bool(1))
  }

  /// What a type of the format's number is, and how many buffers it has of its own.
  private static func kind(
    _ number: UInt8, _ type: FlatTableView?, of field: FlatTableView
  ) throws(Diagnostic) -> (Kind, Int) {
    switch number {
    case 1: return (.other("nulls"), 0)
    case 2:
      guard let type else { throw field.damaged(expected: "the width of integers", found: "none") }
      return (try integers(type), 2)
    case 4, 5: return (.bytes(offsetWidth: 4), 3)
    case 19, 20: return (.bytes(offsetWidth: 8), 3)
    case 23, 24: return (.views, 2)
    case 12: return (.list(offsetWidth: 4), 2)
    case 21: return (.list(offsetWidth: 8), 2)
    case 16:
      let count = try type?.int32(0) ?? 0
      guard count >= 0 else { throw field.damaged(expected: "the length of lists", found: "\(count)") }
      return (.fixedList(count: count), 1)
    case 13: return (.structure, 1)
    case 14: return (.other("unions"), try type?.int16(0) == 0 ? 1 : 2)
    case 17: return (.other("maps"), 2)
    case 22: return (.other("run-end encoded values"), 0)
    case 25, 26: return (.other("list views"), 3)
    case 6: return (.other("true or false"), 2)
    case 3: return (.other("floating-point numbers"), 2)
    case 7...11, 15, 18: return (.other("times, decimals or fixed bytes"), 2)
    default: throw field.unsupported("a type of the number \(number)", expected: "the types of Arrow 1.5")
    }
  }

  /// The buffers of the arrays of a field itself.
  var bufferCount: Int {
    if dictionary != nil { return 2 }
    return switch kind {
    case .bytes: 3
    case .views, .integers, .list: 2
    case .fixedList, .structure: 1
    case .other: 0
    }
  }

  /// For messages.
  var typeName: String {
    switch kind {
    case .bytes, .views: "strings"
    case .integers: "integers"
    case .list, .fixedList: "lists of \(children.first?.typeName ?? "nothing")"
    case .structure: "structures"
    case .other(let name): name
    }
  }

  var isBytes: Bool {
    switch kind {
    case .bytes, .views: true
    default: false
    }
  }

  var isInteger: Bool {
    if case .integers = kind { true } else { false }
  }

  var isList: Bool {
    switch kind {
    case .list, .fixedList: true
    default: false
    }
  }

  /// The fields on a path from the outside in, through structures; empty when there is none, or more than one.
  static func at(_ path: [String], among fields: [ArrowField]) -> [[ArrowField]] {
    guard let name = path.first else { return [[]] }
    return fields.filter { $0.name == name }.flatMap { field in
      let rest = Array(path.dropFirst())
      if rest.isEmpty { return [[field]] }
      guard case .structure = field.kind else { return [] as [[ArrowField]] }
      return at(rest, among: field.children).map { [field] + $0 }
    }
  }

  static func names(of fields: [ArrowField]) -> String {
    let names = fields.flatMap { field -> [String] in
      guard case .structure = field.kind else { return [field.name] }
      return field.children.map { "\(field.name).\($0.name)" }
    }
    let shown = names.prefix(20).map { "'\($0)'" }.joined(separator: ", ")
    return names.isEmpty ? "no columns" : "the columns \(shown)" + (names.count > 20 ? ", …" : "")
  }
}
