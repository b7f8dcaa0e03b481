/// Reads runs of `<0xNN>` as UTF-8; a run that is none becomes a U+FFFD for each of its tokens.
enum ByteFallbackDecoder {
  static func decode(_ tokens: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var run: [UInt8] = []
    func endRun() {
      guard !run.isEmpty else { return }
      if String(validating: run, as: UTF8.self) != nil {
        result.append(run)
      } else {
        result.append(contentsOf: repeatElement([0xEF, 0xBF, 0xBD], count: run.count))
      }
      run.removeAll(keepingCapacity: true)
    }
    for token in tokens {
      if let byte = byte(token) {
        run.append(byte)
      } else {
        endRun()
        result.append(token)
      }
    }
    endRun()
    return result
  }

  /// The byte that a token spells. The reference takes a plus sign for the first digit, too.
  private static func byte(_ token: [UInt8]) -> UInt8? {
    guard token.count == 6, token.starts(with: "<0x".utf8), token[5] == UInt8(ascii: ">") else { return nil }
    guard let low = hexDigit(token[4]) else { return nil }
    if token[3] == UInt8(ascii: "+") { return low }
    return hexDigit(token[3]).map { $0 << 4 | low }
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
