// The grid that snapping looks in: a segment stands in every cell that it runs through, and long ones in few others.

import HujiaTestSupport
import Testing

@testable import HujiaMapBuild

@Suite struct SnapGridTests {
  /// Long diagonals among short streets, so that rows and columns of cells are crossed at every angle.
  private func lines(_ random: inout SplitMix64) -> (lat: [Int32], lon: [Int32], first: [UInt32]) {
    var lat: [Int32] = []
    var lon: [Int32] = []
    var first: [UInt32] = [0]
    for _ in 0..<(20 + random.below(200)) {
      let spread = random.chance(30) ? 4_000_000 : 20_000
      let start = (random.below(4_000_000), random.below(4_000_000))
      for _ in 0..<(1 + random.below(3)) {
        lat.append(Int32(377_000_000 + start.0 + random.below(spread)))
        lon.append(Int32(-1_224_000_000 + start.1 + random.below(spread)))
      }
      first.append(UInt32(lat.count))
    }
    return (lat, lon, first)
  }

  @Test(arguments: 0..<60)
  func everyPointOfASegmentLiesInOneOfItsCells(seed: UInt64) {
    var random = SplitMix64(seed)
    let (lat, lon, first) = lines(&random)
    let grid = SnapGridBuilder(lat_e7: lat, lon_e7: lon, streetFirstPoint: first)
    for street in 0..<(first.count - 1) {
      for segment in Int(first[street])..<max(Int(first[street + 1]) - 1, Int(first[street])) {
        for _ in 0..<40 {
          let share = random.below(1_000_001)
          func at(_ values: [Int32]) -> Int64 {
            let from = Int64(values[segment])
            return from + (Int64(values[segment + 1]) - from) * Int64(share) / 1_000_000
          }
          let row = (at(lat) - Int64(grid.south_e7)) / Int64(grid.cellLat_e7)
          let column = (at(lon) - Int64(grid.west_e7)) / Int64(grid.cellLon_e7)
          let cell = Int(row) * Int(grid.columns) + Int(column)
          let held = grid.segments[Int(grid.firstInCell[cell])..<Int(grid.firstInCell[cell + 1])]
          #expect(held.contains(UInt32(segment)), "segment \(segment) at \(share) ppm")
        }
      }
    }
  }

  /// A diagonal across the grid crosses at most rows + columns cells, and its margins; its box has rows * columns.
  @Test func aDiagonalDoesNotFillItsBox() {
    var lat: [Int32] = [0, 10_000_000]
    var lon: [Int32] = [0, 10_000_000]
    var first: [UInt32] = [0, 2]
    for number in 0..<10_000 {
      let place = Int32(number) * 1_000
      lat += [place, place]
      lon += [10_000_000 - place, 10_000_000 - place + 1]
      first.append(UInt32(lat.count))
    }
    let grid = SnapGridBuilder(lat_e7: lat, lon_e7: lon, streetFirstPoint: first)
    let held = grid.segments.count { $0 == 0 }
    #expect(grid.rows > 50)
    #expect(grid.columns > 50)
    #expect(held <= 2 * Int(grid.rows + grid.columns))
  }
}
