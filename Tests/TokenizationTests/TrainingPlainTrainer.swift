import Tokenization

/// Byte-pair training as one would write it down: count all pairs anew after every merge.
///
/// The reference for words of ASCII and settings without special tokens, prefix and suffix.
struct PlainTrainer {
  private(set) var trained = Training.Trained(vocabulary: [], merges: [])
  private var ids: [String: Int] = [:]

  init(_ counts: [[UInt8]: UInt64], _ settings: TrainerSettings) {
    var words = counts.map { (symbols: $0.key.map { String(UnicodeScalar($0)) }, count: $0.value) }
    for letter in Set(words.flatMap(\.symbols)).sorted() { add(letter) }
    // Of pairs that were too long when they came up, none counts; those of the beginning all do.
    var allowed: Set<[String]>?
    while trained.vocabulary.count < settings.vocabularySize {
      var pairs: [[String]: UInt64] = [:]
      for word in words {
        for index in word.symbols.indices.dropLast() {
          pairs[[word.symbols[index], word.symbols[index + 1]], default: 0] += word.count
        }
      }
      if allowed == nil { allowed = Set(pairs.keys) }
      let limit = settings.maxTokenLength ?? .max
      let best = pairs.filter { allowed?.contains($0.key) == true || $0.key.joined().count < limit }
        .max { left, right in
          if left.value != right.value { return left.value < right.value }
          return order(right.key).lexicographicallyPrecedes(order(left.key))
        }
      guard let best, best.value >= max(1, settings.minFrequency) else { return }
      trained.merges.append(best.key)
      add(best.key.joined())
      for number in words.indices { words[number].symbols = merged(words[number].symbols, best.key) }
    }
  }

  private mutating func add(_ token: String) {
    ids[token] = trained.vocabulary.count
    trained.vocabulary.append(token)
  }

  private func order(_ pair: [String]) -> [Int] { pair.map { ids[$0] ?? .max } }

  private func merged(_ symbols: [String], _ pair: [String]) -> [String] {
    var result: [String] = []
    var index = 0
    while index < symbols.count {
      if index + 1 < symbols.count, [symbols[index], symbols[index + 1]] == pair {
        result.append(pair.joined())
        index += 2
      } else {
        result.append(symbols[index])
        index += 1
      }
    }
    return result
  }
}
