// Whether rings stand as they are meant to: no two cross, holes lie in their part, parts side by side. In integers, so
// that a border of two rings is the same for both.

import HujiaEngine

enum RingCheck {
  enum Crossing {
    case none
    case at(AreaPoint)
    /// It would take too long to say.
    case tangled
  }

  /// How many sides and boxes an area's rings are held against at most: below half a second.
  static let mostLooks = 100_000_000

  private struct Side {
    let from: AreaPoint
    let to: AreaPoint
    let ring: Int
    let index: Int
    let west: Int32
    let east: Int32
    let south: Int32
    let north: Int32

    init(_ ring: [AreaPoint], _ index: Int, of number: Int) {
      from = ring[index]
      to = ring[(index + 1) % ring.count]
      (self.ring, self.index) = (number, index)
      (west, east) = (min(from.lon_e7, to.lon_e7), max(from.lon_e7, to.lon_e7))
      (south, north) = (min(from.lat_e7, to.lat_e7), max(from.lat_e7, to.lat_e7))
    }

    func holds(_ point: AreaPoint) -> Bool {
      point.lon_e7 >= west && point.lon_e7 <= east && point.lat_e7 >= south
        && point.lat_e7 <= north && turn(from, to, point) == 0
    }
  }

  /// Where a corner of one ring lies on a side of another.
  private struct Contact {
    let point: AreaPoint
    let a: (ring: Int, side: Int)
    let b: (ring: Int, side: Int)
  }

  /// Two sides that cross in a point inside both, or two rings that cross through a corner. Touching, and borders in
  /// common, are no crossing. A sweep from west to east over the sides that stand above each other; so many pairs at
  /// most. Through a corner of a ring that touches itself nothing is found.
  static func crossing(_ rings: [[AreaPoint]], pairs most: Int = 50_000_000) -> Crossing {
    var sides: [Side] = []
    for (number, ring) in rings.enumerated() {
      for index in ring.indices { sides.append(Side(ring, index, of: number)) }
    }
    sides.sort { $0.west < $1.west }
    var active: [Side] = []
    var contacts: [Contact] = []
    var touchesItself = [Bool](repeating: false, count: rings.count)
    var pairs = 0
    for side in sides {
      if side.from == side.to { touchesItself[side.ring] = true }
      active.removeAll { $0.east < side.west }
      pairs += active.count
      if pairs + 8 * contacts.count > most { return .tangled }
      for other in active where other.south <= side.north && side.south <= other.north {
        if cross(side, other) { return .at(side.from) }
        let corners =
          [side.from, side.to].filter(other.holds) + [other.from, other.to].filter(side.holds)
        for point in corners {
          if side.ring != other.ring {
            contacts.append(
              Contact(point: point, a: (side.ring, side.index), b: (other.ring, other.index)))
          } else if !isJoint(point, side, other, rings[side.ring].count) {
            touchesItself[side.ring] = true
          }
        }
      }
      active.append(side)
    }
    contacts.removeAll { touchesItself[$0.a.ring] || touchesItself[$0.b.ring] }
    return throughCorner(rings, contacts)
  }

  /// A corner that belongs to two sides next to each other.
  private static func isJoint(_ point: AreaPoint, _ a: Side, _ b: Side, _ count: Int) -> Bool {
    (a.index + 1) % count == b.index && point == a.to
      || (b.index + 1) % count == a.index && point == b.to
  }

  /// Which side of a line a point is on: -1, 0 on it, 1.
  static func turn(_ a: AreaPoint, _ b: AreaPoint, _ point: AreaPoint) -> Int {
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

  // Corners

  /// Between two contacts a ring is inside the other, outside or on its border, and at each contact it shows which. One
  /// that is both inside and outside crosses.
  private static func throughCorner(_ rings: [[AreaPoint]], _ contacts: [Contact]) -> Crossing {
    if contacts.isEmpty { return .none }
    let turnsLeft = rings.map(turnsLeft)
    var seen: [UInt64: UInt8] = [:]
    for contact in contacts {
      for (own, other) in [(contact.a, contact.b), (contact.b, contact.a)] {
        let mine = rays(rings[own.ring], own.side, contact.point)
        var (u, v) = rays(rings[other.ring], other.side, contact.point)
        if turnsLeft[other.ring] { (u, v) = (v, u) }
        for ray in [mine.before, mine.after] {
          let key = UInt64(own.ring) << 32 | UInt64(other.ring)
          let both = seen[key, default: 0] | part(contact.point, ray, u, v)
          if both == 3 { return .at(contact.point) }
          seen[key] = both
        }
      }
    }
    return .none
  }

  /// Of a ring all corners of which lie on another, and that does not cross it: whether it runs inside, or is the same.
  static func isInside(_ inner: [AreaPoint], _ outer: [AreaPoint]) -> Bool {
    let isLeft = turnsLeft(outer)
    for (index, corner) in inner.enumerated() {
      guard
        let side = outer.indices.first(where: { Side(outer, $0, of: 0).holds(corner) })
      else { continue }
      var (u, v) = rays(outer, side, corner)
      if isLeft { (u, v) = (v, u) }
      let before = inner[(index + inner.count - 1) % inner.count]
      for ray in [before, inner[(index + 1) % inner.count]] {
        let part = part(corner, ray, u, v)
        if part != 0 { return part == 1 }
      }
    }
    return true
  }

  /// Where a ring comes from and goes to at a point of one of its sides.
  private static func rays(
    _ ring: [AreaPoint], _ side: Int, _ point: AreaPoint
  ) -> (before: AreaPoint, after: AreaPoint) {
    let count = ring.count
    if point == ring[side] { return (ring[(side + count - 1) % count], ring[(side + 1) % count]) }
    if point == ring[(side + 1) % count] { return (ring[side], ring[(side + 2) % count]) }
    return (ring[side], ring[(side + 1) % count])
  }

  /// A ray from a point, beside the sector from `u` to the left until `v`: 1 in it, 2 outside, 0 on its border.
  private static func part(
    _ point: AreaPoint, _ ray: AreaPoint, _ u: AreaPoint, _ v: AreaPoint
  ) -> UInt8 {
    if isSameWay(point, ray, u) || isSameWay(point, ray, v) { return 0 }
    let isIn =
      switch turn(point, u, v) {
      case 1: turn(point, u, ray) > 0 && turn(point, ray, v) > 0
      case -1: !(turn(point, v, ray) > 0 && turn(point, ray, u) > 0)
      default: turn(point, u, ray) > 0
      }
    return isIn ? 1 : 2
  }

  private static func isSameWay(_ point: AreaPoint, _ a: AreaPoint, _ b: AreaPoint) -> Bool {
    func way(_ to: AreaPoint) -> (Int, Int) {
      (
        (Int(to.lat_e7) - Int(point.lat_e7)).signum(), (Int(to.lon_e7) - Int(point.lon_e7)).signum()
      )
    }
    return turn(point, a, b) == 0 && way(a) == way(b)
  }

  private static func turnsLeft(_ ring: [AreaPoint]) -> Bool {
    var twice: Int128 = 0
    for (index, a) in ring.enumerated() {
      let b = ring[(index + 1) % ring.count]
      twice += Int128(a.lon_e7) * Int128(b.lat_e7) - Int128(b.lon_e7) * Int128(a.lat_e7)
    }
    return twice > 0
  }
}
