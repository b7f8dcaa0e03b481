extension Vocabulary {
  /// By byte: the id of `<0xNN>`, which spells unknown text in SentencePiece's vocabularies.
  func byteTokens() -> [UInt32?] {
    (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return id(of: Array("<0x\(digits.utf8.count == 1 ? "0" : "")\(digits)>".utf8))
    }
  }
}
