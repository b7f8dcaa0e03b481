/// Sequences side by side, padded to one length; what a stack of layers reads. Row s · `length` + t of everything is
/// token t of sequence s.
public struct SequenceBatch: Sendable {
  public let count: Int
  public let length: Int
  /// [count · length]; padding may hold any id, for nobody sees it.
  public var tokens: [Int32]
  /// [count · length]: where each token stands in its text.
  public var positions: [Int32]
  /// [count · length]: which part of the input it belongs to (`token_type_ids`).
  public var types: [Int32]
  /// [count · length · length], 1 where the row's token may see the column's, else 0.
  public var sees: [Float]

  public init(count: Int, length: Int) {
    self.count = count
    self.length = length
    tokens = Array(repeating: 0, count: count * length)
    positions = tokens
    types = tokens
    sees = Array(repeating: 0, count: count * length * length)
  }

  /// Which positions of a sequence are real: those that see themselves.
  public func isReal(_ sequence: Int, _ position: Int) -> Bool {
    sees[(sequence * length + position) * length + position] != 0
  }
}

/// What is asked: of the states in some rows, which answer?
public struct Questions: Sendable, Equatable {
  /// Rows of states.
  public var places: [Int] = []
  /// One for each place.
  public var answers: [Int32] = []

  public init() {}

  public mutating func ask(_ place: Int, _ answer: Int32) {
    places.append(place)
    answers.append(answer)
  }
}
