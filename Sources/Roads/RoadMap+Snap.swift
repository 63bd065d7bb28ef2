// From a coordinate to a place on the streets: the nearest point of the nearest street, in integer millimetres.

import CHujiaKernels
import HujiaGeography

extension RoadMap {
  /// A vehicle faster than this has a heading worth believing (GPS heading is noise at a walk).
  private static var believable_cms: Int32 { 200 }
  /// How much farther a street may be and still win because its direction fits the heading: half a wide avenue.
  private static var againstPenalty_mm: Int64 { 15_000 }
  private static var acrossPenalty_mm: Int64 { 8_000 }
  /// Within this of a node a place is at the node.
  private static var atNode_mm: UInt32 { 500 }

  private struct Best {
    var key_mm: Int64 = .max
    var gap_mm: Int64 = .max
    var segment: UInt32 = .max
    /// Asked for at ties only, then kept.
    var isAtNode: Bool?
  }

  /// The reported point, with what every candidate needs of it.
  private struct Point {
    var lat_e7: Int32
    /// In the map's frame (`framed`).
    var lon_e7: Int64
    var lonScale: Int64
    /// 1/100 degree, or -1 where it is not to be believed.
    var heading_cdeg: Int32
  }

  /// The place of a coordinate. Nearest street by distance, islets (`RoadMap+Islets`) only where nothing else lies
  /// within `limit_mm`; at equal distance (to the millimetre) a place at a node first, then the lowest street. With a
  /// heading and a speed of at least 2 m/s, streets that run across or against it count as farther. Farther than
  /// `limit_mm`: marked, and the nearest street is still used. No allocation; any thread.
  ///
  /// `hint`: the street it was on before. It is looked at first, so that most other candidates fall at a glance, and
  /// all of them where other streets are known to keep away (`Clearances`). It never changes the answer.
  package func snap(
    lat_e7: Int32, lon_e7: Int32, hint: UInt32 = Place.none, heading_cdeg: Int32 = .min,
    speed_cms: Int32 = .min, limit_mm: UInt32
  ) -> Place {
    guard gridRows > 0, gridColumns > 0, streetCount > 0 else {
      return Self.noStreet(lat_e7, lon_e7)
    }
    let point = Point(
      lat_e7: lat_e7, lon_e7: framed(lon_e7), lonScale: Distance.lonScale(lat_e7: lat_e7),
      heading_cdeg: speed_cms >= Self.believable_cms && heading_cdeg >= 0 ? heading_cdeg : -1)
    var best = Best()
    if hint < streetCount {
      for segment in segments(of: hint) { consider(segment, point, &best) }
      if isClear(hint, &best, point) { return place(best, point, limit_mm) }
    }
    lookAround(point, &best) { segment, best in consider(segment, point, &best) }
    // The grid of a forged map may hold nothing.
    guard best.segment != .max else { return Self.noStreet(lat_e7, lon_e7) }
    if mayBeIslet(pointStreet[Int(best.segment)]) { leaveIslet(&best, point, limit_mm) }
    return place(best, point, limit_mm)
  }

  private static func noStreet(_ lat_e7: Int32, _ lon_e7: Int32) -> Place {
    Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: .max, lat_e7: lat_e7,
      lon_e7: lon_e7, isOffNetwork: true)
  }

  /// The nearest street that is no islet, when it lies within the limit. Where even the islet is off the network: when
  /// it is at most twice as far, for a road from there is worth more than an estimate.
  @inline(never)
  private func leaveIslet(_ best: inout Best, _ point: Point, _ limit_mm: UInt32) {
    guard isIslet(pointStreet[Int(best.segment)]) else { return }
    let limit_mm = Int64(limit_mm)
    let reach_mm = best.gap_mm <= limit_mm ? limit_mm : max(limit_mm, best.gap_mm * 2)
    var other = Best()
    other.key_mm = reach_mm + Self.againstPenalty_mm
    lookAround(point, &other) { segment, other in
      if !isIslet(pointStreet[Int(segment)]) { consider(segment, point, &other) }
    }
    if other.segment != .max, other.gap_mm <= reach_mm { best = other }
  }

  /// Whether no street but this and its twin, which is looked at too, can be as near. Triangle inequality: a street
  /// closer to the point than (clearance - gap) would be closer to the foot than the clearance, which is impossible.
  @inline(__always)
  private func isClear(_ street: UInt32, _ best: inout Best, _ point: Point) -> Bool {
    var facts = streetFacts[Int(street)]
    guard facts.clearances != 0, best.segment != .max else { return false }
    if facts.twin < streetCount {
      for segment in segments(of: facts.twin) { consider(segment, point, &best) }
      if !segments(of: street).contains(best.segment) {
        facts = streetFacts[Int(facts.twin)]
        guard facts.twin == street else { return false }
      }
    }
    let clearance_mm = facts.clearance_mm(
      at: offset(best.segment, view(best.segment, point)))
    return best.key_mm < clearance_mm - min(best.gap_mm, clearance_mm)
  }

  @inline(__always)
  private func segments(of street: UInt32) -> Range<UInt32> {
    let first = streetFirstPoint[Int(street)]
    return first..<max(first, streetFirstPoint[Int(street) + 1] &- 1)
  }

  /// The distance to the nearest street other than `street` and its twin, at most `most_mm`. `looks` grows by the
  /// segments that were looked at. For compiling a map.
  package func gapToOthers_mm(
    lat_e7: Int32, lon_e7: Int32, than street: UInt32, most_mm: Int64, looks: inout Int
  ) -> Int64 {
    let twin = streetFacts[Int(street)].twin
    let point = Point(
      lat_e7: lat_e7, lon_e7: Int64(lon_e7), lonScale: Distance.lonScale(lat_e7: lat_e7),
      heading_cdeg: -1)
    var best = Best()
    best.key_mm = most_mm
    lookAround(point, &best) { segment, best in
      looks += 1
      let other = pointStreet[Int(segment)]
      if other != street && other != twin { consider(segment, point, &best) }
    }
    return best.key_mm
  }

  /// Shows every segment that may be as near as the best, ring by ring of cells around the point.
  @inline(__always)
  private func lookAround(
    _ point: Point, _ best: inout Best, _ look: (UInt32, inout Best) -> Void
  ) {
    let row = clampedRow(point.lat_e7)
    let column = clampedColumn(point.lon_e7)
    fetchAhead(row, column)
    var ring: Int32 = 0
    while true {
      visitRing(ring, row, column) { y, x in
        guard ring == 0 || isNear(y, x, point, best.key_mm) else { return }
        let cell = Int(y) * Int(gridColumns) + Int(x)
        for index in firstInCell[cell]..<firstInCell[cell + 1] {
          look(cellSegment[Int(index)], &best)
        }
      }
      let nextBound_mm = bound_mm(ring, row, column, point)
      if nextBound_mm == .max || best.key_mm < nextBound_mm { break }
      ring += 1
    }
  }

  /// Each read below is likely a cache miss. Prefetches all of them before the first comparison.
  @inline(__always)
  private func fetchAhead(_ row: Int32, _ column: Int32) {
    let cell = Int(row) * Int(gridColumns) + Int(column)
    if row > 0 { hjk_prefetch(firstInCell + cell - Int(gridColumns)) }
    if row + 1 < gridRows { hjk_prefetch(firstInCell + cell + Int(gridColumns)) }
    let first = Int(firstInCell[cell])
    for index in first..<min(Int(firstInCell[cell + 1]), first + Self.fetchedAhead) {
      let segment = Int(cellSegment[index])
      hjk_prefetch(pointLat_e7 + segment)
      hjk_prefetch(pointLon_e7 + segment)
    }
    if row > 0 { hjk_prefetch(cellSegment + Int(firstInCell[cell - Int(gridColumns)])) }
    if row + 1 < gridRows { hjk_prefetch(cellSegment + Int(firstInCell[cell + Int(gridColumns)])) }
  }

  private static var fetchedAhead: Int { 12 }

  /// Whether a coordinate lies within the rectangle of the streets.
  package func hasGrid(around lat_e7: Int32, _ lon_e7: Int32) -> Bool {
    let north = Int64(lat_e7) - Int64(gridSouth_e7)
    let east = framed(lon_e7) - Int64(gridWest_e7)
    return north >= 0 && north < Int64(gridRows) * Int64(cellLat_e7)
      && east >= 0 && east < Int64(gridColumns) * Int64(cellLon_e7)
  }

  /// The grid cell that a search from a coordinate begins in, to fetch it ahead. The grid is not empty.
  package func cell(lat_e7: Int32, lon_e7: Int32) -> Int {
    Int(clampedRow(lat_e7)) * Int(gridColumns) + Int(clampedColumn(framed(lon_e7)))
  }

  /// Whether a cell reaches within `key_mm` of the point. Three millimetres of slack cover the rounding of a
  /// segment's two ends, so no cell is left out that could hold an equal.
  @inline(__always)
  private func isNear(_ row: Int32, _ column: Int32, _ point: Point, _ key_mm: Int64) -> Bool {
    let south = Int64(gridSouth_e7) + Int64(row) * Int64(cellLat_e7)
    let west = Int64(gridWest_e7) + Int64(column) * Int64(cellLon_e7)
    let lat = Int64(point.lat_e7)
    let lon = point.lon_e7
    let beyondLat = max(south - lat, lat - south - Int64(cellLat_e7), 0)
    let beyondLon = max(west - lon, lon - west - Int64(cellLon_e7), 0)
    let dy = Distance.axis_mm(beyondLat, Distance.latScale)
    let dx = Distance.axis_mm(beyondLon, point.lonScale)
    // Nothing nearer than 2,000 km so far (a place on another continent): look everywhere. Else no square overflows.
    guard key_mm < 2_000_000_000 else { return true }
    let reach = key_mm + 3
    return dx <= reach && dy <= reach && dx * dx + dy * dy <= reach * reach
  }

  private func clampedRow(_ lat_e7: Int32) -> Int32 {
    let row = (Int64(lat_e7) - Int64(gridSouth_e7)) / Int64(cellLat_e7)
    return Int32(min(max(row, 0), Int64(gridRows) - 1))
  }

  @inline(__always) private func clampedColumn(_ lon_e7: Int64) -> Int32 {
    let column = (lon_e7 &- Int64(gridWest_e7)) / Int64(cellLon_e7)
    return Int32(min(max(column, 0), Int64(gridColumns) - 1))
  }

  /// The cells at Chebyshev distance `ring` from (row, column) that exist.
  @inline(__always)
  private func visitRing(
    _ ring: Int32, _ row: Int32, _ column: Int32, _ body: (Int32, Int32) -> Void
  ) {
    let low = row - ring
    let high = row + ring
    let left = column - ring
    let right = column + ring
    let last = min(high, gridRows - 1)
    var y = max(low, 0)
    while y <= last {
      if y == low || y == high {
        for x in max(left, 0)...min(right, gridColumns - 1) { body(y, x) }
      } else if left >= 0 || right < gridColumns {
        if left >= 0 { body(y, left) }
        if right < gridColumns { body(y, right) }
      } else {
        // Wider than the grid: nothing before the far edge, so that a search costs the cells that it visits.
        y = high
        continue
      }
      y += 1
    }
  }

  /// No segment outside the rings visited so far is nearer than this; `Int64.max` when all cells were visited. Seen
  /// from outside the grid a cell to the side is as far beyond as the grid is, too: without that, a place ten
  /// kilometres from the map would look at all cells within ten kilometres.
  private func bound_mm(
    _ ring: Int32, _ row: Int32, _ column: Int32, _ point: Point
  ) -> Int64 {
    let lat = Int64(point.lat_e7)
    let lon = point.lon_e7
    let south = Int64(gridSouth_e7)
    let west = Int64(gridWest_e7)
    let north = south + Int64(gridRows) * Int64(cellLat_e7)
    let east = west + Int64(gridColumns) * Int64(cellLon_e7)
    let beyondLat = Distance.axis_mm(max(south - lat, lat - north, 0), Distance.latScale)
    let beyondLon = Distance.axis_mm(max(west - lon, lon - east, 0), point.lonScale)
    var bound = Int64.max
    if row - ring > 0 {
      let edge = south + Int64(row - ring) * Int64(cellLat_e7)
      bound = min(bound, reach(Distance.axis_mm(lat - edge, Distance.latScale), beyondLon))
    }
    if row + ring < gridRows - 1 {
      let edge = south + Int64(row + ring + 1) * Int64(cellLat_e7)
      bound = min(bound, reach(Distance.axis_mm(edge - lat, Distance.latScale), beyondLon))
    }
    if column - ring > 0 {
      let edge = west + Int64(column - ring) * Int64(cellLon_e7)
      bound = min(bound, reach(Distance.axis_mm(lon - edge, point.lonScale), beyondLat))
    }
    if column + ring < gridColumns - 1 {
      let edge = west + Int64(column + ring + 1) * Int64(cellLon_e7)
      bound = min(bound, reach(Distance.axis_mm(edge - lon, point.lonScale), beyondLat))
    }
    return bound
  }

  /// The least distance of what lies behind an edge, when all of it is `beyond_mm` away across it. Rounded down, with
  /// the three millimetres of `isNear`.
  @inline(__always)
  private func reach(_ edge_mm: Int64, _ beyond_mm: Int64) -> Int64 {
    let edge_mm = max(edge_mm, 0)
    guard beyond_mm > 0 else { return edge_mm }
    let square = UInt64(edge_mm * edge_mm) + UInt64(beyond_mm * beyond_mm)
    return max(Distance.root(square) - 3, edge_mm)
  }

  /// A segment as seen from the reported point, in millimetres.
  private struct View {
    var ax: Int64
    var ay: Int64
    var abx: Int64
    var aby: Int64
    var dot: Int64
    var length2: Int64
  }

  /// Nothing overflows here, so nothing is checked: differences of framed longitudes are below 2^33, `axis_mm` caps at
  /// 2^31, and the sides of a segment at 10^9, so that sums of two products stay within 63 bits.
  @inline(__always)
  private func view(_ segment: UInt32, _ point: Point) -> View {
    let a = Int(segment)
    let lat = Int64(point.lat_e7)
    let lon = point.lon_e7
    let ax = Distance.axis_mm(Int64(pointLon_e7[a]) &- lon, point.lonScale)
    let ay = Distance.axis_mm(Int64(pointLat_e7[a]) &- lat, Distance.latScale)
    let bx = Distance.axis_mm(Int64(pointLon_e7[a + 1]) &- lon, point.lonScale)
    let by = Distance.axis_mm(Int64(pointLat_e7[a + 1]) &- lat, Distance.latScale)
    let abx = min(max(bx &- ax, -1_000_000_000), 1_000_000_000)
    let aby = min(max(by &- ay, -1_000_000_000), 1_000_000_000)
    return View(
      ax: ax, ay: ay, abx: abx, aby: aby, dot: 0 &- ax &* abx &- ay &* aby,
      length2: abx &* abx &+ aby &* aby)
  }

  /// The distance, rounded down; exact (the floating-point root is only a guess that integers correct).
  @inline(__always)
  private func gap_mm(_ view: View) -> Int64 {
    if view.dot <= 0 || view.length2 == 0 {
      return Distance.root(UInt64(view.ax * view.ax + view.ay * view.ay))
    }
    if view.dot >= view.length2 {
      let bx = view.ax + view.abx
      let by = view.ay + view.aby
      return Distance.root(UInt64(bx * bx) + UInt64(by * by))
    }
    // The largest g with g * g * length2 <= cross * cross.
    let cross = (view.ax * view.aby - view.ay * view.abx).magnitude
    let square = cross.multipliedFullWidth(by: cross)
    let length2 = UInt64(view.length2)
    var gap = UInt64(Double(cross) / Double(length2).squareRoot())
    while Self.exceeds(gap, length2, square) { gap -= 1 }
    while !Self.exceeds(gap + 1, length2, square) { gap += 1 }
    return Int64(gap)
  }

  /// gap * gap * length2 > square
  @inline(__always)
  private static func exceeds(
    _ gap: UInt64, _ length2: UInt64, _ square: (high: UInt64, low: UInt64)
  ) -> Bool {
    let product = (gap &* gap).multipliedFullWidth(by: length2)
    return product.high != square.high ? product.high > square.high : product.low > square.low
  }

  @inline(__always)
  private func consider(_ segment: UInt32, _ point: Point, _ best: inout Best) {
    if segment == best.segment { return }
    let view = view(segment, point)
    // Wholly to one side by more than the best: most candidates end here.
    if view.ax > best.key_mm && view.ax &+ view.abx > best.key_mm { return }
    if 0 &- view.ax > best.key_mm && 0 &- view.ax &- view.abx > best.key_mm { return }
    if view.ay > best.key_mm && view.ay &+ view.aby > best.key_mm { return }
    if 0 &- view.ay > best.key_mm && 0 &- view.ay &- view.aby > best.key_mm { return }
    let gap = gap_mm(view)
    guard gap <= best.key_mm else { return }
    let key = point.heading_cdeg < 0 ? gap : gap + penalty_mm(segment, view, point.heading_cdeg)
    guard key <= best.key_mm else { return }
    guard key == best.key_mm, best.segment != .max else {
      best = Best(key_mm: key, gap_mm: gap, segment: segment)
      return
    }
    let isBestAtNode = best.isAtNode ?? isAtNode(best.segment, self.view(best.segment, point))
    best.isAtNode = isBestAtNode
    let isAtNode = isAtNode(segment, view)
    if isAtNode != isBestAtNode ? isAtNode : segment < best.segment {
      best = Best(key_mm: key, gap_mm: gap, segment: segment, isAtNode: isAtNode)
    }
  }

  private func isAtNode(_ segment: UInt32, _ view: View) -> Bool {
    node(offset(segment, view), pointStreet[Int(segment)]) != Place.none
  }

  /// Whether a street's directions fit a heading: within 60 degrees fits, beyond 120 against, else across.
  private func penalty_mm(_ segment: UInt32, _ view: View, _ heading: Int32) -> Int64 {
    let street = facts(ofStreet: pointStreet[Int(segment)])
    let (sine, cosine) = Compass.direction(heading)
    // |cos| of the angle between the segment and the heading against cos 60 = 1/2, in integers.
    let along = (view.abx * sine + view.aby * cosine) >> 14
    let length = Distance.root(UInt64(view.length2))
    let goesForward = street.forwardArc != Self.none
    let goesBackward = street.backwardArc != Self.none || street.twin != Self.none
    if along * 2 >= length { return goesForward ? 0 : Self.againstPenalty_mm }
    if along * 2 <= -length { return goesBackward ? 0 : Self.againstPenalty_mm }
    return Self.acrossPenalty_mm
  }

  /// Millimetres from the street's first point to the foot of the perpendicular.
  @inline(__always)
  private func offset(_ segment: UInt32, _ view: View) -> UInt32 {
    let a = Int(segment)
    if view.dot <= 0 || view.length2 == 0 { return pointOffset_mm[a] }
    if view.dot >= view.length2 { return pointOffset_mm[a + 1] }
    let run = Int64(pointOffset_mm[a + 1]) - Int64(pointOffset_mm[a])
    return pointOffset_mm[a] + UInt32(run.multipliedScaled(by: view.dot, over: view.length2))
  }

  /// The node that an offset is at, or none.
  @inline(__always)
  private func node(_ offset_mm: UInt32, _ street: UInt32) -> UInt32 {
    let facts = facts(ofStreet: street)
    let length = facts.length_mm
    let first = offset_mm <= Self.atNode_mm
    let last = length - min(offset_mm, length) <= Self.atNode_mm
    if !first && !last { return Place.none }
    let isFirst = first && (!last || offset_mm <= length / 2)
    if facts.forwardArc == Self.none && facts.backwardArc == Self.none { return Place.none }
    return isFirst ? facts.firstNode : facts.lastNode
  }

  /// The node at a street's first or last point.
  package func end(of street: UInt32, isFirst: Bool) -> UInt32 {
    let facts = streetFacts[Int(street)]
    return isFirst ? facts.firstNode : facts.lastNode
  }

  private func place(
    _ best: Best, _ reported: Point, _ limit_mm: UInt32
  ) -> Place {
    let view = view(best.segment, reported)
    let street = pointStreet[Int(best.segment)]
    let offset_mm = offset(best.segment, view)
    let node = node(offset_mm, street)
    return Place(
      street: street, offset_mm: offset_mm, node: node,
      gap_dm: UInt32(clamping: best.gap_mm / 100), lat_e7: reported.lat_e7,
      lon_e7: Self.wrapped(reported.lon_e7), isOffNetwork: best.gap_mm > Int64(limit_mm))
  }

  /// Where a place touches the streets; the place itself when there are none. O(log points).
  package func point(of place: Place) -> (lat_e7: Int32, lon_e7: Int32) {
    guard place.isOnStreets else { return (place.lat_e7, place.lon_e7) }
    if place.node != Place.none {
      return (
        nodeLat_e7[Int(place.node)], Self.wrapped(Int64(nodeLon_e7[Int(place.node)]))
      )
    }
    return point(street: place.street, offset_mm: place.offset_mm)
  }

  /// The coordinate of an offset along a street. O(log points).
  package func point(street: UInt32, offset_mm: UInt32) -> (lat_e7: Int32, lon_e7: Int32) {
    var low = Int(streetFirstPoint[Int(street)])
    var high = Int(streetFirstPoint[Int(street) + 1]) - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if pointOffset_mm[middle] <= offset_mm { low = middle } else { high = middle }
    }
    let run = Int64(pointOffset_mm[high]) - Int64(pointOffset_mm[low])
    guard run > 0 else { return (pointLat_e7[low], Self.wrapped(Int64(pointLon_e7[low]))) }
    let part = min(Int64(offset_mm) - Int64(pointOffset_mm[low]), run)
    let dLat = Int64(pointLat_e7[high]) - Int64(pointLat_e7[low])
    let dLon = Int64(pointLon_e7[high]) - Int64(pointLon_e7[low])
    return (
      pointLat_e7[low] + Int32(dLat * part / run),
      Self.wrapped(Int64(pointLon_e7[low]) + dLon * part / run)
    )
  }
}
