// A share of a length: products of two 64-bit numbers that are divided again before they overflow.

extension Int64 {
  /// self * factor / divisor without overflow in between; rounded down. divisor > 0, the result fits.
  @inline(__always)
  package func multipliedScaled(by factor: Int64, over divisor: Int64) -> Int64 {
    let product = multipliedFullWidth(by: factor)
    return divisor.dividingFullWidth(product).quotient
  }
}
