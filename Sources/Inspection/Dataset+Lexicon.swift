internal import Blocks
internal import Files
internal import Shards
internal import Tokenization

/// The lexicon that an objective of a dataset was built with, in ids; nil for one that had none.
///
/// - Throws: `dataset.other-lexicon` when the file is not the one of the build, and what it has to say itself.
func lexicon(
  of entry: ManifestObjective, in folder: String, tokenizer: Tokenizer, _ fileSystem: any FileSystem
) throws(Diagnostic) -> WordLexicon? {
  guard let digest = entry.lexiconDigest else { return nil }
  let place = "\(folder)/\(entry.name)/\(ManifestObjective.lexiconFileName)"
  let bytes = try fileSystem.readAll(place)
  guard Digest.xxh64(bytes) == digest else {
    throw Diagnostic(
      "dataset.other-lexicon", "'\(place)' is not the lexicon this dataset was made with",
      at: SourceLocation(path: place), expected: "XXH64 \(Digest.hex(digest))",
      found: "XXH64 \(Digest.hex(Digest.xxh64(bytes)))", help: "put the file of the build back in its place")
  }
  return try Lexicon(bytes, path: place).encoded(by: tokenizer)
}
