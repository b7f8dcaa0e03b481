import Blocks

/// What a column of a table is wanted for.
enum FieldUse {
  case text, negative, id, codes

  /// What the column must hold.
  var expected: String {
    switch self {
    case .text: "a column of strings"
    case .negative: "a column of strings or of lists of strings"
    case .id: "a column of strings or integers"
    case .codes: "a column of integers or of lists of integers"
    }
  }

  /// The recipe's key for it.
  fileprivate var key: String {
    switch self {
    case .text: "text"
    case .negative: "negative"
    case .id: "id"
    case .codes: "codes"
    }
  }
}

/// The columns of a table that a recipe asks for: first the text (or the codes), then the further texts of a record,
/// last the id.
struct TableFields<Column> {
  private(set) var all: [Column] = []
  private var uses: [FieldUse] = []

  /// - Parameter find: the column at a path; throws when there is none or more than one.
  init(
    _ options: InputOptions, in path: String, find: ([String]) throws(Diagnostic) -> Column
  ) throws(Diagnostic) {
    var wanted: [(path: [String], use: FieldUse)] = []
    if let codes = options.codes {
      wanted.append((codes, .codes))
    } else {
      wanted.append((options.text, .text))
      if let sections = options.sections {
        wanted.append((sections.positive, .text))
        for negative in sections.negatives { wanted.append((negative, .negative)) }
      }
    }
    if let id = options.id { wanted.append((id, .id)) }
    for field in wanted {
      all.append(try find(field.path))
      uses.append(field.use)
    }
  }

  var idPosition: Int? { uses.last == .id ? uses.count - 1 : nil }
  /// Where the further texts of a record stand.
  var furtherPositions: Range<Int> { 1..<(idPosition ?? uses.count) }

  /// The columns, and what each is wanted for.
  var wanted: [(column: Column, use: FieldUse)] { zip(all, uses).map { (column: $0, use: $1) } }

  static func missing(_ field: [String], in path: String, found: String) -> Diagnostic {
    Diagnostic(
      "corpus.missing-field", "'\(path)' has no column '\(field.joined(separator: "."))'",
      at: SourceLocation(path: path), expected: "'\(field.joined(separator: "."))'", found: found,
      help: "set `text:` to the column that holds the text; parts of a path stand between dots")
  }

  static func ambiguous(_ field: [String], in path: String) -> Diagnostic {
    Diagnostic(
      "corpus.repeated-field", "'\(path)' has the column '\(field.joined(separator: "."))' more than once",
      at: SourceLocation(path: path), expected: "one column of this name", help: "rename the columns")
  }

  static func wrongType(_ field: [String], _ use: FieldUse, found: String, in path: String) -> Diagnostic {
    Diagnostic(
      "corpus.wrong-type", "the column '\(field.joined(separator: "."))' of '\(path)' cannot be read as `\(use.key)`",
      at: SourceLocation(path: path), expected: use.expected, found: found)
  }
}
