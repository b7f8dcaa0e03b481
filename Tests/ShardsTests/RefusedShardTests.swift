import Blocks
import Files
import Shards
import Testing

/// Sound Arrow that is no shard: `fixtures/shards/refused`.
@Suite struct RefusedShardTests {
  @Test(arguments: [
    ("packed-lz4", "shards.unsupported", "packed-lz4.arrow has record batches packed otherwise than with zstd"),
    ("nulls", "shards.unsupported", "nulls.arrow has 1 nulls"),
    ("text", "shards.unsupported", "text.arrow has values of another type in column 'column'"),
    ("floats", "shards.unsupported", "floats.arrow has values of another type in column 'column'"),
    ("dictionary", "shards.unsupported", "dictionary.arrow has dictionary values in column 'column'"),
    ("lists-of-lists", "shards.unsupported", "lists-of-lists.arrow has values of another type in column 'column'"),
    ("arrow-file", "shards.not-arrow", "arrow-file.arrow is not an Arrow stream"),
  ])
  func `Arrow that is no shard is refused by its name`(name: String, code: String, message: String) {
    let folder = CompatibilityTests.fixture("refused") + "/"
    let error = #expect(throws: Diagnostic.self) {
      try ShardReader(opening: folder + name + ".arrow", in: LocalFileSystem())
    }
    #expect(error?.code == code)
    #expect(error?.message.replacing(folder, with: "") == message)
    #expect(error?.location?.byte != nil)
  }
}
