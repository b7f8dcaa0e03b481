public import Blocks

/// One rewriting of a text: a small stateless value, the same for every document.
///
/// What a step appends is a function of the text alone. Give it an ASCII fast path if the general one is slow; tests
/// hold the two to the same result. A new step is one file and one line in `TextPipeline.steps`.
public protocol TextStep: Sendable {
  /// The name in recipes (`text: [nfc, whitespace]`).
  var name: String { get }
  /// One sentence for lists and reference pages.
  var summary: String { get }

  /// Appends the rewritten text.
  ///
  /// - Parameters:
  ///   - text: one document, valid UTF-8.
  ///   - output: where the result goes; what it holds already is not touched.
  ///   - scratch: the worker's buffers.
  /// - Throws: `text.icu` when ICU fails, `text.too-long` for a document beyond ICU's reach.
  func append(_ text: Span<UInt8>, to output: inout [UInt8], scratch: inout TextScratch) throws(Diagnostic)
}
