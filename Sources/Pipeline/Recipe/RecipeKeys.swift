package import Blocks
import Corpus
import Shards
import Text
import Tokenization

/// Every key a recipe may hold: the one definition behind checking, defaults, `explain` and the reference page.
package enum RecipeKeys {
  package static let top: [Setting] = [
    Setting(
      "preset", .text, default: .null,
      "A published model's data recipe (`palimpsest presets`): its text steps, tokenizer and objective, for all that "
        + "the"
        + " recipe does not say itself."),
    Setting(
      "seed", .integer(0...Int.max), default: .integer(0),
      "Keys every random draw. The same recipe with the same seed gives the same bytes."),
    Setting(
      "input", .either([.text, .any, .list(.either([.text, .any]))]), default: nil,
      "What to read: a path, glob, folder or `-`; or a map with the keys of section `input`; or a list of these."),
    Setting(
      "text", .list(.choice(TextPipeline.steps.names)), default: .list([]),
      "Normalization steps applied to every text, in this order, before ids are computed and the text is tokenized."),
    Setting(
      "tokenizer", .either([.text, .any]), default: nil,
      "A tokenizer to load: a `tokenizer.json`, or another form that section `tokenizer` names; or a map with the keys "
        + "of that section."),
    Setting(
      "special_tokens", .any, default: .null,
      "Which tokens play the special roles, where the usual names (`[MASK]`, `</s>`, …) do not apply."),
    Setting(
      "special_in_text", .choice(["text", "match"]), default: .text("text"),
      "What a special token written in a text becomes: `text` leaves it text, so that no special id leaks into the "
        + "data; `match` makes it the special id, as Hugging Face tokenizers do by default."),
    Setting(
      "objectives", .any, default: nil,
      "What to make: one entry for each dataset folder. The key is the folder and, unless `objective` says otherwise, "
        + "the objective."),
    Setting("output", .any, default: .null, "Where the dataset goes and how it is laid out."),
    Setting(
      "block_size", .byteSize, default: .integer(8 << 20),
      "Decompressed bytes after which a block of documents is cut. Windows, packing partners and negatives never "
        + "cross a block."),
  ]

  package static let input: [Setting] = [
    Setting(
      "path", .either([.text, .list(.text)]), default: .null,
      "Paths, globs (`*`, `?`, `[a-z]`, `**`), folders (every file whose name is that of a corpus), `http(s)://` and "
        + "`s3://` addresses (`s3://bucket/folder`, globs too), `@FILE` for a list of such, or `-`."),
    Setting(
      "list", .either([.text, .list(.text)]), default: .null,
      "Files that name inputs, one a line, as `path` does; empty lines and lines that begin with `#` are passed over."),
    Setting(
      "weight", .number(0...1000), default: .integer(1),
      "How often each document takes part: 2 is twice, each time with draws of its own as in a further epoch; 0.25 "
        + "keeps a quarter of the documents, 1.25 takes all once and a quarter twice. Which ones depends on a "
        + "document's text and the seed alone."),
    Setting(
      "text", .either([.text, .any]), default: .text("text"),
      "The JSON field or the column that holds the text; dots lead into objects (`meta.body`). Or, for records of "
        + "several texts, a map with the keys of section `input.text`."),
    Setting(
      "codes", .text, default: .null,
      "The column of a table that holds ids already, integers or lists of them, in place of a text; `.npy` files hold "
        + "nothing else. Text steps and the tokenizer pass over them."),
    Setting(
      "id", .text, default: .null, "The field or column that holds the document's own id; kept for messages."),
    Setting(
      "format", .choice(InputOptions.Format.allCases.map(\.rawValue)), default: .text("auto"),
      "How documents lie in the files. `auto`: by the first bytes where they say it, else by the name, else JSON lines "
        + "or text by the first byte."),
    Setting(
      "documents", .choice(InputOptions.TextDocuments.allCases.map(\.rawValue)), default: .text("paragraph"),
      "Where documents end in text files: at each `line`, at blank lines (`paragraph`), at each `separator`, or at the "
        + "end of the `file`."),
    Setting(
      "separator", .text, default: .text("<|endoftext|>"), "What stands between documents for `documents: separator`."),
    Setting(
      "delimiter", .text, default: .null,
      "The character between the fields of `csv` (by default a comma) and `tsv` (a tab)."),
    Setting(
      "header", .flag, default: .flag(true),
      "The first row of `csv` and `tsv` names the columns; without it they are called `0`, `1`, `2` …"),
    Setting(
      "on_error", .choice(OnError.allCases.map(\.rawValue)), default: .text("fail"),
      "What a damaged document does: `fail` the run, be `skip`ped, counted and listed, or be `repair`ed (invalid UTF-8 "
        + "becomes U+FFFD) and only skipped where that is impossible."),
    Setting(
      "max_document_size", .byteSize, default: .integer(256 << 20),
      "Longest document in bytes; a longer one is an error under `on_error`."),
    Setting(
      "max_buffer_size", .byteSize, default: .integer(512 << 20),
      "Most bytes of one page, dictionary, record batch or footer of a table (`parquet`, `arrow`), and of a table that "
        + "must be held in memory because it lies in an archive or a packed file; a larger one is an error."),
    Setting("limits", .any, default: .null, "What files may ask for: a map with the keys of section `input.limits`."),
  ]

  package static let limits: [Setting] = [
    Setting(
      "window", .byteSize, default: .integer(1 << 27),
      "Largest window of a zstd frame or dictionary of an xz stream: memory that unpacking takes."),
    Setting(
      "ratio", .integer(1...Int.max), default: .integer(1000),
      "Most unpacked bytes for each byte of a compressed file, counted once 64 MiB have come out."),
    Setting("line", .byteSize, default: .integer(256 << 20), "Longest line of a file of lines, in bytes."),
    Setting(
      "nesting", .integer(1...InputLimits.deepestNesting), default: .integer(512),
      "Most levels of arrays and objects in JSON."),
    Setting(
      "archive_depth", .integer(1...64), default: .integer(4),
      "Most archives in one another: 1 refuses an archive in an archive."),
    Setting("archive_entries", .integer(1...Int.max), default: .integer(10_000_000), "Most entries of an archive."),
  ]

  package static let records: [Setting] = [
    Setting("anchor", .text, default: nil, "The field or column that holds a record's first text."),
    Setting("positive", .text, default: nil, "The field that holds the text that goes with it."),
    Setting(
      "negative", .either([.text, .list(.text)]), default: .null,
      "The fields that hold texts that do not: each holds one, a list of them, or none."),
  ]

  package static let tokenizer: [Setting] = [
    Setting(
      "path", .text, default: .null,
      "A `tokenizer.json` as Hugging Face `tokenizers` writes it; SentencePiece's `tokenizer.model`; a BERT "
        + "`vocab.txt`; a `vocab.json` with its `merges.txt` beside it, or the other way round; a `.tiktoken`; or a "
        + "folder that holds one of them. The dataset always carries a `tokenizer.json`."),
    Setting(
      "pattern", .choice(TiktokenEncoding.allCases.map(\.rawValue)), default: .null,
      "How a `.tiktoken` splits text, and its special tokens; by default the encoding that the file's name begins with."
    ),
    Setting(
      "lowercase", .flag, default: .null,
      "Whether a `vocab.txt` is for text in lower case; by default `do_lower_case` of the `tokenizer_config.json` "
        + "beside it, else true when no token has a capital."),
    Setting(
      "codes", .any, default: .null,
      "No tokenizer: the inputs are codes already (`.npy`, `input.codes`). The keys of section `tokenizer.codes`."),
    Setting(
      "train", .any, default: .null, "Train one from the same inputs first: the keys of section `tokenizer.train`."),
  ]

  package static let specialTokens: [Setting] =
    SpecialTokens.Role.allCases.map { role in
      Setting(role.rawValue, .text, default: .null, "The token that plays '\(role.rawValue)'.")
    } + [
      Setting(
        "sentinels", .text, default: .null,
        "The sentinels' names with `%d` for the number: `<extra_id_%d>`, `[unused%d]`.")
    ]

  package static let output: [Setting] = [
    Setting("path", .text, default: .text("out"), "The dataset's folder."),
    Setting(
      "shard_size", .byteSize, default: .integer(64_000_000), "About how large a shard may be, before compression."),
    Setting(
      "shard_rows", .integer(1...Int(Int32.max)), default: .null,
      "The most rows of a shard, instead of `shard_size`. Shards of a split differ by one row at most."),
    Setting(
      "shards", .integer(1...99_999), default: .null,
      "How many shards each split has (fewer where it has fewer rows), instead of `shard_size`."),
    Setting(
      "compression", .choice(ShardCompression.allCases.map(\.rawValue)), default: .null,
      "`zstd` packs the values of each record batch: smaller, read by Arrow and `datasets` all the same, but not "
        + "mapped "
        + "without a copy. Left out, or `none`: not packed."),
    Setting(
      "shuffle", .choice(Recipe.Shuffle.allCases.map(\.rawValue)), default: .text("global"),
      "`global`: rows sorted by a random key; `none`: rows in corpus order."),
    Setting(
      "validation", .number(0...0.5), default: .number(0),
      "Share of the documents that goes to a `validation` split. Which ones depends on their text alone."),
  ]

  /// The keys that every objective takes beside its own.
  package static func objective(_ kind: String) -> [Setting] {
    [
      Setting("objective", .text, default: .text(kind), "The kind of objective, when the entry has a name of its own."),
      Setting(
        "epochs", .integer(1...65_535), default: .integer(1),
        "Independent corruption copies of every window, with draws of their own (BERT's `dupe_factor`)."),
      Setting(
        "bins", .list(.integer(1...(1 << 20))), default: .null,
        "Parts rows by length, as LDDL does: `[64, 128, 256, 512]` gives splits `train_64`, `train_128`, …, each row "
          + "in "
          + "the smallest that holds its `input_ids`. For rows without padding (`layout: compact`)."),
      Setting(
        "preset", .text, default: .null,
        "A published model's settings of this objective, for all that the entry does not say itself."),
    ]
  }
}
