internal import Blocks

/// One schema for the rows of several tasks: the union of their columns.
///
/// - A column belongs to every task that has one of its name. Its type is the smallest that holds what each has, and it
///   is as long as the longest task's; where a task has a value for each input id, as long as the longest input.
/// - What a task has no value for is filled: the pad id in columns of ids, -100 in columns of labels, 0 elsewhere, and
///   nothing in lists. A missing `attention_mask` is 1, and missing `position_ids` count, over the task's `input_ids`.
/// - Columns of different shapes (a list and a matrix, two views and one) have no union.
struct MixtureSchema: Sendable {
  let schema: ExampleSchema
  /// By task.
  let embeddings: [RowEmbedding]
  let taskColumn: Int
  private let own: [ExampleSchema]

  /// - Throws: `mixture.columns`, naming the two tasks and the column on which they do not agree.
  init(
    _ tasks: [(name: String, schema: ExampleSchema)], vocabulary: SpecialTokens, _ settings: Settings
  ) throws(Diagnostic) {
    var contents: [Column] = []
    var origins: [Column] = []
    for (name, schema) in tasks {
      let border = schema.columns.firstIndex { $0.name == "doc_id" } ?? schema.columns.count
      for (index, column) in schema.columns.enumerated() {
        let merged: Bool
        if index < border {
          merged = Self.merge(column, into: &contents)
        } else {
          merged = Self.merge(column, into: &origins)
        }
        if !merged { throw Self.conflict(column, of: name, among: tasks, settings) }
      }
    }
    Self.keepParallel(&contents, tasks.map(\.schema))
    let names = tasks.enumerated().map { "\($0) \($1.name)" }.joined(separator: ", ")
    taskColumn = contents.count
    let schema = ExampleSchema(contents + [Column("task", .uint8, "Which task the row is: \(names).")] + origins)
    self.schema = schema
    own = tasks.map(\.schema)
    let pad = Int64(vocabulary.ids[.pad] ?? vocabulary.ids[.eod] ?? 0)
    embeddings = own.map { Self.embedding(of: $0, in: schema, pad: pad) }
  }

  /// The row as its task made it.
  func example(_ wide: Example, of task: Int) -> Example {
    let values = zip(own[task].columns, embeddings[task].places).map { column, place in
      let values = wide.values[place]
      guard let count = column.fixedCount, count < values.count else { return values }
      return Array(values[..<count])
    }
    return Example(schema: own[task], values: values)
  }

  /// Adds a column, or widens the one of its name; false when they have no union.
  private static func merge(_ column: Column, into columns: inout [Column]) -> Bool {
    guard let index = columns.firstIndex(where: { $0.name == column.name }) else {
      columns.append(column)
      return true
    }
    guard let type = union(columns[index].type, column.type), let shape = union(columns[index].shape, column.shape)
    else { return false }
    columns[index].type = type
    columns[index].shape = shape
    return true
  }

  /// Makes columns that have a value for each input id in a task as long as the longest input.
  private static func keepParallel(_ columns: inout [Column], _ schemas: [ExampleSchema]) {
    guard case .fixed(let longest)? = columns.first(where: { $0.name == "input_ids" })?.shape, longest.count == 1 else {
      return
    }
    for index in columns.indices {
      let isParallel = schemas.contains { schema in
        let input = schema.columns.first { $0.name == "input_ids" }
        return input != nil && schema.columns.contains { $0.name == columns[index].name && $0.shape == input?.shape }
      }
      if isParallel, let shape = union(columns[index].shape, .fixed(longest)) { columns[index].shape = shape }
    }
  }

  private static func union(_ a: Column.Shape, _ b: Column.Shape) -> Column.Shape? {
    switch (a, b) {
    case (.fixed(let a), .fixed(let b)) where a.count == 1 && b.count == 1: .fixed([max(a[0], b[0])])
    default: a == b ? a : nil
    }
  }

  private static func union(_ a: ElementType, _ b: ElementType) -> ElementType? {
    if a.isSigned == b.isSigned { return a.byteWidth >= b.byteWidth ? a : b }
    let (signed, unsigned) = a.isSigned ? (a, b) : (b, a)
    let width = max(signed.byteWidth, 2 * unsigned.byteWidth)
    return ElementType.allCases.first { $0.isSigned && $0.byteWidth == width }
  }

  private static func embedding(of own: ExampleSchema, in wide: ExampleSchema, pad: Int64) -> RowEmbedding {
    let places = own.columns.map { wide.index(of: $0.name) }
    let input = places.first { wide.columns[$0].name == "input_ids" }
    let fills: [RowEmbedding.Fill] = wide.columns.enumerated().map { place, column in
      if let input, !places.contains(place) {
        if column.name == "attention_mask" { return .ones(asManyAs: input) }
        if column.name == "position_ids" { return .positions(asManyAs: input) }
      }
      if column.type.isSigned, column.name.hasSuffix("labels") { return .value(Int64(ignoredLabel)) }
      return .value(["input_ids", "decoder_input_ids"].contains(column.name) ? pad : 0)
    }
    return RowEmbedding(places: places, fills: fills)
  }

  private static func conflict(
    _ column: Column, of name: String, among tasks: [(name: String, schema: ExampleSchema)], _ settings: Settings
  ) -> Diagnostic {
    func outline(_ column: Column) -> String {
      switch column.shape {
      case .scalar: "one \(column.type.rawValue)"
      case .list: "a list of \(column.type.rawValue)"
      case .fixed(let counts): "\(column.type.rawValue)[\(counts.map { "\($0)" }.joined(separator: ", "))]"
      }
    }
    let other = tasks.lazy.compactMap { task in
      task.schema.columns.first { $0.name == column.name && $0 != column }.map { (task.name, $0) }
    }.first
    return Diagnostic(
      "mixture.columns", "the tasks of '\(settings.path)' do not share a schema: \(column.name)",
      at: settings.value("tasks").location ?? settings.location,
      expected: other.map { "\(outline($1)), as in '\($0)'" }, found: "\(outline(column)) in '\(name)'",
      help: "give all tasks the same layout (dense or compact), or make them objectives of their own")
  }
}
