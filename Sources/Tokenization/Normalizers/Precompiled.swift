/// SentencePiece's compiled table of replacements: a trie of texts, and what each becomes.
///
/// The text is taken by grapheme clusters. A cluster of less than six bytes is looked up as a whole; where the trie
/// holds no beginning of it, or it is longer, each of its characters is looked up alone. What is looked up is replaced
/// if the trie holds *some* beginning of it, the shortest, and then as a whole: the rest of a cluster vanishes with it.
/// This is what models were made with.
struct Precompiled: Sendable {
  /// Darts' double array: label in the low byte, offset from bit 10 on, and bit 8 where a text ends.
  private let trie: ConstantTable<UInt32>
  /// Replacements, each up to a NUL.
  private let replacements: ConstantTable<UInt8>
  /// By ASCII character: whether it stays as it is.
  private let keepsASCII: ConstantTable<Bool>

  /// Nil for what is no such table.
  init?(charsmap: [UInt8]) {
    guard charsmap.count >= 4 else { return nil }
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(charsmap[offset + $1]) << UInt32($1 * 8) }
    }
    let trieByteCount = Int(word(0))
    guard trieByteCount % 4 == 0, trieByteCount >= 4, trieByteCount <= charsmap.count - 4 else { return nil }
    let tail = charsmap[(4 + trieByteCount)...]
    guard String(validating: tail, as: UTF8.self) != nil else { return nil }
    trie = ConstantTable(stride(from: 4, to: 4 + trieByteCount, by: 4).map(word))
    replacements = ConstantTable(Array(tail))
    let units = trie
    keepsASCII = ConstantTable(
      (UInt8(0)..<128).map { byte in unsafe withUnsafePointer(to: byte) { unsafe Self.find($0, 1, in: units) == nil } })
  }

  func apply(to text: borrowing AlignedText, into output: inout AlignedText) {
    let bytes = text.bytes
    let keepsASCII = unsafe self.keepsASCII.base
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let end = buffer.count
      var copied = 0
      var offset = 0
      while offset < end {
        let byte = unsafe base[offset]
        if byte < 0x80, byte != 0x0D, unsafe offset + 1 == end || base[offset + 1] < 0x80,
          unsafe keepsASCII[Int(byte)]
        {
          offset += 1
          continue
        }
        let clusterEnd = unsafe GraphemeClusters.end(in: base, from: offset, to: end)
        if clusterEnd - offset < 6, unsafe replace(base, offset..<clusterEnd, of: text, &copied, &output) {
          offset = clusterEnd
          continue
        }
        while offset < clusterEnd {
          let next = unsafe offset + decodeScalar(base, at: offset, end: clusterEnd).byteCount
          _ = unsafe replace(base, offset..<next, of: text, &copied, &output)
          offset = next
        }
      }
      output.append(text, copied..<end)
    }
  }

  /// Appends what lies before the range, and the replacement of the range, if it has one.
  private func replace(
    _ base: UnsafePointer<UInt8>, _ range: Range<Int>, of text: borrowing AlignedText, _ copied: inout Int,
    _ output: inout AlignedText
  ) -> Bool {
    guard let start = unsafe Self.find(base + range.lowerBound, range.count, in: trie) else { return false }
    output.append(text, copied..<range.lowerBound)
    copied = range.upperBound
    let sourceEnd = text.sourceEnd(at: range.upperBound - 1)
    var index = start
    while index < replacements.count, replacements[index] != 0 {
      output.append(byte: replacements[index], sourceEnd: sourceEnd)
      index += 1
    }
    return true
  }

  /// The value of the shortest text of the trie that `text` begins with. A NUL ends the text.
  private static func find(_ text: UnsafePointer<UInt8>, _ count: Int, in trie: ConstantTable<UInt32>) -> Int? {
    let units = unsafe trie.base
    let unitCount = trie.count
    var node = unsafe Int(offset(of: units[0]))
    for index in 0..<count {
      let byte = unsafe text[index]
      if byte == 0 { return nil }
      node ^= Int(byte)
      guard node < unitCount else { return nil }
      let unit = unsafe units[node]
      // The top bit marks a value, which is no label.
      guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
      node ^= Int(offset(of: unit))
      if unit & 0x100 != 0 {
        guard node < unitCount else { return nil }
        return unsafe Int(units[node] & 0x7FFF_FFFF)
      }
    }
    return nil
  }

  /// An offset that does not fit its bits is stored without its low byte.
  private static func offset(of unit: UInt32) -> UInt32 { (unit >> 10) << ((unit & 0x200) >> 6) }
}
