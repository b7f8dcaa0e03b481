internal import Blocks

/// Which window an example was made of, and which copy of it this is.
struct RowIdentity: Sendable, Equatable {
  /// The document in which the window starts.
  var documentID: UInt64
  /// What keyed the draws: the document, or the block for windows over several documents.
  var origin: UInt64
  var exampleIndex: UInt32
  var epoch: UInt16

  /// Window and copy as one number that ascends in corpus order.
  var place: UInt64 { UInt64(exampleIndex) << 16 | UInt64(epoch) }

  /// A hash of origin, window and copy; equal for equal ones.
  var digest: UInt64 { Self.mix(origin ^ Self.mix(place &+ 0x9E37_79B9_7F4A_7C15)) }

  /// A bijection that spreads every bit over all (the finaliser of MurmurHash3).
  private static func mix(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ value >> 33) &* 0xFF51_AFD7_ED55_8CCD
    value = (value ^ value >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return value ^ value >> 33
  }
}

/// Where a schema keeps the identity of its rows.
struct ProvenanceColumns: Sendable {
  private let documentID: Int?
  private let blockID: Int?
  private let exampleIndex: Int?
  private let epoch: Int?

  init(of schema: ExampleSchema) {
    func index(_ name: String) -> Int? {
      schema.columns.firstIndex { $0.name == name && $0.shape == .scalar }
    }
    documentID = index("doc_id")
    blockID = index("block_id")
    exampleIndex = index("example_index")
    epoch = index("epoch")
  }

  /// False for objectives that do not record where their rows come from.
  var isComplete: Bool { documentID != nil && exampleIndex != nil && epoch != nil }

  func identity(of example: Example) -> RowIdentity? {
    guard let documentID, let exampleIndex, let epoch, let document = example.values[documentID].first,
      let index = example.values[exampleIndex].first, let copy = example.values[epoch].first
    else { return nil }
    let origin = blockID.flatMap { example.values[$0].first } ?? document
    return RowIdentity(
      documentID: UInt64(bitPattern: document), origin: UInt64(bitPattern: origin),
      exampleIndex: UInt32(truncatingIfNeeded: index), epoch: UInt16(truncatingIfNeeded: copy))
  }
}
