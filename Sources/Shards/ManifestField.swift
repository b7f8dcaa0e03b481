import Blocks
import JSONText

/// A value of a manifest with the way that led to it: `objectives[0].splits[1].rows`.
struct ManifestField {
  /// The value; nil where the key is missing.
  private let found: JSONValue?
  private let key: String
  private let path: String

  init(value: JSONValue?, key: String, path: String) {
    found = value
    self.key = key
    self.path = path
  }

  subscript(name: String) -> ManifestField {
    get throws(Diagnostic) {
      guard let object = found?.object else { throw invalid(expected: "an object") }
      return ManifestField(value: object[name], key: key.isEmpty ? name : "\(key).\(name)", path: path)
    }
  }

  /// A member that may be missing.
  func optional(_ name: String) throws(Diagnostic) -> ManifestField? {
    let member = try self[name]
    return member.found == nil ? nil : member
  }

  /// The elements of an array, made into something else.
  func map<T>(_ transform: (ManifestField) throws(Diagnostic) -> T) throws(Diagnostic) -> [T] {
    guard let array = found?.array else { throw invalid(expected: "an array") }
    var results: [T] = []
    results.reserveCapacity(array.count)
    for (index, element) in array.enumerated() {
      results.append(try transform(ManifestField(value: element, key: "\(key)[\(index)]", path: path)))
    }
    return results
  }

  /// The members of an object, in order.
  var members: [(key: String, field: ManifestField)] {
    get throws(Diagnostic) {
      guard let object = found?.object else { throw invalid(expected: "an object") }
      return object.map {
        (key: $0.key, field: ManifestField(value: $0.value, key: "\(key).\($0.key)", path: path))
      }
    }
  }

  var value: JSONValue {
    get throws(Diagnostic) {
      guard let found else { throw invalid(expected: "a value") }
      return found
    }
  }

  var string: String {
    get throws(Diagnostic) {
      guard let string = found?.string else { throw invalid(expected: "a string") }
      return string
    }
  }

  /// A number of things: never negative.
  var count: Int {
    get throws(Diagnostic) {
      guard let count = found?.integer, count >= 0 else { throw invalid(expected: "a whole number, not negative") }
      return count
    }
  }

  /// A 64-bit number, as a number or as decimal text.
  var exactNumber: UInt64 {
    get throws(Diagnostic) {
      if let number = found?.integer.flatMap(UInt64.init(exactly:)) ?? found?.string.flatMap({ UInt64($0) }) {
        return number
      }
      throw invalid(expected: "a number from 0 to 18446744073709551615")
    }
  }

  /// Sixteen hexadecimal digits.
  var checksum: UInt64 {
    get throws(Diagnostic) {
      guard let text = found?.string, let value = UInt64(text, radix: 16), Digest.hex(value) == text else {
        throw invalid(expected: "16 hexadecimal digits in lower case")
      }
      return value
    }
  }

  /// One part of a path, which leads nowhere but into its folder.
  var fileName: String {
    get throws(Diagnostic) {
      let name = try string
      guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0)
      else { throw invalid(expected: "the name of a file or folder") }
      return name
    }
  }

  func tokenID(below vocabularySize: Int) throws(Diagnostic) -> UInt32 {
    guard let id = found?.integer, id >= 0, id < vocabularySize, let narrow = UInt32(exactly: id) else {
      throw invalid(expected: "an id below \(vocabularySize)")
    }
    return narrow
  }

  /// Counts by reason.
  var drops: [ManifestDrop] {
    get throws(Diagnostic) {
      var drops: [ManifestDrop] = []
      for (reason, count) in try members { drops.append(ManifestDrop(reason: reason, count: try count.count)) }
      return drops
    }
  }

  func invalid(expected: String) -> Diagnostic {
    let shown = found.map { value in
      let text = value.description
      return text.utf8.count <= 60 ? text : value.kindName
    }
    return Diagnostic(
      "shards.invalid-manifest",
      key.isEmpty ? "\(path) is not a manifest" : "'\(key)' in \(path) is not what a manifest has there",
      at: SourceLocation(path: path), expected: expected, found: shown ?? "nothing",
      help: "the file was changed by hand, or is damaged: build the dataset again")
  }
}
