import CICU

/// Text in other encodings than UTF-8.
package enum CharacterEncoding {
  /// The text in UTF-8, U+FFFD for what is not of the encoding; nil for an encoding that ICU does not know.
  ///
  /// - Parameter name: as web pages name encodings; `iso-8859-1` means `windows-1252` there.
  package static func utf8(_ bytes: [UInt8], from name: String) -> [UInt8]? {
    guard bytes.count < 1 << 29 else { return nil }
    let name = ["iso-8859-1", "latin1", "ascii", "us-ascii", "l1"].contains(name) ? "windows-1252" : name
    // A byte of any encoding is at most three of UTF-8.
    let capacity = bytes.count * 3 + 16
    var length: Int32 = -1
    let result = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      var status: icu_status = 0
      length = unsafe bytes.withUnsafeBytes { bytes in
        unsafe icu_utf8_from_charset(
          name, bytes.baseAddress, Int32(bytes.count), output.baseAddress, Int32(capacity), &status)
      }
      if status > 0 { length = -1 }
      count = max(0, Int(length))
    }
    return length < 0 ? nil : result
  }
}
