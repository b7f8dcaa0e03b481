import Corpus

extension Target {
  /// Every reader: what it is called on the command line, and in `Fuzz/seeds`.
  static let all: [Target] = [
    Target("jsonl", "a.jsonl"),
    Target("fields", "a.jsonl") {
      $0.text = ["meta", "text"]
      $0.sections = InputOptions.Sections(positive: ["positive"], negatives: [["negatives"], ["more"]])
    },
    Target("lines", "a.txt") { $0.documents = .line },
    Target("paragraphs", "a.txt"),
    Target("file", "a.txt") { $0.documents = .file },
    // The content tells which: the seeds hold them all.
    Target("compression", "a.jsonl.zst"),
    Target("tar", "a.tar"),
  ]
}
