import Blocks
import Corpus
import Files
import TestSupport
import Testing

/// Records of several texts: one document for each of them, in order.
@Suite struct RecordTests {
  private func options(_ onError: OnError = .fail, negatives: [[String]] = [["n"]]) -> InputOptions {
    InputOptions(text: ["a"], sections: .init(positive: ["meta", "p"], negatives: negatives), onError: onError)
  }

  @Test func `A record's texts follow one another, numbered`() throws {
    let result = try read(
      #"""
      {"a": "one", "meta": {"p": "two"}, "n": "three"}
      {"n": ["x", "", null, "y\u00e9"], "meta": {"p": "w"}, "a": "v"}
      {"a": "last", "meta": {"p": "lost"}, "meta": {"p": "two"}, "n": null}
      """#, options())
    #expect(result.texts == ["one", "two", "three", "v", "w", "x", "yé", "last", "two"])
    #expect(result.documents.map(\.section) == [0, 1, 2, 0, 1, 2, 3, 0, 1])
    #expect(result.documents.map(\.sourceLine) == [1, 1, 1, 2, 2, 2, 2, 3, 3])
  }

  @Test func `Several fields hold negatives`() throws {
    let result = try read(
      #"{"a": "1", "meta": {"p": "2"}, "m": "4", "n": ["3"]}"#, options(negatives: [["n"], ["m"], ["none"]]))
    #expect(result.texts == ["1", "2", "3", "4"])
  }

  @Test func `A record that lacks a text is refused, or left out and listed once`() throws {
    let lines = [
      #"{"a": "1"}"#, #"{"meta": {"p": "2"}}"#, #"{"a": "1", "meta": {"p": 2}}"#,
      #"{"a": "1", "meta": {"p": "2"}, "n": ["3", 4]}"#, #"{"a": "1", "meta": {"p": "\ud800"}}"#,
    ]
    let codes = [
      "corpus.missing-field", "corpus.missing-field", "corpus.wrong-type", "corpus.wrong-type", "corpus.lone-surrogate",
    ]
    for (line, code) in zip(lines, codes) {
      #expect(diagnostic { () throws(Diagnostic) in try read(line, options()) }?.code == code)
    }
    let good = #"{"a": "5", "meta": {"p": "6"}}"#
    let result = try read((lines + [good]).joined(separator: "\n"), options(.skip))
    #expect(result.codes == codes)
    #expect(result.texts == ["5", "6"])
    // Nothing to read in a field is no fault, under every policy.
    let empty = try read(#"{"a": "1", "meta": {"p": ""}}"# + "\n" + #"{"a": "", "meta": {"p": "2"}}"#, options())
    #expect(empty.codes == ["corpus.empty-document", "corpus.empty-document"] && empty.texts.isEmpty)
  }

  @Test func `The message says which field is missing, and where`() {
    let error = diagnostic { () throws(Diagnostic) in try read(#"{"a": "1", "b": 2}"#, options()) }
    #expect(error?.message == "a record has no field 'meta.p'" && error?.location?.line == 1)
  }

  @Test func `Plain text has no fields`() {
    let error = diagnostic { () throws(Diagnostic) in try read("some text\n", named: "a.txt", options()) }
    #expect(error?.code == "corpus.no-fields")
  }

  @Test func `Each text of a record bears the record's own id`() throws {
    var options = options()
    options.id = ["id"]
    let result = try read(#"{"id": 7, "a": "1", "meta": {"p": "2"}}"#, options)
    #expect(result.ids == ["7", "7"])
  }
}
