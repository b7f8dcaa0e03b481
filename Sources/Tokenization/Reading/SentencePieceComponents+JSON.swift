internal import Blocks
internal import JSONText

extension Metaspace {
  /// Reads both spellings: `prepend_scheme` and `split`, and `add_prefix_space` of older files, whose `str_rep` says
  /// nothing.
  init(_ component: Component) throws(Diagnostic) {
    replacement = Array(String(try component.character("replacement")).utf8)
    splits = try component.flag("split", default: true)
    if component.object["prepend_scheme"] != nil {
      let name = try component.string("prepend_scheme")
      guard let scheme = PrependScheme(rawValue: name) else {
        throw component.unsupported(
          "the prepend_scheme '\(name)'", known: PrependScheme.allCases.map(\.rawValue))
      }
      prepends = scheme
    }
    guard try !component.flag("add_prefix_space", default: true) else { return }
    guard component.object["prepend_scheme"] == nil || prepends == .never else {
      throw component.wrong("add_prefix_space", expected: "true, or \"prepend_scheme\": \"never\" beside it")
    }
    prepends = .never
  }
}

extension Precompiled {
  init(_ component: Component) throws(Diagnostic) {
    let text = try component.bytes("precompiled_charsmap")
    guard let bytes = Base64.decode(text), let table = Precompiled(charsmap: bytes) else {
      throw component.wrong("precompiled_charsmap", expected: "SentencePiece's table of replacements, in base64")
    }
    self = table
  }
}
