// Arcs that run by a point, with how well each fits what a reference says of the road there; from the map's own grid.

import Glibc
import HujiaGeography
import HujiaRoads

/// A place on an arc where a line may begin, pass or end.
struct ArcPlace: Equatable {
  var arc: UInt32
  /// From the arc's tail.
  var at_mm: UInt32
  /// How badly it fits, in metres.
  var cost_m: Double
}

/// Metres around a point.
struct LocalFrame {
  let lat_e7: Int32
  let lon_e7: Int32
  let x_m: Double
  static let y_m = 0.011_119_508_372
  init(lat_e7: Int32, lon_e7: Int32) {
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    x_m = Self.y_m * cos(Double(lat_e7) * .pi / 1_800_000_000)
  }

  @inline(__always) func x(_ lon_e7: Int32) -> Double {
    var east = Int64(lon_e7) - Int64(self.lon_e7)
    if east > RoadMap.halfTurn_e7 { east -= RoadMap.turn_e7 }
    if east < -RoadMap.halfTurn_e7 { east += RoadMap.turn_e7 }
    return Double(east) * x_m
  }

  @inline(__always) func y(_ lat_e7: Int32) -> Double {
    Double(Int64(lat_e7) - Int64(self.lat_e7)) * Self.y_m
  }
}

extension RoadMap {
  @inline(__always) func tail(_ arc: UInt32) -> UInt32 { arcTail[Int(arc)] }
  @inline(__always) func head(_ arc: UInt32) -> UInt32 { arcHead[Int(arc)] }
  @inline(__always) func length_mm(arc: UInt32) -> UInt32 {
    streetLength_mm[Int(arcStreet[Int(arc)])]
  }
  @inline(__always) func isForward(_ arc: UInt32) -> Bool {
    streetFacts[Int(arcStreet[Int(arc)])].forwardArc == arc
  }
}

struct Nearby {
  private let map: RoadMap
  /// No road farther from a point is looked at.
  let reach_m: Double
  /// A decoder measures directions over so much road.
  private static let bearingRun_m = 20.0
  /// Directions are rounded to 11.25 degrees: within this they agree.
  private static let bearingStep_deg = 6.0
  private static let degree_m = 0.25
  /// A road that leads another way is none of the line's.
  private static let mostTurn_deg = 60.0
  /// Places kept of a point.
  static let mostPlaces = 12
  /// What is left of an arc behind the start of a line, or before its end, is this at least, or it costs.
  private static let least_mm: UInt32 = 1_000
  private static let endPrice_m = 3.0

  /// The nearest point of each street.
  private struct Foot {
    var street: UInt32
    var square: Double
    var offset_mm: UInt32
  }
  private var feet: [Foot] = []

  init(_ map: RoadMap, reach_m: Double) {
    self.map = map
    self.reach_m = reach_m
  }

  /// The places of a point, the best first. `isLast`: its line ends there.
  mutating func places(_ point: LinePoint, isLast: Bool, into places: inout [ArcPlace]) {
    places.removeAll(keepingCapacity: true)
    let frame = LocalFrame(lat_e7: point.lat_e7, lon_e7: point.lon_e7)
    findFeet(point, frame)
    for foot in feet {
      let facts = map.streetFacts[Int(foot.street)]
      for arc in [facts.forwardArc, facts.backwardArc] where arc != RoadMap.none {
        let at_mm = arc == facts.forwardArc ? foot.offset_mm : facts.length_mm - foot.offset_mm
        let rest_mm = isLast ? at_mm : facts.length_mm - at_mm
        if facts.length_mm == 0 { continue }
        var cost_m = foot.square.squareRoot()
        // The line begins where this ends, or ends where this begins: a neighbour has it rather.
        if rest_mm < Self.least_mm { cost_m += Self.endPrice_m }
        if point.bearing_deg >= 0 {
          let turn = difference(
            point.bearing_deg, bearing(arc, at_mm: at_mm, isBack: isLast))
          if turn > Self.mostTurn_deg { continue }
          cost_m += max(turn - Self.bearingStep_deg, 0) * Self.degree_m
        }
        places.append(ArcPlace(arc: arc, at_mm: at_mm, cost_m: cost_m))
      }
    }
    places.sort { ($0.cost_m, $0.arc) < ($1.cost_m, $1.arc) }
    if places.count > Self.mostPlaces { places.removeSubrange(Self.mostPlaces...) }
  }

  private func difference(_ a: Double, _ b: Double) -> Double {
    let turn = abs(a - b).truncatingRemainder(dividingBy: 360)
    return min(turn, 360 - turn)
  }

  /// Where an arc leads from a place of it within 20 m, or where it comes from.
  private func bearing(_ arc: UInt32, at_mm: UInt32, isBack: Bool) -> Double {
    let street = map.arcStreet[Int(arc)]
    let length_mm = map.streetLength_mm[Int(street)]
    let run_mm = UInt32(Self.bearingRun_m * 1_000)
    // At its very end an arc still shows where it leads.
    let from_mm =
      isBack
      ? max(at_mm, min(Self.least_mm * 2, length_mm))
      : min(at_mm, length_mm - min(Self.least_mm * 2, length_mm))
    let other_mm = isBack ? from_mm - min(run_mm, from_mm) : min(from_mm + run_mm, length_mm)
    let isForward = map.isForward(arc)
    let a = map.point(street: street, offset_mm: isForward ? from_mm : length_mm - from_mm)
    let b = map.point(street: street, offset_mm: isForward ? other_mm : length_mm - other_mm)
    let frame = LocalFrame(lat_e7: a.lat_e7, lon_e7: a.lon_e7)
    let degrees = atan2(frame.x(b.lon_e7), frame.y(b.lat_e7)) * 180 / .pi
    return degrees < 0 ? degrees + 360 : degrees
  }

  private mutating func findFeet(_ point: LinePoint, _ frame: LocalFrame) {
    feet.removeAll(keepingCapacity: true)
    guard map.gridRows > 0, map.gridColumns > 0 else { return }
    let lat = Int64(point.lat_e7) - Int64(map.gridSouth_e7)
    let lon = map.framed(point.lon_e7) - Int64(map.gridWest_e7)
    let up = Int64(reach_m / LocalFrame.y_m)
    let across = Int64(min(reach_m / max(frame.x_m, 1e-6), 1e9))
    let rows = cells(lat - up, lat + up, Int64(map.cellLat_e7), Int(map.gridRows))
    let columns = cells(lon - across, lon + across, Int64(map.cellLon_e7), Int(map.gridColumns))
    for row in rows {
      for column in columns {
        let cell = row * Int(map.gridColumns) + column
        for index in map.firstInCell[cell]..<max(map.firstInCell[cell], map.firstInCell[cell + 1]) {
          consider(map.cellSegment[Int(index)], frame)
        }
      }
    }
  }

  /// The cells of one axis that a stretch touches.
  private func cells(_ low: Int64, _ high: Int64, _ size: Int64, _ count: Int) -> Range<Int> {
    guard high >= 0 else { return 0..<0 }
    let first = Int(max(low, 0) / size)
    let last = Int(min(high / size, Int64(count) - 1))
    return first <= last ? first..<last + 1 : 0..<0
  }

  @inline(__always)
  private mutating func consider(_ segment: UInt32, _ frame: LocalFrame) {
    let a = Int(segment)
    let ax = frame.x(map.pointLon_e7[a])
    let ay = frame.y(map.pointLat_e7[a])
    let bx = frame.x(map.pointLon_e7[a + 1])
    let by = frame.y(map.pointLat_e7[a + 1])
    let dx = bx - ax
    let dy = by - ay
    let length2 = dx * dx + dy * dy
    let share = length2 > 0 ? min(max(-(ax * dx + ay * dy) / length2, 0), 1) : 0
    let x = ax + share * dx
    let y = ay + share * dy
    let square = x * x + y * y
    guard square <= reach_m * reach_m else { return }
    let from = map.pointOffset_mm[a]
    let run = Double(map.pointOffset_mm[a + 1]) - Double(from)
    let street = map.pointStreet[a]
    let foot = Foot(
      street: street, square: square, offset_mm: from + UInt32(max(run * share, 0).rounded()))
    if let known = feet.firstIndex(where: { $0.street == street }) {
      if square < feet[known].square { feet[known] = foot }
    } else {
      feet.append(foot)
    }
  }
}
