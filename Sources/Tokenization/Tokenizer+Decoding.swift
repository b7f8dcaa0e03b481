extension Tokenizer {
  /// The text of ids, as the reference's decoder writes it. Unknown ids are passed over; bytes that are no UTF-8 become
  /// U+FFFD.
  public func decode(_ ids: [UInt32], skipSpecialTokens: Bool) -> String {
    let tokens = ids.compactMap { id -> [UInt8]? in
      guard let token = definition.addedTokens.entry(for: id)?.decoded ?? definition.model.vocabulary.token(for: id),
        !skipSpecialTokens || !definition.addedTokens.skips(token)
      else { return nil }
      return token
    }
    let parts = definition.decoder?.decode(tokens) ?? [Array(tokens.joined(separator: [0x20]))]
    return String(decoding: Array(parts.joined()), as: UTF8.self)
  }
}
