/// Positions, as attention sees them: each head prefers some distances between the token that looks and the one that is
/// looked at.
///
///     score[i, j] += b[head, clip(position j - position i, -R, R)]                  b [H, 2R + 1]
///
///     ∂b[head, r] += Σ ∂score[i, j] over all i, j at that distance
///
/// - Source: Raffel et al. 2020, T5 (arXiv:1910.10683) §2.1, with one bucket a distance. The first heads begin with a
///   look at a distance each, the next one at what is near, the others anywhere: a model that sees a few hundred
///   batches has no time to find its neighbours.
public final class DistanceBias {
  public static let reach = 16
  public let table: Parameter

  /// - Parameter distances: where the first heads begin to look.
  public init(_ name: String, heads: Int, beginningAt distances: [Int]) {
    let width = 2 * Self.reach + 1
    let tensor = Tensor(heads, width)
    for (head, distance) in distances.prefix(heads).enumerated() { tensor[head, distance + Self.reach] = 4 }
    if distances.count < heads {
      for index in 0..<width { tensor[distances.count, index] = -0.3 * Float(abs(index - Self.reach)) }
    }
    table = Parameter(name, tensor, decays: false)
  }

  /// Adds the bias to a head's scores [queries, keys].
  func add(_ head: Int, to scores: Kernels.Target, queries: ArraySlice<Int32>, keys: ArraySlice<Int32>) {
    let row = unsafe table.value.row(head) + Self.reach
    let reach = Int32(Self.reach)
    var place = 0
    unsafe keys.withUnsafeBufferPointer { keys in
      for query in queries {
        var j = 0
        while j < keys.count {
          let distance = unsafe keys[j] &- query
          let clipped = distance < -reach ? -reach : distance > reach ? reach : distance
          unsafe scores[place] += row[Int(clipped)]
          place &+= 1
          j &+= 1
        }
      }
    }
  }

  func backward(_ head: Int, _ scores: Kernels.Numbers, queries: ArraySlice<Int32>, keys: ArraySlice<Int32>) {
    let row = unsafe table.gradient.row(head) + Self.reach
    let reach = Int32(Self.reach)
    var place = 0
    unsafe keys.withUnsafeBufferPointer { keys in
      for query in queries {
        var j = 0
        while j < keys.count {
          let distance = unsafe keys[j] &- query
          let clipped = distance < -reach ? -reach : distance > reach ? reach : distance
          unsafe row[Int(clipped)] += scores[place]
          place &+= 1
          j &+= 1
        }
      }
    }
  }
}
