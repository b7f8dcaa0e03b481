/// What a finished shard holds, and how to prove it.
public struct ShardSummary: Sendable, Equatable {
  /// One record batch: a run of rows that stands in the file as one piece.
  public struct RecordBatch: Sendable, Equatable {
    public var rowCount: Int
    /// Bytes of its metadata and its body.
    public var byteCount: Int
    /// XXH64 of those bytes.
    public var checksum: UInt64

    public init(rowCount: Int, byteCount: Int, checksum: UInt64) {
      self.rowCount = rowCount
      self.byteCount = byteCount
      self.checksum = checksum
    }
  }

  /// The file's name in its split's folder: `data-00000-of-00016.arrow`.
  public var path: String
  public var rowCount: Int
  public var byteCount: Int
  /// XXH64 of the whole file.
  public var checksum: UInt64
  /// In the order of the file; between them and its two ends stand the schema and the end-of-stream mark.
  public var recordBatches: [RecordBatch]

  public init(path: String, rowCount: Int, byteCount: Int, checksum: UInt64, recordBatches: [RecordBatch]) {
    self.path = path
    self.rowCount = rowCount
    self.byteCount = byteCount
    self.checksum = checksum
    self.recordBatches = recordBatches
  }
}

/// The name of a split's shard: `data-00003-of-00016.arrow`, as `datasets` names them.
public func shardFileName(index: Int, count: Int) -> String {
  func fiveDigits(_ number: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
  }
  return "data-\(fiveDigits(index))-of-\(fiveDigits(count)).arrow"
}
