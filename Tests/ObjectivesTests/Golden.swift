import Foundation

/// A golden file: numbers and lists out of JSON, read by key.
///
/// A missing key is a broken fixture, so access traps instead of testing nothing.
struct Golden {
  let value: Any

  init(_ name: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: root.appending(path: "fixtures/golden/\(name).json"))
    value = try JSONSerialization.jsonObject(with: data)
  }

  private init(value: Any) { self.value = value }

  subscript(key: String) -> Golden {
    guard let found = (value as? [String: Any])?[key] else { fatalError("no key '\(key)' in the golden file") }
    return Golden(value: found)
  }

  subscript(index: Int) -> Golden { list[index] }

  var list: [Golden] {
    guard let values = value as? [Any] else { fatalError("no list in the golden file: \(value)") }
    return values.map { Golden(value: $0) }
  }

  private var number: NSNumber {
    guard let number = value as? NSNumber else { fatalError("no number in the golden file: \(value)") }
    return number
  }

  var int: Int { number.intValue }
  var double: Double { number.doubleValue }
  var uint64: UInt64 { number.uint64Value }
  var flag: Bool { number.boolValue }
  var text: String { value as? String ?? "" }
  var isNull: Bool { value is NSNull }
  var ints: [Int] { list.map(\.int) }
  var ids: [UInt32] { list.map { UInt32($0.int) } }
  var int64s: [Int64] { list.map { Int64($0.int) } }
  var flags: [Bool] { list.map(\.flag) }
}
