public import Blocks

/// A tokenizer of the kind that `tokenizer.json` describes: bytes in, ids out, the same ids as Hugging Face tokenizers
/// 0.23.3 gives.
///
///     let tokenizer = try Tokenizer(json: bytes)
///     tokenizer.encode("Hello world")                      // [7592, 2088] with bert-base-uncased
///
/// Immutable and `Sendable`; what a worker writes while it encodes is in its `Scratch`. Truncation and padding that a
/// file may ask for are left alone: cutting ids into windows is somebody else's work.
public struct Tokenizer: Sendable {
  let definition: Definition

  /// What happens to the text of a special token, "[MASK]", that stands in a document.
  public enum SpecialInText: Sendable {
    /// It becomes the special id, as in the reference.
    case match
    /// It is text like any other (`encode_special_tokens` of the reference); added tokens that are not special still
    /// match.
    case asText
  }

  /// Reads a `tokenizer.json`.
  ///
  /// - Parameter path: what the bytes are called in messages.
  /// - Throws: `json.…`; `tokenizer.unsupported`, naming the component that is not known, or known and not as asked
  /// for;
  ///   `tokenizer.invalid`, for parts that do not fit together. Nothing is ignored that could change an id.
  public init(json: [UInt8], path: String = "tokenizer.json") throws(Diagnostic) {
    definition = try Definition(json: json, path: path)
  }

  /// Highest id + 1, added tokens included. Ids may have holes.
  public var vocabularySize: Int { definition.vocabularySize }

  /// The bytes it was made from.
  public var json: [UInt8] { definition.json }

  /// Buffers and word cache for one worker.
  public func makeScratch() -> Scratch { Scratch(for: definition) }

  /// A scratch whose cache is wiped when it holds half of `cacheCapacity` (a power of two) words, and that takes the
  /// plain way everywhere if kernels are not wanted.
  package func makeScratch(cacheCapacity: Int = 1 << 16, usesKernels: Bool = true) -> Scratch {
    Scratch(for: definition, cacheCapacityLimit: cacheCapacity, usesKernels: usesKernels)
  }

  /// The content of a token; nil where the ids have a hole. Byte-level tokens are spelled in their letters (`Ġthe`).
  public func token(for id: UInt32) -> String? {
    definition.token(for: id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The id of a token by its exact content.
  public func id(of token: String) -> UInt32? {
    definition.id(of: Array(token.utf8))
  }
}
