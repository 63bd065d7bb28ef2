// The ground of beats: no place lies in two of them, and which of them have a border in common.

import HujiaEngine

extension PlanDecoder {
  /// Corners of all beats together.
  private static var mostCorners: Int { 1_000_000 }

  /// One part of a beat's ground.
  private struct Part {
    let beat: Int
    let outer: RingIndex
    let holes: [RingIndex]
  }

  private func rings(of beat: BeatRecord) -> [(ring: [AreaPoint], isOuter: Bool)] {
    let area = draft.areas[Int(beat.area)]
    return (Int(area.first)..<Int(area.first + area.count)).map { number in
      let ring = draft.areaRings[number]
      return (
        Array(draft.areaPoints[Int(ring.first)..<Int(ring.first + ring.count)]),
        outerRings[number]
      )
    }
  }

  func refuseOverlaps(_ elements: [PlanField], _ field: PlanField) throws(PlanError) {
    var rings: [[AreaPoint]] = []
    var parts: [Part] = []
    var corners = 0
    for (place, beat) in draft.beats.enumerated() {
      var holes: [RingIndex] = []
      for (ring, isOuter) in self.rings(of: beat) {
        rings.append(ring)
        corners += ring.count
        guard corners <= Self.mostCorners else {
          throw field.wrong("beats: give all of them together at most 1,000,000 corners")
        }
        if isOuter {
          parts.append(Part(beat: place, outer: RingIndex(ring), holes: holes))
          holes = []
        } else {
          holes.append(RingIndex(ring))
        }
      }
    }
    switch RingCheck.crossing(rings) {
    case .none: break
    case .tangled: throw Self.tangled(field)
    case .at(let point):
      throw field.wrong(
        "beats have borders that cross near [\(Double(point.lon_e7) / 1e7), \(Double(point.lat_e7) / 1e7)]: give a border the same corners on both of its sides"
      )
    }
    var looks = RingCheck.mostLooks
    if let (inner, outer) = Self.inside(parts, &looks) {
      throw elements[inner].wrong(
        "\(elements[inner].path) lies in beats[\(outer)]: a place belongs to one beat, so give that one a hole there"
      )
    }
    if looks <= 0 { throw Self.tangled(field) }
  }

  private static func tangled(_ field: PlanField) -> PlanError {
    field.wrong("beats have too many sides above each other: simplify their lines")
  }

  /// The first part found that lies in a part of another beat, and not in a hole of it. A sweep from west to east.
  private static func inside(_ parts: [Part], _ looks: inout Int) -> (inner: Int, outer: Int)? {
    let order = parts.indices.sorted {
      (parts[$0].outer.west, -Int(parts[$0].outer.east), $0)
        < (parts[$1].outer.west, -Int(parts[$1].outer.east), $1)
    }
    var active: [Int] = []
    for place in order {
      let part = parts[place]
      active.removeAll { parts[$0].outer.east < part.outer.west }
      looks -= active.count
      if looks <= 0 { return nil }
      for other in active.map({ parts[$0] }) where other.beat != part.beat {
        guard other.outer.holds(part.outer, &looks) || part.outer.holds(other.outer, &looks),
          looks > 0
        else { continue }
        let isInner = other.outer.holds(part.outer, &looks)
        let (inner, outer) = isInner ? (part, other) : (other, part)
        if outer.holes.contains(where: { $0.holds(inner.outer, &looks) }) { continue }
        return (inner.beat, outer.beat)
      }
      active.append(place)
    }
    return nil
  }

  /// By beat, those that it has a stretch of border in common with.
  func sharedBorders() -> [[UInt32]] {
    var borders = SharedBorders(count: draft.beats.count)
    for (place, beat) in draft.beats.enumerated() {
      for (ring, _) in rings(of: beat) { borders.add(ring, of: UInt32(place)) }
    }
    return borders.neighbours()
  }
}
