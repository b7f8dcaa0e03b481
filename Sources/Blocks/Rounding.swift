// Rounding of counts, in plain Swift: `rounded()` calls the C mathematics library on processors without an instruction
// for it, and a program that links one of our modules alone would have to link that, too.

/// The nearest integer, ties to the even one: `Int(x.rounded(.toNearestOrEven))` for 0 ≤ x < 2^63.
///
/// Swift's plain `rounded()`, and the rounding taught in school, take 4.5 to 5; this takes it to 4.
@inlinable
package func roundedHalfEven(_ value: Double) -> Int {
  let whole = Int(value)
  let rest = value - Double(whole)
  return rest > 0.5 || (rest == 0.5 && whole & 1 == 1) ? whole + 1 : whole
}

/// The smallest integer that is not below 0 ≤ x < 2^62.
@inlinable
package func roundedUp(_ value: Double) -> Int {
  let whole = Int(value)
  return Double(whole) < value ? whole + 1 : whole
}
