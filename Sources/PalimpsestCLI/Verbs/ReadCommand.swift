import ArgumentParser
import Palimpsest

struct ReadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "Show the documents that a recipe would read out of files.",
    discussion: """
      Writes {"text":…} for each document, one a line; what is left out goes to standard error. The options are keys \
      of a recipe's input, with their defaults.

        palimpsest read crawl/part-0000.parquet | head -3
        palimpsest read --text body --id url --on-error skip dump.csv.gz
        palimpsest read --count enwiki.xml.bz2
        palimpsest read --codes input_ids ids.parquet
      """)

  @Argument(help: "Paths, globs, folders, or - for standard input.")
  var inputs: [String]

  @Option(help: ArgumentHelp("The field or column that holds the text.", valueName: "field"))
  var text = "text"

  @Option(help: ArgumentHelp("The field or column that holds the document's own id.", valueName: "field"))
  var id: String?

  @Option(help: ArgumentHelp("The column that holds a document's ids; there is no text then.", valueName: "field"))
  var codes: String?

  @Option(help: "How documents lie in the files.", transform: choice)
  var format = InputOptions.Format.auto

  @Option(help: "Where documents end in text files: line, paragraph, separator or file.", transform: choice)
  var documents = InputOptions.TextDocuments.paragraph

  @Option(help: "What a damaged document does: fail, skip or repair.", transform: choice)
  var onError = OnError.fail

  @Flag(help: "Print only totals: documents, bytes of text, documents left out.")
  var count = false

  mutating func run() throws {
    let options = InputOptions(
      text: InputOptions.fieldPath(text), codes: codes.map(InputOptions.fieldPath), id: id.map(InputOptions.fieldPath),
      format: format, documents: documents, onError: onError)
    var totals = (documents: 0, bytes: 0, skipped: 0)
    var block = DocumentBlock()
    for file in try resolveInputs(inputs, options: options) {
      var cursor = try InputCursor(file)
      while try cursor.nextBlock(into: &block) {
        totals.documents += block.documents.count
        totals.bytes += block.bytes.count
        totals.skipped += block.skipped.count
        if !count { show(block) }
      }
    }
    if count {
      Terminal.print(
        #"{"documents": \#(totals.documents), "bytes": \#(totals.bytes), "left_out": \#(totals.skipped)}"#)
    }
  }

  private func show(_ block: borrowing DocumentBlock) {
    for skip in block.skipped { Terminal.printError("left out: \(skip.location): \(skip.message) [\(skip.code)]") }
    for (index, document) in block.documents.enumerated() {
      var entries: [(String, JSONValue)] = []
      if !block.sourceIDs.isEmpty { entries.append(("id", .string(block.sourceIDs[index]))) }
      if block.holdsCodes {
        entries.append(("codes", .array(block.codes(of: document).map { .integer(Int($0)) })))
      } else {
        entries.append(("text", .string(block.text(of: document))))
      }
      if document.section > 0 { entries.append(("section", .integer(document.section))) }
      Terminal.print(JSONValue.object(JSONObject(entries)).description)
    }
  }
}

/// A value of a fixed list, for options.
private func choice<Value: RawRepresentable<String> & CaseIterable>(_ text: String) throws -> Value {
  guard let value = Value(rawValue: text) else {
    throw ValidationError("'\(text)' is none of \(Value.allCases.map(\.rawValue).joined(separator: ", ")).")
  }
  return value
}
