// One ring with its sides in bands from south to north, so that a place is looked up beside few of them.

import HujiaEngine

struct RingIndex {
  private static let mostBands: Int64 = 64

  let ring: [AreaPoint]
  let west: Int32
  let east: Int32
  let south: Int32
  let north: Int32
  private let height: Int64
  private var bands: [[Int32]]

  init(_ ring: [AreaPoint]) {
    self.ring = ring
    let lats = ring.map(\.lat_e7)
    let lons = ring.map(\.lon_e7)
    (south, north) = (lats.min() ?? 0, lats.max() ?? 0)
    (west, east) = (lons.min() ?? 0, lons.max() ?? 0)
    let count = max(1, min(Self.mostBands, Int64(ring.count / 8)))
    height = (Int64(north) - Int64(south)) / count + 1
    bands = Array(repeating: [], count: Int(count))
    for (index, here) in ring.enumerated() {
      let next = ring[(index + 1) % ring.count]
      let (low, high) = (min(here.lat_e7, next.lat_e7), max(here.lat_e7, next.lat_e7))
      for band in band(low)...band(high) { bands[band].append(Int32(index)) }
    }
  }

  private func band(_ lat_e7: Int32) -> Int { Int((Int64(lat_e7) - Int64(south)) / height) }

  func couldHold(_ other: RingIndex) -> Bool {
    west <= other.west && east >= other.east && south <= other.south && north >= other.north
  }

  /// Where a point is: 1 inside, 0 on the ring, -1 outside. `looks` goes down by the sides that were looked at.
  func place(_ point: AreaPoint, _ looks: inout Int) -> Int {
    guard point.lat_e7 >= south, point.lat_e7 <= north, point.lon_e7 >= west, point.lon_e7 <= east
    else { return -1 }
    let sides = bands[band(point.lat_e7)]
    looks -= sides.count
    var isInside = false
    for side in sides {
      let here = ring[Int(side)]
      let next = ring[(Int(side) + 1) % ring.count]
      let turned = RingCheck.turn(here, next, point)
      if turned == 0, point.lat_e7 >= min(here.lat_e7, next.lat_e7),
        point.lat_e7 <= max(here.lat_e7, next.lat_e7),
        point.lon_e7 >= min(here.lon_e7, next.lon_e7),
        point.lon_e7 <= max(here.lon_e7, next.lon_e7)
      {
        return 0
      }
      if (here.lat_e7 > point.lat_e7) != (next.lat_e7 > point.lat_e7),
        (turned > 0) == (next.lat_e7 > here.lat_e7)
      {
        isInside.toggle()
      }
    }
    return isInside ? 1 : -1
  }

  /// No corner of another ring is outside. Too many looks: false.
  func holdsAll(of other: RingIndex, _ looks: inout Int) -> Bool {
    guard couldHold(other) else { return false }
    for point in other.ring where looks <= 0 || place(point, &looks) < 0 { return false }
    return true
  }

  /// Of a ring that does not cross this one: whether it is inside, or the same.
  func holds(_ other: RingIndex, _ looks: inout Int) -> Bool {
    looks -= 1
    guard couldHold(other) else { return false }
    for point in other.ring {
      if looks <= 0 { return false }
      let place = place(point, &looks)
      if place != 0 { return place > 0 }
    }
    looks -= ring.count * other.ring.count
    return looks > 0 && RingCheck.isInside(other.ring, ring)
  }
}
