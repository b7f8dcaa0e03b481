internal import Blocks
internal import CICU

/// The buffers and ICU objects that text steps use: owned by one worker, reused for every block, meaningless between
/// calls.
///
/// `@unchecked Sendable` holds because everything in it is owned by it alone.
@safe public struct TextScratch: ~Copyable, @unchecked Sendable {
  /// The buffer that a step writes to, while the block holds the one it reads.
  var spare: [UInt8] = []
  /// The new ranges of the block's documents.
  var ranges: [Range<Int>] = []
  /// UTF-16 before and after an ICU call, and the UTF-8 made of it.
  var units = Workspace<UInt16>()
  var moreUnits = Workspace<UInt16>()
  var bytes = Workspace<UInt8>()

  private var caseMap: OpaquePointer?
  private var sentences: OpaquePointer?

  public init() {
    unsafe (caseMap, sentences) = (nil, nil)
  }

  deinit {
    if let caseMap = unsafe caseMap { unsafe icu_close_case_map(caseMap) }
    if let sentences = unsafe sentences { unsafe icu_close_sentences(sentences) }
  }

  /// The case mappings of the root locale, opened at first use.
  mutating func openedCaseMap() throws(Diagnostic) -> OpaquePointer {
    if let caseMap = unsafe caseMap { return unsafe caseMap }
    var status: icu_status = 0
    guard let opened = unsafe icu_open_case_map(&status) else { throw icuFailure(status, "open its case mappings") }
    unsafe caseMap = opened
    return unsafe opened
  }

  /// The sentence rules of the root locale, opened at first use, at the start of `text`.
  mutating func openedSentences(of text: UnsafeBufferPointer<UInt8>) throws(Diagnostic) -> OpaquePointer {
    var status: icu_status = 0
    if unsafe sentences == nil { unsafe sentences = icu_open_sentences(&status) }
    guard let sentences = unsafe sentences else { throw icuFailure(status, "open its sentence rules") }
    unsafe icu_set_sentence_text(sentences, text.baseAddress, Int64(text.count), &status)
    guard status.isSuccess else { throw icuFailure(status, "find sentences") }
    return unsafe sentences
  }
}

/// Memory that grows to the largest request and is then reused; its content means nothing between uses.
@safe struct Workspace<Element: BitwiseCopyable>: ~Copyable {
  private(set) var storage = unsafe UnsafeMutableBufferPointer<Element>(start: nil, count: 0)

  init() {}

  deinit { unsafe storage.deallocate() }

  /// Room for at least `count` elements. Growing loses the content.
  mutating func reserve(_ count: Int) -> UnsafeMutableBufferPointer<Element> {
    if unsafe count > storage.count {
      unsafe storage.deallocate()
      unsafe storage = .allocate(capacity: max(count, 2 * storage.count, 256))
    }
    return unsafe storage
  }
}
