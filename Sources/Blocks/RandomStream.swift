/// A counter-based stream of random words: Philox4x32-10.
///
/// The words are a pure function of the key and the counter's high half; nothing else feeds them. Every draw of the
/// program comes from such a stream, so results do not depend on threads, order, machine or time.
///
/// - Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011; proven by the
///   published Random123 vectors (`fixtures/golden/philox.json`).
@frozen
public struct RandomStream: Sendable {
  public typealias Words = (UInt32, UInt32, UInt32, UInt32)

  @usableFromInline let key: (UInt32, UInt32)
  @usableFromInline let counterHigh: (UInt32, UInt32)
  @usableFromInline var block: UInt32 = 0
  @usableFromInline var words: Words = (0, 0, 0, 0)
  @usableFromInline var used: UInt8 = 4

  @inlinable
  public init(key: (UInt32, UInt32), counterHigh: (UInt32, UInt32)) {
    self.key = key
    self.counterHigh = counterHigh
  }

  /// The bare bijection: a counter and a key give four words.
  ///
  /// `rounds` is 10 everywhere; the 7-round form exists to be tested against its own published vectors.
  @inlinable
  public static func philox(counter: Words, key: (UInt32, UInt32), rounds: Int = 10) -> Words {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for round in 0..<rounds {
      if round > 0 {
        k0 &+= 0x9E37_79B9
        k1 &+= 0xBB67_AE85
      }
      let p0 = UInt64(0xD251_1F53) &* UInt64(c0)
      let p1 = UInt64(0xCD9E_8D57) &* UInt64(c2)
      c0 = UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0
      c2 = UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1
      c1 = UInt32(truncatingIfNeeded: p1)
      c3 = UInt32(truncatingIfNeeded: p0)
    }
    return (c0, c1, c2, c3)
  }

  /// The next 32 random bits.
  @inlinable
  public mutating func word() -> UInt32 {
    if used == 4 {
      words = Self.philox(counter: (block, 0, counterHigh.0, counterHigh.1), key: key)
      block &+= 1
      used = 0
    }
    defer { used &+= 1 }
    switch used {
    case 0: return words.0
    case 1: return words.1
    case 2: return words.2
    default: return words.3
    }
  }
}

/// The draws of one example: a family of streams, one for each purpose.
///
/// A draw depends on (seed, objective, epoch, origin, example, purpose, number of the draw) and on nothing else;
/// streams of different purposes are independent, so adding a draw to one moves no other.
///
/// `origin` is the document id for windows cut inside documents, the block id for windows over several.
@frozen
public struct ExampleDraws: Sendable {
  @usableFromInline let originWords: RandomStream.Words
  public let seed: UInt64
  public let objective: UInt32
  public let epoch: UInt32
  public let example: UInt32

  @inlinable
  public init(seed: UInt64, objective: UInt32, epoch: UInt32, origin: UInt64, example: UInt32) {
    originWords = RandomStream.philox(
      counter: (objective, epoch, UInt32(truncatingIfNeeded: origin), UInt32(truncatingIfNeeded: origin >> 32)),
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    self.seed = seed
    self.objective = objective
    self.epoch = epoch
    self.example = example
  }

  /// What was drawn for a document as a whole, before windows were cut out of it: its first example's draws.
  @inlinable
  public func ofDocument(_ document: UInt64) -> ExampleDraws {
    ExampleDraws(seed: seed, objective: objective, epoch: epoch, origin: document, example: 0)
  }

  /// The stream for one purpose of this example.
  @inlinable
  public func stream(_ purpose: DrawPurpose) -> RandomStream {
    stream(number: purpose.rawValue)
  }

  /// The stream for a purpose given by number, for the views of contrastive examples (`13 + view`).
  @inlinable
  public func stream(number: UInt32) -> RandomStream {
    let words = RandomStream.philox(
      counter: (example, number, originWords.2, originWords.3), key: (originWords.0, originWords.1))
    return RandomStream(key: (words.0, words.1), counterHigh: (words.2, words.3))
  }
}

/// What a stream's draws decide. The numbers are part of the output's definition and never change.
@frozen
public enum DrawPurpose: UInt32, Sendable, CaseIterable {
  case orderKey = 0
  case positionSelection = 1
  case action = 2
  case noiseSpanLengths = 3
  case spanStarts = 4
  case replacementIDs = 5
  case pairing = 6
  case mode = 7
  case split = 8
  case countRounding = 9
  case permutation = 10
  case insertionPositions = 11
  case cutoff = 12
  case view0 = 13
  case view1 = 14
  case rotation = 31
}
