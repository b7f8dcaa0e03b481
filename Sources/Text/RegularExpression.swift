public import Blocks
internal import CICU

/// A regular expression in ICU's syntax, for bytes of UTF-8.
///
/// `^` and `$` stand at every newline, and U+000A is the only newline. Properties such as `\p{Greek}` are those of the
/// Unicode version that ICU was built for.
///
/// `@unchecked Sendable` holds because ICU never changes an opened expression: every search opens a matcher of its own.
@safe public final class RegularExpression: @unchecked Sendable {
  /// The pattern in ICU's syntax.
  public let pattern: String
  private let expression: OpaquePointer

  /// - Throws: `text.regular-expression` when ICU cannot read the pattern.
  public init(_ pattern: String) throws(Diagnostic) {
    let units = Array(pattern.utf16)
    var status: icu_status = 0
    guard let expression = unsafe icu_open_regex(units, Int32(clamping: units.count), &status), status.isSuccess else {
      throw Diagnostic(
        "text.regular-expression", "ICU cannot read a regular expression", expected: "a pattern in ICU's syntax",
        found: unsafe String(cString: icu_error_name(status)))
    }
    self.pattern = pattern
    unsafe self.expression = unsafe expression
  }

  deinit { unsafe icu_close_regex(expression) }

  /// Calls `body` with every match in a text, from left to right, in bytes.
  ///
  /// A match may be empty, but no empty match follows another match at once. The text is all there is: what stands
  /// before or behind it is not looked at. ICU counts bytes in 32 bits: a text of 2 GiB or more has no match.
  ///
  /// - Cost: opens a matcher (about a microsecond), then what the pattern costs.
  public func forEachMatch(in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    var status: icu_status = 0
    guard let matcher = unsafe icu_open_matcher(expression, &status) else { return }
    defer { unsafe icu_close_matcher(matcher) }
    unsafe icu_set_matcher_text(matcher, text.baseAddress, Int64(text.count), &status)
    var search: Int64 = 0
    var lastEnd: Int64 = -1
    var start: Int64 = 0
    var end: Int64 = 0
    while search <= text.count, unsafe icu_find(matcher, search, &start, &end, &status) == 1 {
      if start == end, end == lastEnd {
        search += 1
        while search < text.count, unsafe text[Int(search)] & 0xC0 == 0x80 { search += 1 }
        continue
      }
      body(Int(start)..<Int(end))
      search = end
      lastEnd = end
    }
  }

  /// The code points that ICU has in a set (`[\p{Han}]`), as ascending ranges; nil if it cannot read the set.
  ///
  /// - Parameter closesOverCase: adds what equals a member but for its case.
  public static func scalars(in set: String, closesOverCase: Bool = false) -> [ClosedRange<UInt32>]? {
    let units = Array(set.utf16)
    var status: icu_status = 0
    guard let opened = unsafe icu_open_set(units, Int32(clamping: units.count), &status) else { return nil }
    defer { unsafe icu_close_set(opened) }
    if closesOverCase { unsafe icu_close_over_case(opened) }
    var ranges: [ClosedRange<UInt32>] = []
    for index in 0..<(unsafe icu_range_count(opened)) {
      var first: UInt32 = 0
      var last: UInt32 = 0
      unsafe icu_get_range(opened, index, &first, &last)
      ranges.append(first...last)
    }
    return ranges
  }
}
