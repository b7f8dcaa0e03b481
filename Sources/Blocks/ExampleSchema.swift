/// The integer types a column may have.
@frozen
public enum ElementType: String, Sendable, Equatable, CaseIterable {
  case uint8, int8, uint16, int16, uint32, int32, uint64, int64

  /// Size in bytes: 1, 2, 4 or 8.
  @inlinable
  public var byteWidth: Int {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16: 2
    case .uint32, .int32: 4
    case .uint64, .int64: 8
    }
  }

  @inlinable
  public var isSigned: Bool {
    switch self {
    case .int8, .int16, .int32, .int64: true
    case .uint8, .uint16, .uint32, .uint64: false
    }
  }
}

/// One column of a dataset.
public struct Column: Sendable, Equatable {
  public enum Shape: Sendable, Equatable {
    /// One value a row.
    case scalar
    /// The same number of values in each row; several dimensions are row-major: `[2, 64]` is two views of 64.
    case fixed([Int])
    /// Any number of values a row.
    case list
  }

  public var name: String
  public var type: ElementType
  public var shape: Shape
  /// What the values mean, in one sentence.
  public var summary: String

  public init(_ name: String, _ type: ElementType, _ shape: Shape = .scalar, _ summary: String) {
    self.name = name
    self.type = type
    self.shape = shape
    self.summary = summary
  }

  /// Values a row for scalars and fixed shapes; nil for lists.
  public var fixedCount: Int? {
    switch shape {
    case .scalar: 1
    case .fixed(let dimensions): dimensions.reduce(1, *)
    case .list: nil
    }
  }
}

/// The columns of an objective's examples, in order.
public struct ExampleSchema: Sendable, Equatable {
  public var columns: [Column]

  public init(_ columns: [Column]) {
    self.columns = columns
  }

  /// The position of a column that must be there.
  public func index(of name: String) -> Int {
    guard let index = columns.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("no column \(name) in this schema")
    }
    return index
  }
}
