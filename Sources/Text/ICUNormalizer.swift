internal import Blocks
internal import CICU

/// ICU's normalizer for one form: a shared immutable object that is never closed.
@safe struct ICUNormalizer {
  private let normalizer: OpaquePointer

  init(_ form: Normalization.Form) throws(Diagnostic) {
    let form =
      switch form {
      case .nfc: icu_nfc
      case .nfd: icu_nfd
      case .nfkc: icu_nfkc
      case .nfkd: icu_nfkd
      }
    var status: icu_status = 0
    guard let normalizer = unsafe icu_get_normalizer(form, &status), status.isSuccess else {
      throw icuFailure(status, "open its normalization data")
    }
    unsafe self.normalizer = unsafe normalizer
  }

  /// True if the text is in the form for certain; a text in the form may give false.
  func isNormalized(_ text: UnsafePointer<UInt16>?, _ length: Int32) throws(Diagnostic) -> Bool {
    var status: icu_status = 0
    let prefix = unsafe icu_normalized_prefix(normalizer, text, length, &status)
    guard status.isSuccess else { throw icuFailure(status, "look at a text's normalization") }
    return prefix == length
  }

  /// Writes the normalized text into `output` and returns its length in UTF-16 units.
  func normalize(
    _ text: UnsafePointer<UInt16>?, _ length: Int32, into output: inout Workspace<UInt16>
  ) throws(Diagnostic) -> Int32 {
    try unsafe filling(&output, expecting: 2 * Int(length), "normalize a text") { buffer, capacity, status in
      unsafe icu_normalize(normalizer, text, length, buffer, capacity, &status)
    }
  }
}

/// Calls an ICU function that writes to a buffer and returns the length, a second time with more room if it asks for
/// it.
func filling<Element>(
  _ output: inout Workspace<Element>, expecting count: Int, _ task: String,
  _ body: (UnsafeMutablePointer<Element>?, Int32, inout icu_status) -> Int32
) throws(Diagnostic) -> Int32 {
  var wanted = count
  while true {
    let room = unsafe output.reserve(wanted)
    var status: icu_status = 0
    let length = unsafe body(room.baseAddress, Int32(clamping: room.count), &status)
    if status.isSuccess { return length }
    guard status == icu_status(icu_buffer_overflow), Int(length) > wanted else { throw icuFailure(status, task) }
    wanted = Int(length)
  }
}

extension TextScratch {
  /// Turns UTF-8 into UTF-16 in `units` and returns its length.
  mutating func decode(_ text: UnsafeBufferPointer<UInt8>) throws(Diagnostic) -> Int32 {
    try checkICULength(text.count)
    let room = unsafe units.reserve(text.count)
    var status: icu_status = 0
    let length = unsafe icu_utf16_from_utf8(
      room.baseAddress, Int32(clamping: room.count), text.baseAddress, Int32(text.count), &status)
    guard status.isSuccess else { throw icuFailure(status, "read a text as UTF-8") }
    return length
  }

  /// Appends UTF-16 to `output` as UTF-8.
  mutating func encode(
    _ text: UnsafePointer<UInt16>?, _ length: Int32, to output: inout [UInt8]
  ) throws(Diagnostic) {
    let room = unsafe bytes.reserve(3 * Int(length))
    var status: icu_status = 0
    let byteCount = unsafe icu_utf8_from_utf16(
      room.baseAddress, Int32(clamping: room.count), text, length, &status)
    guard status.isSuccess else { throw icuFailure(status, "write a text as UTF-8") }
    unsafe output.append(contentsOf: UnsafeBufferPointer(rebasing: room[..<Int(byteCount)]))
  }
}
