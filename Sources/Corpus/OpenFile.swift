import Blocks
import Files

/// Looks at how a file starts, passes over a byte order mark, refuses what is of no use, and makes the reader for its
/// format: the one list of formats.
///
/// - Parameter onDisk: the file as it lies on disk, if it is no stream and no part of another file.
func openFile(
  of window: SourceWindow, path: String, _ options: InputOptions,
  onDisk: () throws(Diagnostic) -> ContentBytes? = { () throws(Diagnostic) in nil }
) throws(Diagnostic) -> any DocumentReader {
  let head = try ContentHead(of: window)
  let format = format(of: head, path: path, options)
  switch format {
  case .parquet:
    // A file on disk that is packed as a whole is none that can be read here and there.
    if let content = try onDisk(), try content.begins(with: ParquetReader.magic) {
      return try ParquetReader(content, options)
    }
    return try ParquetReader(ContentBytes(holding: window, path: path, limit: options.maximumBufferBytes), options)
  case .arrow: return ArrowReader(options, path: path)
  case .npy: return NumPyArray(options)
  default: break
  }
  if options.codes != nil {
    throw Diagnostic(
      "corpus.no-fields", "a file without columns has none to take codes from", at: SourceLocation(path: path),
      expected: "a table or an array: parquet, arrow or npy", found: format.rawValue,
      help: "leave out `codes:` if it holds texts")
  }
  if format == .mediawiki, let isBigEndian = head.isBigEndianUTF16 {
    return TranscodedReader(window, path: path, isBigEndian: isBigEndian, MediaWikiDump(options))
  }
  // Pages say their encodings themselves.
  if format != .html, let problem = head.problem(path: path) { throw problem }
  window.consume(head.markByteCount)
  switch format {
  case .jsonl: return JSONLines(options)
  case .json: return JSONDocuments(options)
  case .csv: return SeparatedValues(options, delimiter: options.delimiter ?? UInt8(ascii: ","))
  case .tsv: return SeparatedValues(options, delimiter: options.delimiter ?? UInt8(ascii: "\t"))
  default: break
  }
  if options.sections != nil {
    throw Diagnostic(
      "corpus.no-fields", "plain text has no fields to take the texts of a record from",
      at: SourceLocation(path: path), expected: "JSON lines or a table",
      help: "set `format: jsonl` if it holds JSON lines; else leave out the fields under `text:`")
  }
  switch format {
  case .warc: return WARCReader(options)
  case .mediawiki: return MediaWikiDump(options)
  case .html, .markdown: return MarkupFile(options, isMarkdown: format == .markdown)
  default: return PlainText(options)
  }
}

/// What the recipe says; else what the content says; else what the name promises; else JSON or text, by the first byte.
private func format(of head: ContentHead, path: String, _ options: InputOptions) -> InputOptions.Format {
  if options.format != .auto { return options.format }
  if let format = head.format { return format }
  let format = InputFile.format(ofName: path)
  if format != .auto { return format }
  if head.isPlainJSON { return .json }
  if head.startsObject { return .jsonl }
  return InputFile.uncompressedName(path).lowercased().hasSuffix(".json") ? .json : .text
}
