import Blocks
import Testing

@Suite struct DigestTests {
  /// The buffer of xxHash's own sanity check.
  private let sanityBytes: [UInt8] = {
    var state: UInt64 = 2_654_435_761
    return (0..<222).map { _ in
      defer { state &*= 11_400_714_785_074_694_797 }
      return UInt8(state >> 56)
    }
  }()

  @Test func `XXH64 gives the published values`() {
    let published: [(count: Int, plain: String, seeded: String)] = [
      (0, "ef46db3751d8e999", "ac75fda2929b17ef"),
      (1, "e934a84adb052768", "5014607643a9b4c3"),
      (4, "9136a0dca57457ee", "caab286bd8e9fdb5"),
      (14, "8282dcc4994e35c8", "c3bd6bf63deb6df0"),
      (222, "b641ae8cb691c174", "20cb8ab7ae10c14a"),
    ]
    for (count, plain, seeded) in published {
      let bytes = Array(sanityBytes[..<count])
      #expect(Digest.hex(Digest.xxh64(bytes)) == plain)
      #expect(Digest.hex(Digest.xxh64(bytes, seed: 2_654_435_761)) == seeded)
    }
    #expect(Digest.hex(Digest.xxh64("abc")) == "44bc2cf5ad770999")
    #expect(Digest.hex(Digest.xxh64("Nobody inspects the spammish repetition")) == "fbcea83c8a378bf1")
  }

  @Test func `Pieces give the hash of the whole, however they are cut`() {
    let whole = Digest.xxh64(Array(sanityBytes[..<100]))
    for first in 0...100 {
      for second in stride(from: first, through: 100, by: 7) {
        var state = XXH64()
        for piece in [sanityBytes[..<first], sanityBytes[first..<second], sanityBytes[second..<100]] {
          let bytes = Array(piece)
          state.update(unsafe bytes.span.bytes)
        }
        #expect(state.value == whole)
      }
    }
  }

  @Test func `Ids are hashed as little-endian words`() {
    let ids: [UInt32] = [1, 0x0203_0405]
    #expect(Digest.xxh64(ids: ids.span) == Digest.xxh64([1, 0, 0, 0, 5, 4, 3, 2]))
  }

  @Test func `Hexadecimal keeps its leading zeros`() {
    #expect(Digest.hex(0) == "0000000000000000")
    #expect(Digest.hex(.max) == "ffffffffffffffff")
    #expect(Digest.hex(0xAB) == "00000000000000ab")
  }
}
