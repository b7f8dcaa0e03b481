package import Blocks
import Corpus
import Text
import Tokenization

/// Every key a recipe may hold: the one definition behind checking, defaults, `explain` and the reference page.
package enum RecipeKeys {
  package static let top: [Setting] = [
    Setting(
      "preset", .text, default: .null,
      "A published model's data recipe (`palimpsest presets`): its text steps, tokenizer and objective, for all that the"
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
      "path", .either([.text, .list(.text)]), default: nil,
      "Paths, globs (`*`, `?`, `[a-z]`, `**`), folders (every file that looks like text or JSON lines), or `-`."),
    Setting(
      "text", .either([.text, .any]), default: .text("text"),
      "The JSON field that holds the text; dots lead into objects (`meta.body`). Or, for records of several texts, a "
        + "map with the keys of section `input.text`."),
    Setting("id", .text, default: .null, "The JSON field that holds the document's own id; kept for messages."),
    Setting(
      "format", .choice(InputOptions.Format.allCases.map(\.rawValue)), default: .text("auto"),
      "`jsonl`, `text`, or `auto`: by the file's name, else by its first byte."),
    Setting(
      "documents", .choice(InputOptions.TextDocuments.allCases.map(\.rawValue)), default: .text("paragraph"),
      "Where documents end in text files: at each `line`, at blank lines (`paragraph`), or at the end of the `file`."),
    Setting(
      "on_error", .choice(OnError.allCases.map(\.rawValue)), default: .text("fail"),
      "What a damaged document does: `fail` the run, be `skip`ped, counted and listed, or be `repair`ed (invalid UTF-8 "
        + "becomes U+FFFD) and only skipped where that is impossible."),
    Setting(
      "max_document_size", .byteSize, default: .integer(256 << 20),
      "Longest document in bytes; a longer one is an error under `on_error`."),
  ]

  package static let records: [Setting] = [
    Setting("anchor", .text, default: nil, "The JSON field that holds a record's first text."),
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
    Setting("shard_size", .byteSize, default: .integer(64_000_000), "About how large a shard may be."),
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
        "preset", .text, default: .null,
        "A published model's settings of this objective, for all that the entry does not say itself."),
    ]
  }
}
