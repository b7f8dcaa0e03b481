internal import Blocks

extension CausalLM {
  /// For fill-in-the-middle: the order of the parts, and both cuts. Nothing else is drawn.
  public var laws: [Law] {
    guard let fim else { return [] }
    let (rate, spmRate) = (Double(fim.rate.value) * 0x1p-32, Double(fim.spmRate.value) * 0x1p-32)
    let order = Law(
      "order of the parts",
      [
        ("as it was", 1 - rate), ("prefix, suffix, middle", rate * (1 - spmRate)),
        ("suffix, prefix, middle", rate * spmRate),
      ]
    ) { example, counts in
      for layout in drawnLayouts(of: example) where layout.cutCount > 0 { counts.add(Int(layout.mode)) }
    }
    // Of two uniform cuts in 0 ... n, N = n + 1 places, the first lies below x unless both lie above.
    func cut(
      _ name: String, _ share: @escaping @Sendable (Double) -> Double,
      _ place: @escaping @Sendable (DocumentLayout) -> Int
    ) -> Law {
      .place(
        name, share: { share(Double($0) / Double($1)) },
        observe: { example, counts in
          for layout in drawnLayouts(of: example) where layout.cutCount > 0 && layout.mode != 0 {
            counts.addPlace(place(layout), of: layout.cutCount + 1)
          }
        })
    }
    return [
      order,
      cut("start of the middle", { 1 - (1 - $0) * (1 - $0) }, \.cutA),
      cut("end of the middle", { $0 * $0 }, \.cutB),
    ]
  }
}
