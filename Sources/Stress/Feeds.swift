// What producers offer, made before the run so that making it costs nothing while it runs: fixes of units that drive
// along the streets (or of recorded traces), and calls beside the streets.

import CHujia
import HujiaCities
import HujiaHostKit
import HujiaMapImport
import HujiaRoads

/// A unit on its way along the streets, a stretch at a time.
struct Walk {
  private let map: RoadMap
  private var arc: Int
  private var along_mm: Int64 = 0

  init(_ map: RoadMap, random: inout SplitMix64) {
    self.map = map
    arc = Self.anyArc(map, &random)
  }

  private static func anyArc(_ map: RoadMap, _ random: inout SplitMix64) -> Int {
    for _ in 0..<100 {
      let arc = Int.random(in: 0..<map.arcCount, using: &random)
      if !map.isLink(arc), map.nodePart[Int(map.arcHead[arc])] == 0 { return arc }
    }
    let facts = map.streetFacts[0]
    return Int(facts.forwardArc == RoadMap.none ? facts.backwardArc : facts.forwardArc)
  }

  /// Drives on and says where it is then.
  mutating func drive(_ stretch_mm: Int64, random: inout SplitMix64) -> Location {
    along_mm += stretch_mm
    for _ in 0..<100 {
      let length_mm = Int64(map.streetLength_mm[Int(map.arcStreet[arc])])
      if along_mm <= length_mm { break }
      along_mm -= length_mm
      turn(&random)
    }
    along_mm = min(along_mm, Int64(map.streetLength_mm[Int(map.arcStreet[arc])]))
    return place
  }

  /// Any street but the one it came by, unless that is the only one.
  private mutating func turn(_ random: inout SplitMix64) {
    let street = map.arcStreet[arc]
    repeat {
      let node = Int(map.arcHead[arc])
      let first = Int(map.firstOut[node])
      let count = Int(map.firstOut[node + 1]) - first
      guard count > 0 else {
        arc = Self.anyArc(map, &random)
        return
      }
      arc = first + Int.random(in: 0..<count, using: &random)
      if map.arcStreet[arc] == street, count > 1 { arc = first + (arc - first + 1) % count }
    } while map.isLink(arc)
  }

  private var place: Location {
    let street = Int(map.arcStreet[arc])
    let first = Int(map.streetFirstPoint[street])
    let last = Int(map.streetFirstPoint[street + 1]) - 1
    let length_mm = Int64(map.streetLength_mm[street])
    let isForward = map.streetFacts[street].forwardArc == map.streetArc(of: UInt32(arc))
    let at_mm = isForward ? along_mm : length_mm - along_mm
    var point = first
    while point + 1 < last, Int64(map.pointOffset_mm[point + 1]) < at_mm { point += 1 }
    let start_mm = Int64(map.pointOffset_mm[point])
    let span_mm = max(Int64(map.pointOffset_mm[point + 1]) - start_mm, 1)
    let share = Double(at_mm - start_mm) / Double(span_mm)
    func between(_ values: UnsafePointer<Int32>) -> Int32 {
      let from = Double(values[point])
      return Int32((from + (Double(values[point + 1]) - from) * share).rounded())
    }
    return Location(lat_e7: between(map.pointLat_e7), lon_e7: between(map.pointLon_e7))
  }
}

enum Feeds {
  /// Fixes kept a producer: more would only push the engine's own data out of the caches.
  static let fixLimit = 262_144
  /// Every so often an item is wrong on purpose: a unit that nobody put, a key used twice, an assignment that is over.
  static let brokenEvery = 1_000
  static let step_mm: Int64 = 12_000  // a second of driving
  private static let noise_e7 = 300.0  // some three metres

  /// Rounds of all units of one producer, there and back, so that the end joins the beginning.
  static func fixes(
    _ map: RoadMap, units: [UInt64], random: inout SplitMix64
  ) -> [hj_position] {
    let moving = Array(units.prefix(fixLimit / 2))
    guard !moving.isEmpty else { return [] }
    let steps = min(max(65_536 / moving.count / 2, 1), 256)
    var rounds = (0..<steps).map { _ in [Location]() }
    for _ in moving {
      var walk = Walk(map, random: &random)
      for step in 0..<steps { rounds[step].append(walk.drive(step_mm, random: &random)) }
    }
    var fixes: [hj_position] = []
    for round in Array(0..<steps) + (0..<steps).reversed() {
      for (index, unit) in moving.enumerated() {
        var place = rounds[round][index]
        place.lat_e7 &+= Int32(random.between(-noise_e7, noise_e7))
        place.lon_e7 &+= Int32(random.between(-noise_e7, noise_e7))
        fixes.append(Host.fix(unit, at: place))
      }
    }
    return fixes
  }

  /// Recorded fixes in their own order; the vehicles become the units by turns. Columns: cab (or unit), lat, lon.
  static func traces(_ path: String, units: Int) throws(Failed) -> [hj_position] {
    try told {
      let key = ["cab", "unit", "unit_id", "vehicle"]
      var table = try CSVTable(path: path, needed: ["lat", "lon"])
      guard let lat = table.column("lat"), let lon = table.column("lon"),
        let vehicle = key.compactMap({ table.column($0) }).first
      else {
        throw Failed(
          "\(path) names no vehicle in its header",
          .mend("the header needs lat, lon and one of \(key.joined(separator: ", "))"))
      }
      var known: [String: UInt64] = [:]
      var fixes: [hj_position] = []
      while fixes.count < fixLimit, let row = table.next() {
        guard row.count > max(lat, lon, vehicle), let y = Double(row[lat]),
          let x = Double(row[lon]), abs(y) <= 90, abs(x) <= 180
        else { continue }
        let unit = known[row[vehicle]] ?? UInt64(known.count % units + 1)
        known[row[vehicle]] = unit
        fixes.append(Host.fix(unit, at: Location(lat: y, lon: x)))
      }
      guard !fixes.isEmpty else {
        throw Failed(
          "\(path) holds no fix that can be read", .mend("lat and lon are to be degrees"))
      }
      return fixes
    }
  }

  /// Makes every thousandth fix one of a unit that nobody knows, and repeats the beginning behind the end, so that a
  /// batch may start anywhere.
  static func ring(_ fixes: [hj_position], unknownUnit: UInt64, batch: Int) -> [hj_position] {
    var ring = fixes
    var index = brokenEvery / 2
    while index < ring.count {
      ring[index].unit_id = unknownUnit
      index += brokenEvery
    }
    while ring.count < fixes.count + batch {
      ring.append(ring[(ring.count - fixes.count) % fixes.count])
    }
    return ring
  }

  /// Calls some 40 m from a street, four in five for one unit.
  static func calls(_ map: RoadMap, count: Int, random: inout SplitMix64) -> [hj_report] {
    (0..<count).map { _ in
      var walk = Walk(map, random: &random)
      let place = walk.drive(Int64(random.between(0, 100_000)), random: &random)
      var report = hj_report.sized
      report.tier = HJ_TIER_EMERGENCY
      let draw = random.share()
      report.type = draw < 0.80 ? 1 : draw < 0.95 ? 2 : 3
      report.lat_e7 = place.lat_e7 &+ Int32(random.between(-4_000, 4_000))
      report.lon_e7 = place.lon_e7 &+ Int32(random.between(-4_000, 4_000))
      return report
    }
  }
}
