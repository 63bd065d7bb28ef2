// The grid of street segments that snapping looks in. Offline only.

import HujiaGeography

/// Cells of roughly equal sides, about as many as there are segments, so that a cell holds a few.
struct SnapGridBuilder {
  var south_e7: Int32 = 0
  var west_e7: Int32 = 0
  var rows: Int32 = 0
  var columns: Int32 = 0
  var cellLat_e7: Int32 = 1
  var cellLon_e7: Int32 = 1
  var firstInCell: [UInt32] = [0]
  var segments: [UInt32] = []

  init(
    lat_e7: [Int32], lon_e7: [Int32], streetFirstPoint: [UInt32]
  ) {
    guard let south = lat_e7.min(), let north = lat_e7.max(), let west = lon_e7.min(),
      let east = lon_e7.max()
    else { return }
    south_e7 = south
    west_e7 = west
    let height = Int64(north) - Int64(south) + 1
    let width = Int64(east) - Int64(west) + 1
    let lonScale = max(Distance.lonScale(lat_e7: Int32((Int64(north) + Int64(south)) / 2)), 1)
    let height_mm = max((height * Distance.latScale) >> 20, 1)
    let width_mm = max((width * lonScale) >> 20, 1)
    let wanted = Double(max(lat_e7.count, 1))
    let side_mm = max((Double(height_mm) * Double(width_mm) / wanted).squareRoot(), 50_000)
    rows = Int32(clamping: max(Int64((Double(height_mm) / side_mm).rounded(.up)), 1))
    columns = Int32(clamping: max(Int64((Double(width_mm) / side_mm).rounded(.up)), 1))
    rows = min(rows, 8_192)
    columns = min(columns, 8_192)
    cellLat_e7 = Int32(clamping: (height + Int64(rows) - 1) / Int64(rows))
    cellLon_e7 = Int32(clamping: (width + Int64(columns) - 1) / Int64(columns))
    fill(lat_e7, lon_e7, streetFirstPoint)
  }

  mutating func fill(_ lat: [Int32], _ lon: [Int32], _ firstPoint: [UInt32]) {
    var counts = [UInt32](repeating: 0, count: Int(rows) * Int(columns) + 1)
    visit(lat, lon, firstPoint) { cell, _ in counts[cell + 1] += 1 }
    for index in 1..<counts.count { counts[index] += counts[index - 1] }
    firstInCell = counts
    segments = [UInt32](repeating: 0, count: Int(counts[counts.count - 1]))
    visit(lat, lon, firstPoint) { cell, segment in
      segments[Int(counts[cell])] = segment
      counts[cell] += 1
    }
  }

  /// Every cell that a segment runs through, and no other: long diagonal streets would fill whole boxes of cells.
  private func visit(
    _ lat: [Int32], _ lon: [Int32], _ firstPoint: [UInt32], _ body: (Int, UInt32) -> Void
  ) {
    for street in 0..<max(firstPoint.count - 1, 0) {
      let first = Int(firstPoint[street])
      let last = Int(firstPoint[street + 1]) - 1
      guard first < last else { continue }
      for point in first..<last {
        let from = (lat: Int64(lat[point]), lon: Int64(lon[point]))
        let to = (lat: Int64(lat[point + 1]), lon: Int64(lon[point + 1]))
        let low = row(min(lat[point], lat[point + 1]))
        let high = row(max(lat[point], lat[point + 1]))
        for row in low...high {
          let (west, east) = low == high ? span(from, to) : span(from, to, inRow: row)
          for column in column(west)...column(east) {
            body(row * Int(columns) + column, UInt32(point))
          }
        }
      }
    }
  }

  private typealias Corner = (lat: Int64, lon: Int64)

  private func span(_ from: Corner, _ to: Corner) -> (west: Int32, east: Int32) {
    (Int32(min(from.lon, to.lon)), Int32(max(from.lon, to.lon)))
  }

  /// The longitudes of a segment within one row of cells, one unit wider on both sides than what division rounds to.
  private func span(_ from: Corner, _ to: Corner, inRow row: Int) -> (west: Int32, east: Int32) {
    let south = Int64(south_e7) + Int64(row) * Int64(cellLat_e7)
    let (low, high) = from.lat < to.lat ? (from, to) : (to, from)
    let whole = span(from, to)
    func lon(at lat: Int64) -> Int64 {
      low.lon + (high.lon - low.lon) * (min(max(lat, low.lat), high.lat) - low.lat)
        / (high.lat - low.lat)
    }
    let one = lon(at: south - 1)
    let other = lon(at: south + Int64(cellLat_e7))
    return (
      max(Int32(clamping: min(one, other) - 1), whole.west),
      min(Int32(clamping: max(one, other) + 1), whole.east)
    )
  }

  private func row(_ lat_e7: Int32) -> Int {
    Int((Int64(lat_e7) - Int64(south_e7)) / Int64(cellLat_e7))
  }
  private func column(_ lon_e7: Int32) -> Int {
    Int((Int64(lon_e7) - Int64(west_e7)) / Int64(cellLon_e7))
  }
}
