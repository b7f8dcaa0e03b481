import ArrowIPC
import Blocks
import JSONText

/// An example schema as Arrow's, both ways.
///
///     scalar           Int
///     fixed([2, 64])   FixedSizeList(2) of FixedSizeList(64) of Int
///     list             List of Int
///
/// Fields are called nullable, as `datasets` calls them, and hold no nulls. What Arrow cannot say (the summaries)
/// stands in the schema's metadata under `palimpsest`.
enum ArrowSchema {
  /// Metadata key of our own description of the columns.
  static let descriptionKey = "palimpsest"

  static func table(for schema: ExampleSchema, metadata: [(key: String, value: String)]) -> FlatTable {
    let pairs =
      [
        (key: "huggingface", value: HuggingFaceFeatures.metadataValue(for: schema)),
        (key: descriptionKey, value: description(of: schema)),
      ] + metadata
    return FlatTable([
      (ArrowFormat.SchemaSlot.endianness, .int16(0)),
      (ArrowFormat.SchemaSlot.fields, .tables(schema.columns.map(field))),
      (
        ArrowFormat.SchemaSlot.metadata,
        .tables(pairs.map { FlatTable([(0, .string($0.key)), (1, .string($0.value))]) })
      ),
    ])
  }

  private static func description(of schema: ExampleSchema) -> String {
    JSONValue.object(["format_version": 1, "columns": .array(schema.columns.map(\.json))]).description
  }

  private static func field(for column: Column) -> FlatTable {
    let integer = FlatTable([
      (0, .int32(Int32(8 * column.type.byteWidth))), (1, .bool(column.type.isSigned)),
    ])
    switch column.shape {
    case .scalar: return field(column.name, ArrowFormat.FieldType.integer, integer, [])
    case .list:
      let item = field("item", ArrowFormat.FieldType.integer, integer, [])
      return field(column.name, ArrowFormat.FieldType.list, FlatTable(), [item])
    case .fixed(let dimensions):
      var inner = field("item", ArrowFormat.FieldType.integer, integer, [])
      for (depth, length) in dimensions.enumerated().reversed() {
        inner = field(
          depth == 0 ? column.name : "item", ArrowFormat.FieldType.fixedSizeList,
          FlatTable([(0, .int32(Int32(length)))]), [inner])
      }
      return inner
    }
  }

  private static func field(
    _ name: String, _ typeType: UInt8, _ type: FlatTable, _ children: [FlatTable]
  ) -> FlatTable {
    FlatTable([
      (ArrowFormat.FieldSlot.name, .string(name)), (ArrowFormat.FieldSlot.isNullable, .bool(true)),
      (ArrowFormat.FieldSlot.typeType, .uint8(typeType)), (ArrowFormat.FieldSlot.type, .table(type)),
      (ArrowFormat.FieldSlot.children, .tables(children)),
    ])
  }
}

// MARK: Reading

extension ArrowSchema {
  /// The schema a file declares, and the metadata it carries.
  ///
  /// - Throws: `shards.unsupported` for types other than ours, `shards.damaged-metadata` when the fields and our own
  ///   description of them disagree.
  static func read(
    _ table: FlatTableView
  ) throws(Diagnostic) -> (schema: ExampleSchema, metadata: [(key: String, value: String)]) {
    guard try table.int16(ArrowFormat.SchemaSlot.endianness) == 0 else {
      throw table.unsupported("big-endian values", expected: "little-endian values")
    }
    var columns: [Column] = []
    var metadata: [(key: String, value: String)] = []
    // Texts do not overlap in an honest file; in another, many could be views of one long text.
    var room = table.bufferByteCount
    func spend(_ text: String) throws(Diagnostic) {
      room -= text.utf8.count
      guard room >= 0 else { throw table.damaged(expected: "texts that do not overlap", found: "overlapping ones") }
    }
    for field in try table.tables(ArrowFormat.SchemaSlot.fields) {
      columns.append(try column(of: field))
      try spend(columns[columns.count - 1].name)
    }
    for pair in try table.tables(ArrowFormat.SchemaSlot.metadata) {
      metadata.append((key: try pair.string(0) ?? "", value: try pair.string(1) ?? ""))
      try spend(metadata[metadata.count - 1].key)
      try spend(metadata[metadata.count - 1].value)
    }
    if let description = metadata.last(where: { $0.key == descriptionKey }) {
      try describe(&columns, by: description.value, in: table)
    }
    do throws(Diagnostic) {
      return (try ExampleSchema(columns).validated(), metadata)
    } catch {
      throw table.damaged(expected: error.expected ?? "", found: error.found ?? "")
    }
  }

  /// Takes over the summaries of our own description, after comparing everything else.
  private static func describe(
    _ columns: inout [Column], by description: String, in table: FlatTableView
  ) throws(Diagnostic) {
    guard let json = try? JSONValue(parsing: description), let entries = json["columns"]?.array else {
      throw table.damaged(expected: "a description of the columns in JSON", found: "something else")
    }
    guard json["format_version"] == 1 else {
      throw table.unsupported(
        "columns described in format version \(json["format_version"]?.description ?? "none")", expected: "version 1")
    }
    let described = entries.compactMap { Column(json: $0) }
    func withoutSummaries(_ columns: [Column]) -> [Column] {
      columns.map { Column($0.name, $0.type, $0.shape, "") }
    }
    guard described.count == entries.count, withoutSummaries(described) == withoutSummaries(columns) else {
      throw table.damaged(expected: "fields that agree with their description", found: "other names, types or shapes")
    }
    columns = described
  }

  private static func column(of field: FlatTableView) throws(Diagnostic) -> Column {
    let name = try field.string(ArrowFormat.FieldSlot.name) ?? ""
    var dimensions: [Int] = []
    var isList = false
    var field = field
    while true {
      guard try field.table(ArrowFormat.FieldSlot.dictionary) == nil else {
        throw field.unsupported("dictionary values in column '\(name)'", expected: "plain integers")
      }
      guard let type = try field.table(ArrowFormat.FieldSlot.type) else {
        throw field.damaged(expected: "a type for column '\(name)'", found: "none")
      }
      switch try field.uint8(ArrowFormat.FieldSlot.typeType) {
      case ArrowFormat.FieldType.integer:
        let element = try elementType(of: type, column: name)
        return Column(name, element, isList ? .list : dimensions.isEmpty ? .scalar : .fixed(dimensions), "")
      case ArrowFormat.FieldType.fixedSizeList where !isList && dimensions.count < ExampleSchema.dimensionLimit:
        dimensions.append(try type.int32(0))
      case ArrowFormat.FieldType.list where !isList && dimensions.isEmpty:
        isList = true
      default:
        throw field.unsupported(
          "values of another type in column '\(name)'",
          expected: "integers, lists of integers, or fixed-size lists of integers")
      }
      let children = try field.tables(ArrowFormat.FieldSlot.children)
      guard children.count == 1 else {
        throw field.damaged(expected: "one type of items for column '\(name)'", found: "\(children.count)")
      }
      field = children[0]
    }
  }

  private static func elementType(of type: FlatTableView, column: String) throws(Diagnostic) -> ElementType {
    let bits = try type.int32(0)
    let isSigned = try type.bool(1)
    guard let element = ElementType.allCases.first(where: { 8 * $0.byteWidth == bits && $0.isSigned == isSigned })
    else { throw type.damaged(expected: "integers of 8, 16, 32 or 64 bits in column '\(column)'", found: "\(bits)") }
    return element
  }
}
