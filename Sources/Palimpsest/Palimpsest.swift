/// The public face: everything a user of the library needs comes with `import Palimpsest`.
///
///     let report = try DatasetBuilder(recipe: Recipe(contentsOf: "recipe.yaml")).build()
///     let dataset = try Dataset(opening: "out")
///     let tokenizer = try Tokenizer(json: bytes)
@_exported public import Blocks
@_exported public import Corpus
@_exported public import Files
@_exported public import Inspection
@_exported public import JSONText
@_exported public import Objectives
@_exported public import Pipeline
@_exported public import Remote
@_exported public import Shards
@_exported public import Text
@_exported public import Tokenization
@_exported public import Validation
