import Blocks
import Corpus

/// How often each document of an input takes part: the input's weight, made whole numbers document by document.
///
/// With w = n + f, where n is whole and 0 ≤ f < 1, every document takes part n times, and once more if a number in
/// [0, 1) that is drawn from its id and the seed lies below f. The number does not depend on the weight: who takes part
/// at 0.2 does at 0.3. A record of several texts goes by the id of its first.
struct DocumentShares {
  private let whole: Int
  /// The fraction of the weight in units of 2^-53: exact.
  private let threshold: UInt64
  private let seed: UInt64

  init(weight: Double, seed: UInt64) {
    whole = Int(weight)
    threshold = UInt64((weight - weight.rounded(.down)) * 0x1p53)
    self.seed = seed
  }

  /// The most that any document of this weight takes part.
  static func most(ofWeight weight: Double) -> Int { Int(weight.rounded(.up)) }

  func copies(of id: UInt64) -> Int {
    var key: [UInt8] = []
    key.append(littleEndian: id, byteCount: 8)
    key.append(littleEndian: seed, byteCount: 8)
    return whole + (Digest.xxh64(key, seed: Self.purpose) >> 11 < threshold ? 1 : 0)
  }

  /// `weight`, as bytes: keeps the number apart from all other uses of an id.
  private static let purpose: UInt64 = 0x7765_6967_6874
}

extension DocumentBlock {
  /// Takes out the documents that take part not once, and says how often each of the others does.
  ///
  /// - Returns: nil where every document takes part once; else a number for each record that is left.
  mutating func takeShares(of file: InputFile, seed: UInt64) -> (copies: [Int], leftOut: Int)? {
    if file.weight == 1 { return nil }
    let shares = DocumentShares(weight: file.weight, seed: seed)
    var (kept, ids): ([Document], [String]) = ([], [])
    var copies: [Int] = []
    var (first, leftOut) = (0, 0)
    while first < documents.count {
      let record = record(at: first)
      let count = shares.copies(of: documents[first].id)
      first = record.upperBound
      if count == 0 {
        leftOut += 1
        continue
      }
      copies.append(count)
      kept += documents[record]
      if !sourceIDs.isEmpty { ids += sourceIDs[record] }
    }
    documents = kept
    sourceIDs = ids
    return (copies, leftOut)
  }

  /// Takes out the documents whose last share was taken.
  ///
  /// - Parameter copies: what is left of each record's shares; one less afterwards, without those that have none left.
  mutating func dropFirstShares(_ copies: inout [Int]) {
    var kept: [Document] = []
    var first = 0
    for count in copies {
      let record = record(at: first)
      first = record.upperBound
      if count > 1 { kept += documents[record] }
    }
    copies = copies.filter { $0 > 1 }.map { $0 - 1 }
    documents = kept
    sourceIDs = []
  }
}
