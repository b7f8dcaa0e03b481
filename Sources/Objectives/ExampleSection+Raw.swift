internal import Blocks

extension ExampleSection {
  /// Columns of ids as they are, for rows that no longer make sense: inspection must show those, too.
  static func raw(_ example: Example, _ columns: [String]) -> [ExampleSection] {
    columns.map { name in
      ExampleSection(name, example[name].map { Token(UInt32(truncatingIfNeeded: $0)) })
    }
  }
}
