// Where a unit may stand to be within a plan's radius: cells about as wide as the radius, so that a unit looks at a few
// cells around it instead of at every incident that waits. Integers only.

import HujiaRouting

/// The cells of one reach. Rows of equal height; each row has as many columns as fit its narrowest latitude.
struct ReachCells: BitwiseCopyable {
  private let height_e7: Int64

  /// `reach_dm`: no unit farther away in a straight line is within the radius.
  init(reach_dm: UInt64) {
    // A decimetre is 8.993 ten-millionths of a degree of latitude.
    height_e7 = min(Int64(clamping: reach_dm) &* 9 &+ 1, Self.turn_e7)
  }

  private static var turn_e7: Int64 { 3_600_000_000 }

  struct Cell: BitwiseCopyable, Equatable {
    var row: Int32
    var column: Int32
  }

  private func row(_ lat_e7: Int64) -> Int64 { (lat_e7 + 900_000_000) / height_e7 }

  /// The latitude of a row that lies nearest to a pole.
  private func narrowest_e7(_ row: Int64) -> Int64 {
    let south_e7 = row * height_e7 - 900_000_000
    return min(max(south_e7.magnitude, (south_e7 + height_e7).magnitude), 900_000_000).signed
  }

  /// Degrees of longitude that a reach spans at a latitude, rounded up by a tenth; the whole turn near a pole.
  private func span_e7(at lat_e7: Int64) -> Int64 {
    let cosine = Int64(StraightLine.cosine_q30(Int32(lat_e7)))
    guard cosine > 1 << 16 else { return Self.turn_e7 }
    let span_e7 = (height_e7 << 30) / cosine * 11 / 10 + 1
    // Beyond a sixth of a turn an arc is more than a tenth longer than its sine.
    return span_e7 > Self.turn_e7 / 6 ? Self.turn_e7 : span_e7
  }

  private func columns(_ row: Int64) -> Int64 {
    max(Self.turn_e7 / span_e7(at: narrowest_e7(row)), 1)
  }

  private func column(_ lon_e7: Int64, of columns: Int64) -> Int64 {
    ((lon_e7 + Self.turn_e7 / 2) * columns).flooringQuotient(by: Self.turn_e7)
  }

  /// The cell of a place.
  func cell(_ lat_e7: Int32, _ lon_e7: Int32) -> Cell {
    let row = row(Int64(lat_e7))
    let columns = columns(row)
    let column = column(Int64(lon_e7), of: columns).flooringRemainder(by: columns)
    return Cell(row: Int32(row), column: Int32(column))
  }

  /// All cells that can hold a place within reach of this one, or within so many times the reach, each once.
  @inline(__always)
  func around(_ lat_e7: Int32, _ lon_e7: Int32, rings: Int64 = 1, _ body: (Cell) -> Void) {
    let middle = row(Int64(lat_e7))
    for row in max(middle - rings, 0)...min(middle + rings, row(900_000_000)) {
      let columns = columns(row)
      let lat = max(Int64(lat_e7.magnitude), narrowest_e7(row))
      let span_e7 = min(span_e7(at: lat) * rings, Self.turn_e7)
      let first = column(Int64(lon_e7) - span_e7, of: columns)
      let last = column(Int64(lon_e7) + span_e7, of: columns)
      let range = last - first + 1 >= columns ? 0...columns - 1 : first...last
      for column in range {
        body(Cell(row: Int32(row), column: Int32(column.flooringRemainder(by: columns))))
      }
    }
  }
}

extension UInt64 {
  fileprivate var signed: Int64 { Int64(clamping: self) }
}

extension Int64 {
  fileprivate func flooringQuotient(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
  fileprivate func flooringRemainder(by divisor: Int64) -> Int64 {
    let rest = self % divisor
    return rest < 0 ? rest + divisor : rest
  }
}
