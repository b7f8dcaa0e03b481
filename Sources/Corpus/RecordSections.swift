import Blocks
import JSONText

/// The further texts of a line that is a record: one that goes with the first, and any number that do not.
///
/// The line has been checked already; it is read a second time, as a tree.
struct RecordSections {
  private let sections: InputOptions.Sections
  private let line: [UInt8]
  private let location: SourceLocation

  init(_ sections: InputOptions.Sections, of bytes: UnsafeRawBufferPointer, at location: SourceLocation) {
    self.sections = sections
    line = unsafe Array(bytes)
    self.location = location
  }

  /// The positive, then the negatives there are; nil when the record cannot be used, which is noted in the block.
  ///
  /// A negative that is empty or null is none.
  ///
  /// - Parameter named: adds the document's own id to a diagnostic.
  /// - Throws: under `fail`, `corpus.missing-field`, `corpus.wrong-type`, `corpus.lone-surrogate`.
  func texts(
    _ policy: DocumentPolicy, in block: inout DocumentBlock, _ named: (Diagnostic) -> Diagnostic
  ) throws(Diagnostic) -> [String]? {
    do throws(Diagnostic) {
      let tree = try parsed()
      guard let positive = try text(tree, sections.positive) else {
        policy.note(named(DocumentPolicy.empty(at: location)), in: &block)
        return nil
      }
      var texts = [positive]
      for path in sections.negatives { texts += try negatives(tree, path) }
      return texts
    } catch {
      try policy.reject(named(error), in: &block)
      return nil
    }
  }

  private func parsed() throws(Diagnostic) -> JSONValue {
    do throws(Diagnostic) {
      return try JSONValue(parsing: line, path: location.path)
    } catch {
      guard error.code == "json.lone-surrogate" else { throw error.with(location: location) }
      throw Diagnostic(
        "corpus.lone-surrogate", "a record holds half of a surrogate pair, which is no character", at: location,
        expected: "both halves, as in \\uD83D\\uDE00")
    }
  }

  /// The value at a path; nil when it is not there.
  private func value(_ tree: JSONValue, _ path: [String]) -> JSONValue? {
    var value: JSONValue? = tree
    for key in path { value = value?[key] }
    return value
  }

  /// The positive; nil when it is empty.
  private func text(_ tree: JSONValue, _ path: [String]) throws(Diagnostic) -> String? {
    guard let value = value(tree, path) else {
      throw Diagnostic(
        "corpus.missing-field", "a record has no field '\(name(path))'", at: location, expected: "'\(name(path))'",
        help: "set `positive:` to the field that holds the text; parts of a path stand between dots")
    }
    switch value {
    case .string(let text): return text.isEmpty ? nil : text
    case .null: return nil
    default: throw wrongType(path, value)
    }
  }

  private func negatives(_ tree: JSONValue, _ path: [String]) throws(Diagnostic) -> [String] {
    var texts: [String] = []
    let value = value(tree, path) ?? .null
    for member in value.array ?? [value] {
      switch member {
      case .string(let text): if !text.isEmpty { texts.append(text) }
      case .null: break
      default: throw wrongType(path, member)
      }
    }
    return texts
  }

  private func wrongType(_ path: [String], _ value: JSONValue) -> Diagnostic {
    Diagnostic(
      "corpus.wrong-type", "the field '\(name(path))' is not a string", at: location, expected: "a string",
      found: value.kindName)
  }

  private func name(_ path: [String]) -> String { path.joined(separator: ".") }
}
