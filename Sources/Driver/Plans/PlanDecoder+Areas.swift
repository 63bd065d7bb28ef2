// The areas that plans name: one ring of corners, or parts with holes as GeoJSON writes a MultiPolygon.

import HujiaEngine

extension PlanDecoder {
  private static var mostAreas: Int { 100_000 }

  mutating func readAreas(_ field: PlanField) throws(PlanError) {
    let elements = try field.elements()
    guard elements.count <= Self.mostAreas else {
      throw field.wrong("areas has \(elements.count) entries: give at most \(Self.mostAreas)")
    }
    for element in elements {
      let area = try element.object(["name", "polygon", "polygons"])
      let name = try area.require("name").string()
      guard areaNames[name] == nil else {
        throw element.wrong("area \"\(name)\" stands twice: give each its own name")
      }
      var rings: [[AreaPoint]] = []
      let whole: PlanField
      if let parts = area["polygons"] {
        guard area["polygon"] == nil else {
          throw parts.wrong("\(parts.path) and polygon are both there: keep one")
        }
        rings = try readParts(parts)
        whole = parts
      } else {
        whole = try area.require("polygon")
        rings.append(try readRing(whole))
        outerRings.append(true)
      }
      areaNames[name] = UInt32(draft.areas.count)
      try add(rings, whole)
    }
  }

  private mutating func add(_ rings: [[AreaPoint]], _ field: PlanField) throws(PlanError) {
    let points = rings.joined()
    guard points.count <= Self.mostCorners else { throw tooManyCorners(field) }
    let lats = points.map(\.lat_e7)
    let lons = points.map(\.lon_e7)
    try checkWidth(lons, field)
    draft.areas.append(
      AreaRecord(
        first: UInt32(draft.areaRings.count), count: UInt32(rings.count),
        south_e7: lats.min() ?? 0, north_e7: lats.max() ?? 0, west_e7: lons.min() ?? 0,
        east_e7: lons.max() ?? 0))
    for ring in rings {
      draft.areaRings.append(
        RingRecord(first: UInt32(draft.areaPoints.count), count: UInt32(ring.count)))
      draft.areaPoints += ring
    }
  }

  private func checkWidth(_ lons: [Int32], _ field: PlanField) throws(PlanError) {
    guard let west = lons.min(), let east = lons.max(), Int64(east) - Int64(west) > Self.turn_e7
    else { return }
    throw field.wrong("\(field.path) is wider than the planet: 360 degrees at most")
  }

  private static var mostCorners: Int { 100_000 }

  /// One part of an area.
  private struct Part {
    let outer: RingIndex
    let holes: [RingIndex]
    let field: PlanField
  }

  /// Parts, each an outer ring and its holes. What overlaps or crosses would turn inside out, so it is refused.
  private mutating func readParts(_ field: PlanField) throws(PlanError) -> [[AreaPoint]] {
    var rings: [[AreaPoint]] = []
    var parts: [(rings: [[AreaPoint]], fields: [PlanField])] = []
    var corners = 0
    for part in try Self.filled(field) {
      let fields = try Self.filled(part)
      var own: [[AreaPoint]] = []
      for field in fields {
        own.append(try readRing(field))
        corners += own[own.count - 1].count
        // Before any ring is held against another.
        guard corners <= Self.mostCorners else { throw tooManyCorners(field) }
      }
      parts.append((own, fields))
      rings += own.dropFirst()
      rings.append(own[0])
      outerRings += own.indices.map { $0 == own.count - 1 }
    }
    if !isRecorded { try check(parts, rings, field) }
    return rings
  }

  private func tooManyCorners(_ field: PlanField) -> PlanError {
    field.wrong("\(field.path): give an area at most 100,000 corners")
  }

  private func check(
    _ parts: [(rings: [[AreaPoint]], fields: [PlanField])], _ rings: [[AreaPoint]],
    _ field: PlanField
  ) throws(PlanError) {
    var looks = RingCheck.mostLooks
    let indexed = parts.map { part in
      Part(
        outer: RingIndex(part.rings[0]), holes: part.rings.dropFirst().map(RingIndex.init),
        field: part.fields[0])
    }
    for (index, part) in indexed.enumerated() {
      for (place, hole) in part.holes.enumerated()
      where !part.outer.holdsAll(of: hole, &looks) && looks > 0 {
        let hole = parts[index].fields[place + 1]
        throw hole.wrong("\(hole.path) is a hole beside its part: give it a part of its own")
      }
    }
    switch RingCheck.crossing(rings) {
    case .none: break
    case .tangled: throw tangled(field)
    case .at(let point):
      throw field.wrong(
        "\(field.path) has sides that cross near [\(Double(point.lon_e7) / 1e7), \(Double(point.lat_e7) / 1e7)]: parts stand side by side, holes inside"
      )
    }
    try checkApart(indexed, &looks)
    if looks <= 0 { throw tangled(field) }
  }

  private func tangled(_ field: PlanField) -> PlanError {
    field.wrong("\(field.path) has too many sides above each other: simplify its lines")
  }

  /// No part lies in another, unless in a hole of that one. A sweep from west to east over their boxes.
  private func checkApart(_ parts: [Part], _ looks: inout Int) throws(PlanError) {
    let order = parts.indices.sorted {
      (parts[$0].outer.west, -Int(parts[$0].outer.east), $0)
        < (parts[$1].outer.west, -Int(parts[$1].outer.east), $1)
    }
    var active: [Int] = []
    for place in order {
      let part = parts[place].outer
      active.removeAll { parts[$0].outer.east < part.west }
      looks -= active.count
      if looks <= 0 { return }
      for other in active where parts[other].outer.holds(part, &looks) {
        if parts[other].holes.contains(where: { $0.holds(part, &looks) }) { continue }
        if looks <= 0 { return }
        let field = parts[place].field
        throw field.wrong("\(field.path) lies in another part: leave it out")
      }
      active.append(place)
    }
  }

  private func readRing(_ field: PlanField) throws(PlanError) -> [AreaPoint] {
    var points: [AreaPoint] = []
    for vertex in try field.elements() {
      let point = try readCorner(vertex)
      if let before = points.last { try checkSide(from: before, to: point, vertex) }
      points.append(point)
    }
    if points.count > 3, points.first?.lat_e7 == points.last?.lat_e7,
      points.first?.lon_e7 == points.last?.lon_e7
    {
      points.removeLast()
    }
    if let first = points.first, let last = points.last {
      try checkSide(from: last, to: first, field)
    }
    try checkWidth(points.map(\.lon_e7), field)
    guard points.count >= 3, points.count <= 100_000 else {
      throw field.wrong("\(field.path) has \(points.count) corners: give at least 3")
    }
    guard isRecorded || !Self.isLine(points) else {
      throw field.wrong("\(field.path) encloses nothing, so no place is ever in it")
    }
    return points
  }

  private func readCorner(_ vertex: PlanField) throws(PlanError) -> AreaPoint {
    let pair = try vertex.elements()
    guard pair.count == 2 else {
      throw vertex.wrong("\(vertex.path): give [longitude, latitude]")
    }
    let lon = try pair[0].number()
    let lat = try pair[1].number()
    guard lon >= -Self.farthestLongitude, lon <= Self.farthestLongitude, lat >= -90, lat <= 90
    else {
      throw vertex.wrong(
        "\(vertex.path) is off the planet: give [longitude, latitude] in degrees")
    }
    return AreaPoint(lat_e7: Int32((lat * 1e7).rounded()), lon_e7: Int32((lon * 1e7).rounded()))
  }

  /// Areas across 180 degrees count on past it, up to here.
  private static var farthestLongitude: Double { 210 }
  private static var turn_e7: Int64 { 3_600_000_000 }

  /// A side of more than half a turn may be meant either way round, and the wrong one would turn the area inside out.
  /// One of a whole turn is the border of a map of the world.
  private func checkSide(
    from: AreaPoint, to: AreaPoint, _ field: PlanField
  ) throws(PlanError) {
    let width_e7 = abs(Int64(to.lon_e7) - Int64(from.lon_e7))
    guard !isRecorded, width_e7 > Self.turn_e7 / 2, width_e7 != Self.turn_e7 else { return }
    throw field.wrong(
      "\(field.path): a side of more than 180 degrees. Is the area meant to lie across 180? Then count on "
        + "past it (180.005 for -179.995); else give the side a corner in between")
  }

  /// Whether all corners lie on one line. Differences are below 2^32 and 2^31, so the products fit.
  private static func isLine(_ points: [AreaPoint]) -> Bool {
    func away(_ point: AreaPoint) -> (north: Int64, east: Int64) {
      (
        Int64(point.lat_e7) - Int64(points[0].lat_e7), Int64(point.lon_e7) - Int64(points[0].lon_e7)
      )
    }
    guard let along = points.map(away).first(where: { $0.north != 0 || $0.east != 0 }) else {
      return true
    }
    return points.map(away).allSatisfy { $0.north * along.east == $0.east * along.north }
  }
}
