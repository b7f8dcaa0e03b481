import Blocks
import Files
import Text

/// A file that is one document in a markup language, read as the text that it shows.
final class MarkupFile: DocumentReader {
  private let options: InputOptions
  private let isMarkdown: Bool
  private let rows: RowDocuments
  private let pages: WebPages
  private var isDone = false

  init(_ options: InputOptions, isMarkdown: Bool) {
    self.options = options
    self.isMarkdown = isMarkdown
    rows = RowDocuments(options)
    pages = WebPages(limit: options.maximumDocumentBytes)
  }

  var line: Int { 1 }

  func readUnit(from window: SourceWindow, into block: inout DocumentBlock) throws(Diagnostic) -> Bool {
    if isDone { return false }
    isDone = true
    let location = SourceLocation(path: block.path, byte: window.position, line: 1)
    var bytes: [UInt8] = []
    var byteCount = 0
    repeat {
      byteCount += window.heldByteCount
      if byteCount <= options.maximumDocumentBytes { unsafe bytes.append(contentsOf: window.held) }
      window.consume(window.heldByteCount)
    } while try window.fill()
    guard byteCount <= options.maximumDocumentBytes else {
      try rows.policy.rejectTooLarge(byteCount, at: location, in: &block)
      return true
    }
    do throws(Diagnostic) {
      let text = try isMarkdown ? plain(bytes) : pages.text(of: bytes, "", "text/html", at: location)
      try rows.take(text.map { $0[...] }, at: location, into: &block)
    } catch {
      guard error.isAboutContent, options.onError != .fail else { throw error }
      rows.policy.note(error, in: &block)
    }
    return true
  }

  private func plain(_ markdown: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    MarkdownText.append(markdown, to: &text)
    return text
  }
}
