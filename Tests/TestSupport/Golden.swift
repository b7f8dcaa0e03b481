public import Blocks
import Foundation

/// A golden file: numbers and lists out of JSON, read by key.
///
/// A missing key is a broken fixture, so access traps instead of testing nothing.
public struct Golden: Decodable, Sendable {
  /// Numbers as they are written: integers up to 64 bits, and exactly rounded doubles (`JSONSerialization` is off by a
  /// unit in the last place).
  private indirect enum Value: Sendable {
    case null
    case flag(Bool)
    case integer(Int)
    case unsigned(UInt64)
    case number(Double)
    case text(String)
    case list([Golden])
    case map([String: Golden])
  }

  private let value: Value

  public init(_ name: String) throws {
    let bytes = try Fixtures.bytes("\(Fixtures.path)/golden/\(name).json")
    self = try JSONDecoder().decode(Golden.self, from: Data(bytes))
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let integer = try? container.decode(Int.self) {
      value = .integer(integer)
    } else if let list = try? container.decode([Golden].self) {
      value = .list(list)
    } else if let number = try? container.decode(UInt64.self) {
      value = .unsigned(number)
    } else if let number = try? container.decode(Double.self) {
      value = .number(number)
    } else if let text = try? container.decode(String.self) {
      value = .text(text)
    } else if let flag = try? container.decode(Bool.self) {
      value = .flag(flag)
    } else if container.decodeNil() {
      value = .null
    } else {
      value = .map(try container.decode([String: Golden].self))
    }
  }

  public subscript(key: String) -> Golden {
    guard case .map(let members) = value, let found = members[key] else { fatalError("no '\(key)' in the golden file") }
    return found
  }

  /// Whether a key is there.
  public func has(_ key: String) -> Bool {
    if case .map(let members) = value { members[key] != nil } else { false }
  }

  public subscript(index: Int) -> Golden { list[index] }

  public var list: [Golden] {
    guard case .list(let values) = value else { fatalError("no list in the golden file: \(value)") }
    return values
  }

  public var int: Int {
    guard case .integer(let number) = value else { fatalError("no integer in the golden file: \(value)") }
    return number
  }

  public var double: Double {
    switch value {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: fatalError("no number in the golden file: \(value)")
    }
  }

  public var uint64: UInt64 {
    switch value {
    case .unsigned(let number): number
    case .integer(let number): UInt64(number)
    default: fatalError("no unsigned number in the golden file: \(value)")
    }
  }

  /// True or false, or 1 or 0.
  public var flag: Bool {
    switch value {
    case .flag(let flag): flag
    case .integer(let number): number != 0
    default: fatalError("no flag in the golden file: \(value)")
    }
  }

  public var text: String {
    guard case .text(let text) = value else { fatalError("no text in the golden file: \(value)") }
    return text
  }

  public var ints: [Int] { list.map(\.int) }
  public var id: UInt32 { UInt32(int) }
  public var ids: [UInt32] { list.map(\.id) }
  public var int64s: [Int64] { list.map { Int64($0.int) } }
  public var flags: [Bool] { list.map(\.flag) }

  /// The value as the value of a setting.
  public var setting: SettingValue {
    switch value {
    case .null: SettingValue(.null)
    case .flag(let flag): SettingValue(.flag(flag))
    case .integer(let number): SettingValue(.integer(number))
    case .unsigned, .number: SettingValue(.number(double))
    case .text(let text): SettingValue(.text(text))
    case .list(let values): SettingValue(.list(values.map(\.setting)))
    case .map(let members):
      SettingValue(.map(members.sorted { $0.key < $1.key }.map { SettingValue.Entry($0.key, $0.value.setting) }))
    }
  }
}
