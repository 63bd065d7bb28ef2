// Directions for snapping: which way a street runs, in 1/100 degree. Must never: decide anything but ties.

import Glibc

/// Directions as integers, so that a heading never brings a floating-point comparison into a decision.
package enum Compass {
  private static let sines: [Int64] = (0..<360).map {
    Int64((sin(Double($0) * .pi / 180) * 16_384).rounded())
  }

  /// East and north parts of a heading (1/100 degree clockwise from north), times 2^14; to the nearest degree.
  package static func direction(_ heading_cdeg: Int32) -> (east: Int64, north: Int64) {
    let degree = Int(heading_cdeg / 100) % 360
    return (sines[degree], sines[(degree + 90) % 360])
  }
}
