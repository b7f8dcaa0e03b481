/// The `normalizer` of a `tokenizer.json`: what happens to text before it is split.
///
/// The world is closed: what is not here is refused by name when the file is read.
indirect enum Normalizer: Sendable {
  case bert(BertNormalizer)
  case unicode(NormalizationForm)
  case lowercase
  case stripAccents
  case strip(Strip)
  case replace(Replace)
  case prepend([UInt8])
  case nmt
  case precompiled(Precompiled)
  case byteLevel
  case sequence([Normalizer])

  static let knownNames = [
    "BertNormalizer", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Strip", "Replace", "Prepend", "Nmt",
    "Precompiled", "ByteLevel", "Sequence",
  ]

  /// Normalizes `text` in place; `spare` is a second buffer whose content means nothing.
  func apply(to text: inout AlignedText, spare: inout AlignedText) {
    switch self {
    case .bert(let bert): bert.apply(to: &text, spare: &spare)
    case .unicode(let form): text.rewrite(using: &spare) { form.apply(to: $0, into: &$1) }
    case .lowercase: text.rewrite(using: &spare) { Lowercase.apply(to: $0, into: &$1) }
    case .stripAccents: text.rewrite(using: &spare) { StripAccents.apply(to: $0, into: &$1) }
    case .strip(let strip): text.rewrite(using: &spare) { strip.apply(to: $0, into: &$1) }
    case .replace(let replace): text.rewrite(using: &spare) { replace.apply(to: $0, into: &$1) }
    case .prepend(let prefix): text.rewrite(using: &spare) { Prepend.apply(prefix, to: $0, into: &$1) }
    case .nmt: text.rewrite(using: &spare) { Nmt.apply(to: $0, into: &$1) }
    case .precompiled(let table): text.rewrite(using: &spare) { table.apply(to: $0, into: &$1) }
    case .byteLevel: text.rewrite(using: &spare) { ByteLevelAlphabet.spell($0, 0..<$0.count, into: &$1) }
    case .sequence(let members): for member in members { member.apply(to: &text, spare: &spare) }
    }
  }
}

extension AlignedText {
  /// Replaces the text by what `step` writes, and leaves the old text in `spare`.
  @inline(__always)
  mutating func rewrite(using spare: inout AlignedText, _ step: (borrowing AlignedText, inout AlignedText) -> Void) {
    spare.removeAll(aligned: isAligned)
    spare.isTracedByPlace = isTracedByPlace
    step(self, &spare)
    swap(&self, &spare)
  }
}
