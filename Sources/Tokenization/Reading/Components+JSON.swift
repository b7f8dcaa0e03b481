internal import Blocks
internal import JSONText

extension Normalizer {
  init(_ component: Component) throws(Diagnostic) {
    let type = try component.type()
    if let form = NormalizationForm(rawValue: type) {
      self = .unicode(form)
      return
    }
    switch type {
    case "BertNormalizer":
      let accents = component.object["strip_accents"]?.isNull == false
      self = .bert(
        BertNormalizer(
          cleansText: try component.flag("clean_text", default: true),
          padsIdeographs: try component.flag("handle_chinese_chars", default: true),
          stripsAccents: accents ? try component.flag("strip_accents", default: true) : nil,
          lowercases: try component.flag("lowercase", default: true)))
    case "Lowercase": self = .lowercase
    case "StripAccents": self = .stripAccents
    case "Strip":
      self = .strip(
        Strip(
          left: try component.flag("strip_left", default: true),
          right: try component.flag("strip_right", default: true)))
    case "Replace":
      self = .replace(Replace(pattern: try SplitPattern(component), content: try component.bytes("content")))
    case "Prepend": self = .prepend(try component.bytes("prepend"))
    case "Nmt": self = .nmt
    case "Precompiled": self = .precompiled(try Precompiled(component))
    case "ByteLevel": self = .byteLevel
    case "Sequence":
      var members: [Normalizer] = []
      for member in try component.members("normalizers") { members.append(try Normalizer(member)) }
      self = .sequence(members)
    default: throw component.unsupported("the normalizer '\(type)'", known: Self.knownNames)
    }
  }
}

extension PreTokenizer {
  init(_ component: Component) throws(Diagnostic) {
    let type = try component.type()
    switch type {
    case "BertPreTokenizer": self = .bert
    case "Whitespace": self = .whitespace
    case "WhitespaceSplit": self = .whitespaceSplit
    case "Punctuation": self = .punctuation(try SplitBehavior(component, default: .isolated))
    case "Digits": self = .digits(individually: try component.flag("individual_digits", default: false))
    case "ByteLevel":
      self = .byteLevel(
        ByteLevel(
          addsPrefixSpace: try component.flag("add_prefix_space", default: true),
          splits: try component.flag("use_regex", default: true)))
    case "Split":
      self = .split(
        Split(
          pattern: try SplitPattern(component), behavior: try SplitBehavior(component, default: nil),
          inverts: try component.flag("invert", default: false)))
    case "CharDelimiterSplit":
      self = .characterDelimiter(try component.character("delimiter").value)
    case "Metaspace": self = .metaspace(try Metaspace(component))
    case "UnicodeScripts": self = .unicodeScripts
    case "FixedLength": self = .fixedLength(try component.count("length", default: 5, from: 1))
    case "Sequence":
      var members: [PreTokenizer] = []
      for member in try component.members("pretokenizers") { members.append(try PreTokenizer(member)) }
      self = .sequence(members)
    default: throw component.unsupported("the pre-tokenizer '\(type)'", known: Self.knownNames)
    }
  }
}

extension SplitBehavior {
  fileprivate init(_ component: Component, default defaultValue: SplitBehavior?) throws(Diagnostic) {
    if let defaultValue, component.object["behavior"] == nil {
      self = defaultValue
      return
    }
    let name = try component.string("behavior")
    guard let behavior = SplitBehavior(rawValue: name) else {
      throw component.unsupported("the behavior '\(name)'", known: SplitBehavior.allCases.map(\.rawValue))
    }
    self = behavior
  }
}

extension SplitPattern {
  fileprivate init(_ component: Component) throws(Diagnostic) {
    let pattern = component.object["pattern"]
    if let literal = pattern?["String"]?.string, !literal.isEmpty {
      self = .literal(Array(literal.utf8))
      return
    }
    guard let expression = pattern?["Regex"]?.string else {
      throw component.wrong("pattern", expected: #"{"String": "…"} or {"Regex": "…"}, not empty"#)
    }
    do throws(OnigurumaPattern.Refusal) {
      self = try SplitPattern(expression: expression)
    } catch {
      throw component.unsupported(expression: expression, error)
    }
  }
}

extension PostProcessor {
  init(_ component: Component) throws(Diagnostic) {
    let type = try component.type()
    switch type {
    case "BertProcessing": self = .bert(cls: try Self.id("cls", component), sep: try Self.id("sep", component))
    case "RobertaProcessing":
      self = .roberta(cls: try Self.id("cls", component), sep: try Self.id("sep", component))
    case "ByteLevel": self = .byteLevel
    case "TemplateProcessing": self = .template(try TemplateProcessing(component))
    case "Sequence":
      var members: [PostProcessor] = []
      for member in try component.members("processors") { members.append(try PostProcessor(member)) }
      self = .sequence(members)
    default: throw component.unsupported("the post-processor '\(type)'", known: Self.knownNames)
    }
  }

  /// The id in `["[SEP]", 102]`.
  private static func id(_ key: String, _ component: Component) throws(Diagnostic) -> UInt32 {
    try component.id(component.list(key).last, key)
  }
}

extension TemplateProcessing {
  fileprivate init(_ component: Component) throws(Diagnostic) {
    single = try Self.pieces("single", component)
    pair = try Self.pieces("pair", component)
  }

  private static func pieces(_ key: String, _ component: Component) throws(Diagnostic) -> [Piece] {
    var pieces: [Piece] = []
    for value in try component.list(key) {
      if let sequence = value["Sequence"]?["id"]?.string {
        pieces.append(sequence == "B" ? .secondText : .firstText)
      } else if let name = value["SpecialToken"]?["id"]?.string {
        guard let list = component.object["special_tokens"]?[name]?["ids"]?.array else {
          throw component.wrong("special_tokens", expected: "an entry with ids for '\(name)'")
        }
        var ids: [UInt32] = []
        for id in list { ids.append(try component.id(id, "special_tokens")) }
        pieces.append(.special(ids))
      } else {
        throw component.wrong(key, expected: #"{"Sequence": …} or {"SpecialToken": …} in each place"#)
      }
    }
    return pieces
  }
}

extension Decoder {
  init(_ component: Component) throws(Diagnostic) {
    let type = try component.type()
    switch type {
    case "WordPiece":
      self = .wordPiece(
        WordPieceDecoder(
          prefix: try component.optionalBytes("prefix") ?? Array("##".utf8),
          cleansUp: try component.flag("cleanup", default: true)))
    case "ByteLevel": self = .byteLevel
    case "BPEDecoder": self = .bytePair(suffix: try component.optionalBytes("suffix") ?? Array("</w>".utf8))
    case "Fuse": self = .fuse
    case "ByteFallback": self = .byteFallback
    case "Metaspace": self = .metaspace(try Metaspace(component))
    case "Strip":
      self = .strip(
        StripDecoder(
          content: try component.character("content"), start: try component.count("start", default: nil),
          stop: try component.count("stop", default: nil)))
    case "Replace":
      self = .replace(Replace(pattern: try SplitPattern(component), content: try component.bytes("content")))
    case "CTC":
      self = .ctc(
        CTCDecoder(
          padding: try component.bytes("pad_token"), wordDelimiter: try component.bytes("word_delimiter_token"),
          cleansUp: try component.flag("cleanup", default: true)))
    case "Sequence":
      var members: [Decoder] = []
      for member in try component.members("decoders") { members.append(try Decoder(member)) }
      self = .sequence(members)
    default: throw component.unsupported("the decoder '\(type)'", known: Self.knownNames)
    }
  }
}
