internal import CKernels

/// Up to 64 bytes of text that begin where a piece begins, as masks: bit i speaks of byte i.
///
/// All bytes of a character are in the mask of its class, so that neighbouring bytes stand for neighbouring characters.
/// Where pieces start is then arithmetic on masks. Same pieces as `PieceScanner.pieceEnd`, one after the other.
@safe struct ByteWindow {
  /// Bytes that must be readable from the start of a window: itself, and a key behind its last byte.
  static let readableByteCount = 64 + 16

  var letters: UInt64
  var numbers: UInt64
  /// White space, newlines among it.
  var spaces: UInt64
  var newlines: UInt64
  /// U+0020.
  var plainSpaces: UInt64
  var apostrophes: UInt64
  /// All bytes of a character but its first.
  var continuations: UInt64 = 0
  /// The bytes that the masks speak of: whole characters.
  var valid: UInt64
  /// Number of those bytes; at least 1.
  var count: Int
  /// Whether the text ends with the window.
  let reachesEnd: Bool

  @inline(__always) var others: UInt64 { ~(letters | numbers | spaces) & valid }

  /// - Parameters:
  ///   - text: `readableByteCount` bytes may be read.
  ///   - remaining: bytes of text from here on, at least 1.
  @inline(__always)
  init(_ text: UnsafePointer<UInt8>, remaining: Int, classes: borrowing WindowClasses) {
    var planes: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    unsafe withUnsafeMutableBytes(of: &planes) { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe classes.planes(text, classes.properties.base, base.assumingMemoryBound(to: UInt64.self))
    }
    count = min(64, remaining)
    valid = UInt64.max >> UInt64(truncatingIfNeeded: 64 &- count)
    reachesEnd = remaining <= 64
    letters = planes.0 & valid
    numbers = planes.1 & valid
    spaces = planes.2 & valid
    newlines = planes.3 & valid
    plainSpaces = planes.4 & valid
    apostrophes = planes.5 & valid
    let foreign = planes.7 & valid
    if foreign != 0 { unsafe addForeign(foreign, text, remaining: remaining, classes: classes) }
  }

  /// Decodes what is not ASCII and adds it to the masks of its classes. A character that goes beyond the window is left
  /// to the next, unless the text ends in the middle of it.
  @inline(__always)
  private mutating func addForeign(
    _ foreign: UInt64, _ text: UnsafePointer<UInt8>, remaining: Int, classes: borrowing WindowClasses
  ) {
    var rest = foreign
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      let (scalar, byteCount) = unsafe decodeScalar(text, at: index, end: remaining)
      if index &+ byteCount > 64 {
        count = index
        valid = (1 &<< UInt64(truncatingIfNeeded: index)) &- 1
        return keep(valid)
      }
      let lead: UInt64 = 1 &<< UInt64(truncatingIfNeeded: index)
      // The shift of four bytes at index 60 leaves the word: then all bits from there on are meant.
      let bytes = (lead &<< UInt64(truncatingIfNeeded: byteCount)) &- lead
      let kind = classes.kind(of: scalar)
      // Text that is no UTF-8: the scanners take ASCII into a character, too.
      if bytes & ~foreign != 0 { keep(~bytes) }
      continuations |= bytes ^ lead
      if kind == CharacterClass.letter {
        letters |= bytes
      } else if kind == CharacterClass.number {
        numbers |= bytes
      } else if kind >= CharacterClass.space {
        spaces |= bytes
      }
      rest &= ~bytes
    }
  }

  private mutating func keep(_ bits: UInt64) {
    letters &= bits
    numbers &= bits
    spaces &= bits
    newlines &= bits
    plainSpaces &= bits
    apostrophes &= bits
    continuations &= bits
  }

  /// Where the run of white space at the end of the window begins; `count` where there is none.
  @inline(__always)
  var trailingSpaceStart: Int {
    let shifted = spaces &<< UInt64(truncatingIfNeeded: 64 &- count)
    return count - min(count, (~shifted).leadingZeroBitCount)
  }

  /// Moves a bit on any byte of a character to the first one.
  @inline(__always)
  func leads(of bits: UInt64) -> UInt64 {
    if continuations == 0 { return bits }
    var bits = bits
    for _ in 0..<3 { bits = bits & ~continuations | (bits & continuations) >> 1 }
    return bits
  }
}

/// What a window looks characters up in.
@safe struct WindowClasses: Sendable {
  let planes: palimpsest_byte_planes_kernel
  let properties: ConstantTable<UInt8>
  /// Classes of the characters up to U+FFFF.
  private let kinds: ConstantTable<UInt8>

  static let shared = unsafe WindowClasses(planes: palimpsest_byte_planes())

  init(planes: palimpsest_byte_planes_kernel) {
    unsafe self.planes = planes
    properties = ConstantTable(
      (0..<128).map { byte in
        let kind = palimpsest_character_class(UInt32(byte))
        return (kind == CharacterClass.letter ? 1 : 0) | (kind == CharacterClass.number ? 2 : 0)
          | (kind >= CharacterClass.space ? 4 : 0) | (kind == CharacterClass.newline ? 8 : 0)
          | (byte == 0x20 ? 16 : 0) | (byte == 0x27 ? 32 : 0)
      })
    kinds = ConstantTable((UInt32(0)..<0x10000).map { palimpsest_character_class($0) })
  }

  @inline(__always)
  func kind(of scalar: UInt32) -> UInt8 {
    scalar < 0x10000 ? unsafe kinds.base[Int(scalar)] : palimpsest_character_class(scalar)
  }
}

/// Says where pieces start in a window.
protocol WindowScanner: PieceScanner {
  /// One bit for every piece that starts in the window and whose start what is known decides; bit 0 is among them.
  ///
  /// The bits below the highest of them are complete: no other piece starts there.
  ///
  /// - Parameter text: the window's bytes, and what follows up to `remaining`.
  func starts(in window: ByteWindow, _ text: UnsafePointer<UInt8>, remaining: Int) -> UInt64
}

extension WindowScanner {
  /// Piece by piece: for a scanner that has no arithmetic of its own.
  @inline(__always)
  func starts(in window: ByteWindow, _ text: UnsafePointer<UInt8>, remaining: Int) -> UInt64 {
    var starts: UInt64 = 1
    var offset = unsafe pieceEnd(in: text, from: 0, to: remaining)
    while offset < window.count {
      starts |= 1 << UInt64(offset)
      unsafe offset = pieceEnd(in: text, from: offset, to: remaining)
    }
    return starts
  }
}

extension WholeTextScanner: WindowScanner {}
