/// Takes a character off the ends of every token, so many times at most.
struct StripDecoder: Sendable {
  var content: Unicode.Scalar
  var start: Int
  var stop: Int

  func decode(_ token: [UInt8]) -> [UInt8] {
    let content = Array(String(content).utf8)
    var rest = token[...]
    var cut = 0
    while cut < start, rest.starts(with: content) {
      rest = rest.dropFirst(content.count)
      cut += 1
    }
    cut = 0
    while cut < stop, rest.count >= content.count, rest.suffix(content.count).elementsEqual(content) {
      rest = rest.dropLast(content.count)
      cut += 1
    }
    return Array(rest)
  }
}
