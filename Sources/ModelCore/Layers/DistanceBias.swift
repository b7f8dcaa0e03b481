/// Positions, as attention sees them: each head prefers some distances between the token that looks and the one that is
/// looked at.
///
///     score[i, j] += b[head, clip(position j - position i, -R, R)]                  b [H, 2R + 1]
///
///     ∂b[head, r] += Σ ∂score[i, j] over all i, j at that distance
///
/// - Source: Raffel et al. 2020, T5 (arXiv:1910.10683) §2.1, with one bucket a distance. The heads begin with a look to the
///   neighbours, for a model that sees a few hundred batches has no time to find them: head 0 at the token before, head
///   1 at the one behind (where only what lies before is seen: two before), head 2 at what is near, the others anywhere.
public final class DistanceBias {
  public static let reach = 16
  public let table: Parameter
  private let heads: Int

  public init(_ name: String, heads: Int, looksAhead: Bool, startsNear: Bool) {
    self.heads = heads
    let width = 2 * Self.reach + 1
    let tensor = Tensor(heads, width)
    if startsNear {
      for head in 0..<heads {
        for index in 0..<width {
          let distance = index - Self.reach
          switch head {
          case 0: tensor[head, index] = distance == -1 ? 4 : 0
          case 1: tensor[head, index] = distance == (looksAhead ? 1 : -2) ? 4 : 0
          case 2: tensor[head, index] = -0.3 * Float(abs(distance))
          default: break
          }
        }
      }
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
