/// A text without the marks of a markup language.
public struct MarkupText: TextStep {
  public enum Language: String, Sendable {
    case html, markdown, wikitext
  }

  public let language: Language

  public init(_ language: Language) { self.language = language }

  public var name: String { language.rawValue }

  public var summary: String {
    switch language {
    case .html:
      "the text that a page of HTML shows, a line for each paragraph, heading and item; scripts, styles and tags go"
    case .markdown: "Markdown without its marks; code and the labels of links stay"
    case .wikitext: "wikitext of MediaWiki without templates, tables, references and marks; the labels of links stay"
    }
  }

  public func append(_ text: Span<UInt8>, to output: inout [UInt8], scratch: inout TextScratch) {
    let bytes = unsafe text.withUnsafeBufferPointer { unsafe Array($0) }
    switch language {
    case .html: HTMLText.append(bytes, to: &output)
    case .markdown: MarkdownText.append(bytes, to: &output)
    case .wikitext: WikiText.append(bytes, to: &output)
    }
  }
}
