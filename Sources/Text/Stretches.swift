/// Cuts a text into plain stretches, which a step handles byte by byte, and rich ones, which go to ICU.
///
///     "plain words, dann schöne Wörter und noch mehr plain words"
///      |-- plain ------||-- rich -----||-- plain --------------|
///
/// Cuts lie next to blanks (bytes up to U+0020) only. No normalization form joins a blank to a neighbour or moves a
/// mark across it, and a blank ends the context of a final sigma: so the stretches can be rewritten one by one. Rich
/// stretches that few plain bytes separate are one, because each costs a call.
@unsafe struct Stretches {
  private let text: UnsafeBufferPointer<UInt8>
  private let limit: UInt8
  private var start = 0

  /// A rich stretch ends where so many plain bytes follow.
  private static let joinedGap = 16

  /// - Parameter limit: bytes from this one on make a stretch rich; at least 0x80.
  init(of text: UnsafeBufferPointer<UInt8>, richFrom limit: UInt8) {
    unsafe self.text = unsafe text
    unsafe self.limit = limit
  }

  mutating func next() -> (bytes: UnsafeBufferPointer<UInt8>, isRich: Bool)? {
    guard unsafe start < text.count else { return nil }
    let rich = unsafe firstByte(from: start, in: text, atLeast: limit)
    let cut = unsafe rich == text.count ? rich : blankEnd(before: rich)
    if unsafe cut > start { return unsafe (take(upTo: cut), false) }
    return unsafe (take(upTo: richEnd(from: rich)), true)
  }

  private mutating func take(upTo end: Int) -> UnsafeBufferPointer<UInt8> {
    defer { unsafe start = end }
    return unsafe UnsafeBufferPointer(rebasing: text[start..<end])
  }

  /// Behind the last blank before `end`, or `start` if there is none.
  private func blankEnd(before end: Int) -> Int {
    var index = end
    while unsafe index > start, unsafe text[index - 1] > 0x20 { index -= 1 }
    return index
  }

  /// The first blank behind `rich` after which the text stays plain for a while.
  private func richEnd(from rich: Int) -> Int {
    var last = rich
    while true {
      let next = unsafe firstByte(from: last + 1, in: text, atLeast: limit)
      if unsafe next - last > Self.joinedGap || next == text.count {
        var blank = last + 1
        while blank < next, unsafe text[blank] > 0x20 { blank += 1 }
        if blank < next { return blank }
      }
      if unsafe next == text.count { return next }
      last = next
    }
  }
}

/// The first index from `start` on with a byte ≥ `limit` (at least 0x80), or the count. Eight bytes at a time.
func firstByte(from start: Int, in text: UnsafeBufferPointer<UInt8>, atLeast limit: UInt8) -> Int {
  // A byte b ≥ 0x80 is ≥ limit if and only if (b & 0x7F) + (0x100 - limit) reaches 0x80; no lane carries into the next.
  let ones: UInt64 = 0x0101_0101_0101_0101
  let offset = ones &* UInt64(0x100 - Int(limit))
  let bytes = UnsafeRawBufferPointer(text)
  var index = start
  while index + 8 <= bytes.count {
    let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    let hits = ((word & (ones &* 0x7F)) &+ offset) & word & (ones &* 0x80)
    if hits != 0 { return index + hits.trailingZeroBitCount / 8 }
    index += 8
  }
  while index < text.count, unsafe text[index] < limit { index += 1 }
  return index
}
