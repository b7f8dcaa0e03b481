/// Whether the buffers of a shard are packed.
///
/// Packed buffers are read by every Arrow library, but not without a copy.
public enum ShardCompression: String, Sendable, CaseIterable {
  case none, zstd

  /// The library's own default: smaller than level 1 by a tenth, at half its speed. Higher ones gain little on ids.
  static let zstdLevel = 3
}
