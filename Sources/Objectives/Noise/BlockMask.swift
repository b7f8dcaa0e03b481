package import Blocks

/// BEiT's block-wise mask: rectangles of random size and shape, until enough codes are masked.
///
///     · · · · · ·
///     · N N N · ·      a block of 3 × 2, and one of 2 × 2 that overlaps it
///     · N N N N ·
///     · · · N N ·
///
/// - Source: Bao et al. 2021 (arXiv:2106.08254), algorithm 1; microsoft/unilm `beit/masking_generator.py`. Ends short
///   of the number wanted, as there, when ten blocks in a row do not fit; at least one code is masked.
package struct BlockMask: Sendable {
  let height: Int
  let width: Int
  /// Codes to mask at most.
  let wanted: Int
  /// Codes of the smallest block, until fewer are wanted.
  let smallestBlock: Int

  package init(height: Int, width: Int, wanted: Int, smallestBlock: Int) {
    self.height = height
    self.width = width
    self.wanted = wanted
    self.smallestBlock = smallestBlock
  }

  /// Draws the mask, row by row: fills `scratch.mask`.
  ///
  /// Each block draws its area and its shape from purpose 3, its place from purpose 4; purpose 9 draws the one code of
  /// an empty mask.
  package func mark(drawing draws: ExampleDraws, scratch: inout ObjectiveScratch) {
    var sizes = draws.stream(.noiseSpanLengths)
    var places = draws.stream(.spanStarts)
    scratch.mask.removeAll(keepingCapacity: true)
    scratch.mask.append(contentsOf: repeatElement(false, count: height * width))
    var masked = 0
    while masked < wanted {
      var added = 0
      for _ in 0..<10 where added == 0 {
        added = addBlock(upTo: wanted - masked, &sizes, &places, &scratch.mask)
      }
      if added == 0 { break }
      masked += added
    }
    if masked == 0 {
      var fallback = draws.stream(.countRounding)
      scratch.mask[fallback.bounded(scratch.mask.count)] = true
    }
  }

  /// Draws one block and marks it if it fits and is new in part; returns how many codes it adds.
  private func addBlock(
    upTo most: Int, _ sizes: inout RandomStream, _ places: inout RandomStream, _ mask: inout [Bool]
  ) -> Int {
    let area = Double(smallestBlock) + sizes.double() * (Double(most) - Double(smallestBlock))
    let side = area.squareRoot()
    let stretch = Self.stretches[sizes.bounded(Self.stretches.count)]
    let blockHeight = roundedHalfEven(side * stretch)
    let blockWidth = roundedHalfEven(side / stretch)
    guard blockHeight < height, blockWidth < width else { return 0 }
    let top = places.bounded(height - blockHeight + 1)
    let left = places.bounded(width - blockWidth + 1)
    var added = 0
    for row in top..<top + blockHeight {
      for column in left..<left + blockWidth where !mask[row * width + column] { added += 1 }
    }
    guard added > 0, added <= most else { return 0 }
    for row in top..<top + blockHeight {
      for column in left..<left + blockWidth { mask[row * width + column] = true }
    }
    return added
  }

  /// Square roots of the aspect ratios 0.3 ... 1/0.3, evenly spaced in the logarithm: the middles of 64 steps, written
  /// out, because no stored byte may depend on a platform's exponential.
  private static let stretches: [Double] = [
    0.5528987620633051, 0.5633983852856802, 0.5740973977911863, 0.5849995860096205, 0.5961088082756004,
    0.6074289961940464, 0.618964156031595, 0.6307183701344348, 0.6426957983730673, 0.6549006796145054,
    0.6673373332224264, 0.6800101605858158, 0.692923646676639, 0.7060823616370928, 0.7194909623970008,
    0.7331541943219215, 0.7470768928925556, 0.7612639854160443, 0.7757204927697665, 0.7904515311782503,
    0.8054623140238281, 0.820758153691677, 0.8363444634498967, 0.8522267593652886, 0.8684106622555191,
    0.8849018996783516, 0.9017063079586559, 0.9188298342539106, 0.9362785386589293, 0.9540585963505562,
    0.9721762997730896, 0.990638060865207, 1.0094504133291795, 1.028620014943179, 1.0481536499174975,
    1.0680582312955091, 1.0883408034002287, 1.1090085443273299, 1.1300687684855064, 1.1515289291850752,
    1.1733966212757367, 1.1956795838344276, 1.2183857029042153, 1.2415230142852058, 1.2650997063784493,
    1.2891241230838535, 1.3136047667531285, 1.338550301198808, 1.363969554760412, 1.3898715234288375,
    1.4162653740300808, 1.4431604474694193, 1.470566262037201, 1.498492516777412, 1.526949094920211,
    1.5559460673796521, 1.5854936963178266, 1.615602438776689, 1.6462829503788532, 1.677546089098666,
    1.7094029191048943, 1.7418647146763853, 1.7749429641920857, 1.808649374196832,
  ]
}
