/// The 256 letters that byte-level tokenizers write for bytes, so that a vocabulary is readable text.
///
/// A printable Latin-1 byte is its own letter; the other 68, in order, are U+0100…U+0143: space is Ġ, newline Ċ.
///
/// - Source: `bytes_to_unicode` of openai/gpt-2, `encoder.py`.
enum ByteLetters {
  /// The letter of each byte.
  static let all: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0...255).map { (byte: UInt32) in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(UInt8(byte))
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? "?"
      }
    }
  }()
}
