// Whether rings stand as they are meant to: no two sides cross, holes in their part, parts side by side. In integers:
// a border that two rings share is shared.

import HujiaEngine

enum RingCheck {
  enum Crossing {
    case none
    case at(AreaPoint)
    /// It would take too long to say.
    case tangled
  }

  private struct Side {
    let from: AreaPoint
    let to: AreaPoint
    let west: Int32
    let east: Int32
    let south: Int32
    let north: Int32

    init(_ from: AreaPoint, _ to: AreaPoint) {
      self.from = from
      self.to = to
      (west, east) = (min(from.lon_e7, to.lon_e7), max(from.lon_e7, to.lon_e7))
      (south, north) = (min(from.lat_e7, to.lat_e7), max(from.lat_e7, to.lat_e7))
    }
  }

  /// Two sides that cross in a point inside both. Touching, and borders in common, are no crossing. A sweep from west
  /// to east over the sides that stand above each other; so many pairs at most.
  static func crossing(_ rings: [[AreaPoint]], pairs most: Int = 50_000_000) -> Crossing {
    var sides: [Side] = []
    for ring in rings {
      for (index, point) in ring.enumerated() {
        sides.append(Side(point, ring[(index + 1) % ring.count]))
      }
    }
    sides.sort { $0.west < $1.west }
    var active: [Side] = []
    var pairs = 0
    for side in sides {
      active.removeAll { $0.east < side.west }
      pairs += active.count
      if pairs > most { return .tangled }
      for other in active where other.south <= side.north && side.south <= other.north {
        if cross(side, other) { return .at(side.from) }
      }
      active.append(side)
    }
    return .none
  }

  /// Which side of a line a point is on: -1, 0 on it, 1.
  private static func turn(_ a: AreaPoint, _ b: AreaPoint, _ point: AreaPoint) -> Int {
    let left = (Int64(b.lon_e7) - Int64(a.lon_e7)).multipliedFullWidth(
      by: Int64(point.lat_e7) - Int64(a.lat_e7))
    let right = (Int64(b.lat_e7) - Int64(a.lat_e7)).multipliedFullWidth(
      by: Int64(point.lon_e7) - Int64(a.lon_e7))
    if left.high != right.high { return left.high < right.high ? -1 : 1 }
    return left.low == right.low ? 0 : left.low < right.low ? -1 : 1
  }

  private static func cross(_ a: Side, _ b: Side) -> Bool {
    turn(a.from, a.to, b.from) * turn(a.from, a.to, b.to) < 0
      && turn(b.from, b.to, a.from) * turn(b.from, b.to, a.to) < 0
  }

  /// Where a point is to a ring: 1 inside, 0 on it, -1 outside.
  static func place(_ point: AreaPoint, _ ring: [AreaPoint]) -> Int {
    var isInside = false
    for (index, here) in ring.enumerated() {
      let next = ring[(index + 1) % ring.count]
      let side = Side(here, next)
      let turned = turn(here, next, point)
      if turned == 0, point.lat_e7 >= side.south, point.lat_e7 <= side.north,
        point.lon_e7 >= side.west, point.lon_e7 <= side.east
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

  /// No corner of a ring is outside of another.
  static func isWithin(_ ring: [AreaPoint], _ other: [AreaPoint]) -> Bool {
    ring.allSatisfy { place($0, other) >= 0 }
  }

  /// The first corner that is not on the other ring is inside of it.
  static func isInside(_ ring: [AreaPoint], _ other: [AreaPoint]) -> Bool {
    for point in ring {
      let place = place(point, other)
      if place != 0 { return place > 0 }
    }
    return true
  }

  /// Whether `hole` is cut out of `part` and `ring` lies in it.
  static func isHole(_ hole: [AreaPoint], _ ring: [AreaPoint], _ part: [AreaPoint]) -> Bool {
    hole != ring && isWithin(hole, part) && isWithin(ring, hole)
  }
}
