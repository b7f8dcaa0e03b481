import Blocks

/// What a Parquet file says about itself at its end: the schema, and where in each row group the columns lie.
///
/// Only the columns that are asked for are kept, so that a long footer stays small in memory.
struct ParquetFooter {
  /// A column of one row group.
  struct Chunk {
    var codec = 0
    var type = -1
    var valueCount = 0
    var compressedByteCount = 0
    var dataOffset = 0
    var dictionaryOffset: Int?
    /// Its bytes lie in another file.
    var otherFile: String?
    var isEncrypted = false
  }

  struct RowGroup {
    var rowCount = 0
    /// In the order in which they were asked for.
    var chunks: [Chunk] = []
  }

  let schema: ParquetSchema
  let rowGroups: [RowGroup]
  /// The columns that were asked for.
  let columns: [ParquetSchema.Leaf]

  /// Reads the metadata of a footer.
  ///
  /// - Parameters:
  ///   - offset: where in the file the metadata starts, for messages.
  ///   - choose: finds the columns that are wanted in the schema.
  init(
    _ bytes: [UInt8], path: String, offset: Int,
    choosing choose: (ParquetSchema) throws(Diagnostic) -> [ParquetSchema.Leaf]
  ) throws(Diagnostic) {
    // The schema stands before the row groups, but nothing says that it must: so one look for each.
    var reader = ThriftReader(bytes)
    var elements: [ParquetSchema.Element] = []
    var isEncrypted = false
    do throws(ThriftReader.Fault) {
      try reader.structure { (id, kind, reader) throws(ThriftReader.Fault) in
        switch (id, kind) {
        case (2, .list): elements = try Self.elements(&reader)
        case (8, .structure):
          isEncrypted = true
          return false
        default: return false
        }
        return true
      }
    } catch {
      throw Self.damaged(error, path: path, at: offset + reader.offset)
    }
    if isEncrypted { throw ParquetReader.encrypted(path) }
    guard let schema = ParquetSchema(elements) else {
      throw Self.damaged(.malformed("a schema that is no tree"), path: path, at: offset)
    }
    self.schema = schema
    columns = try choose(schema)
    var groups: [RowGroup] = []
    reader = ThriftReader(bytes)
    do throws(ThriftReader.Fault) {
      let indices = columns.map(\.index)
      try reader.structure { (id, kind, reader) throws(ThriftReader.Fault) in
        guard id == 4, kind == .list else { return false }
        groups = try Self.rowGroups(&reader, columns: indices)
        return true
      }
    } catch {
      throw Self.damaged(error, path: path, at: offset + reader.offset)
    }
    rowGroups = groups
  }

  private static func elements(
    _ reader: inout ThriftReader
  ) throws(ThriftReader.Fault) -> [ParquetSchema.Element] {
    let (count, kind) = try reader.list()
    guard kind == .structure, count <= ParquetSchema.mostElements else {
      throw .malformed("a schema of \(count) elements, more than \(ParquetSchema.mostElements)")
    }
    var elements: [ParquetSchema.Element] = []
    for _ in 0..<count {
      var element = ParquetSchema.Element()
      try reader.structure { (id, kind, reader) throws(ThriftReader.Fault) in
        switch (id, kind) {
        case (1, .int32): element.type = ParquetType(rawValue: try reader.integer())
        case (2, .int32): element.valueByteCount = try reader.integer()
        case (3, .int32): element.repetition = try reader.integer()
        case (4, .binary): element.name = try reader.text()
        case (5, .int32): element.childCount = try reader.integer()
        // The converted type LIST; MAPs stay as they are stored.
        case (6, .int32): element.isList = try reader.integer() == 3
        // The logical type, a union of which member 3 is LIST.
        case (10, .structure):
          try reader.structure { (member, _, _) throws(ThriftReader.Fault) in
            if member == 3 { element.isList = true }
            return false
          }
        default: return false
        }
        return true
      }
      guard (0...2).contains(element.repetition), element.childCount >= 0, element.valueByteCount >= 0 else {
        throw .malformed("a column that repeats \(element.repetition), with \(element.childCount) children")
      }
      elements.append(element)
    }
    return elements
  }

  private static func rowGroups(
    _ reader: inout ThriftReader, columns: [Int]
  ) throws(ThriftReader.Fault) -> [RowGroup] {
    let (count, kind) = try reader.list()
    guard kind == .structure || count == 0 else { throw .malformed("row groups that are none") }
    var groups: [RowGroup] = []
    for _ in 0..<count {
      var group = RowGroup()
      try reader.structure { (id, kind, reader) throws(ThriftReader.Fault) in
        switch (id, kind) {
        case (1, .list): group.chunks = try chunks(&reader, columns: columns)
        case (3, .int64): group.rowCount = try reader.integer()
        default: return false
        }
        return true
      }
      guard group.rowCount >= 0, group.chunks.count == columns.count else {
        throw .malformed("a row group of \(group.rowCount) rows without the columns of the schema")
      }
      groups.append(group)
    }
    return groups
  }

  private static func chunks(
    _ reader: inout ThriftReader, columns: [Int]
  ) throws(ThriftReader.Fault) -> [Chunk] {
    let (count, kind) = try reader.list()
    guard kind == .structure || count == 0 else { throw .malformed("columns that are none") }
    var found: [Int: Chunk] = [:]
    for index in 0..<count {
      guard columns.contains(index) else {
        try reader.skip(.structure)
        continue
      }
      var chunk = Chunk()
      try reader.structure { (id, kind, reader) throws(ThriftReader.Fault) in
        switch (id, kind) {
        case (1, .binary): chunk.otherFile = try reader.text()
        case (3, .structure): try metadata(&reader, of: &chunk)
        case (8, .structure), (9, .binary):
          chunk.isEncrypted = true
          return false
        default: return false
        }
        return true
      }
      found[index] = chunk
    }
    return columns.compactMap { found[$0] }
  }

  private static func metadata(_ reader: inout ThriftReader, of chunk: inout Chunk) throws(ThriftReader.Fault) {
    try reader.structure { (id, kind, reader) throws(ThriftReader.Fault) in
      switch (id, kind) {
      case (1, .int32): chunk.type = try reader.integer()
      case (4, .int32): chunk.codec = try reader.integer()
      case (5, .int64): chunk.valueCount = try reader.integer()
      case (7, .int64): chunk.compressedByteCount = try reader.integer()
      case (9, .int64): chunk.dataOffset = try reader.integer()
      case (11, .int64): chunk.dictionaryOffset = try reader.integer()
      default: return false
      }
      return true
    }
  }

  private static func damaged(_ fault: ThriftReader.Fault, path: String, at byte: Int) -> Diagnostic {
    let found =
      switch fault {
      case .endOfBytes: "a value that goes on behind it"
      case .malformed(let what): what
      }
    return Diagnostic(
      "corpus.damaged-parquet", "the footer of '\(path)' is damaged", at: SourceLocation(path: path, byte: byte),
      expected: "the metadata of a Parquet file", found: found, help: ParquetReader.damageHelp)
  }
}
