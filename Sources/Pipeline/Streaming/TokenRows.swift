import Blocks

/// Writes ids as rows of text or as integers.
struct TokenRows: Sendable {
  let format: TokenStream.Format
  /// For each id its decimal digits and a comma, in the low bytes of a word, and how many they are. Looked up instead
  /// of computed: printing would take longer than tokenizing.
  private let decimals: [UInt64]
  private let lengths: [UInt8]

  /// Ids of more than seven digits do not fit beside their comma; nor does a table for ids that far apart pay.
  private static let largestTable = 1 << 20

  init(format: TokenStream.Format, vocabularySize: Int) {
    self.format = format
    let count = format == .jsonl ? min(vocabularySize, Self.largestTable) : 0
    var (decimals, lengths) = ([UInt64](), [UInt8]())
    decimals.reserveCapacity(count)
    lengths.reserveCapacity(count)
    for id in 0..<count {
      let digits = Array("\(id),".utf8)
      decimals.append(digits.reversed().reduce(0) { $0 << 8 | UInt64($1) })
      lengths.append(UInt8(digits.count))
    }
    self.decimals = decimals
    self.lengths = lengths
  }

  /// Appends the rows of all documents.
  func append(_ tokens: borrowing TokenBlock, to bytes: inout [UInt8]) {
    switch format {
    case .none: break
    case .integers(let byteCount):
      unsafe fill(&bytes, upTo: tokens.ids.count * byteCount + 8) { output in
        for id in tokens.ids {
          let value = UInt64(id).littleEndian
          unsafe output.storeBytes(of: value, as: UInt64.self)
          unsafe output += byteCount
        }
      }
    case .jsonl:
      // The longest id has ten digits.
      unsafe fill(&bytes, upTo: tokens.ids.count * 11 + tokens.documents.count * 3 + 8) { output in
        for document in tokens.documents {
          unsafe appendArray(tokens.ids.span.extracting(document.range), to: &output)
        }
      }
    }
  }

  /// Appends what `body` writes: at most `byteCount` bytes, the last of them only scribbled over.
  private func fill(
    _ bytes: inout [UInt8], upTo byteCount: Int, _ body: (inout UnsafeMutableRawPointer) -> Void
  ) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: byteCount))
    let end = unsafe bytes.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return 0 }
      var output = unsafe base + start
      unsafe body(&output)
      return unsafe output - base
    }
    bytes.removeLast(bytes.count - end)
  }

  /// `[7592,2088]` and a newline.
  private func appendArray(_ ids: Span<UInt32>, to output: inout UnsafeMutableRawPointer) {
    unsafe append(UInt8(ascii: "["), to: &output)
    for index in ids.indices {
      let id = Int(ids[index])
      if id < decimals.count {
        unsafe output.storeBytes(of: decimals[id].littleEndian, as: UInt64.self)
        unsafe output += Int(lengths[id])
      } else {
        for digit in "\(id),".utf8 { unsafe append(digit, to: &output) }
      }
    }
    if !ids.isEmpty { unsafe output -= 1 }
    unsafe append(UInt8(ascii: "]"), to: &output)
    unsafe append(UInt8(ascii: "\n"), to: &output)
  }

  private func append(_ byte: UInt8, to output: inout UnsafeMutableRawPointer) {
    unsafe output.storeBytes(of: byte, as: UInt8.self)
    unsafe output += 1
  }
}
