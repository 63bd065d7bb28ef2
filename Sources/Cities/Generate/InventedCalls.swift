// Stations, units and a record of calls for an invented city. What the record says happened follows simple rules stated
// in the folder's README; nothing of it is real.

import HujiaHostKit

/// Times are seconds since the record's first midnight.
package struct InventedCity {
  struct Station {
    var number: Int
    var lat: Double
    var lon: Double
  }

  struct Unit {
    var name: String
    var type: String
    var isParamedic: Bool
    var station: Int
    var freeFrom = 0.0
    var responses = 0
    var firstDispatch: Double?
    var lastAvailable: Double?
  }

  struct Response {
    var unit: Int
    var dispatch: Double
    var underWay: Double
    var onScene: Double
    var transport: Double?
    var hospital: Double?
    var available: Double
  }

  struct Call {
    var type: String
    var priority: String
    var lat: Double
    var lon: Double
    var received: Double
    var entry: Double
    var responses: [Response]
  }

  let streets: InventedStreets
  private(set) var stations: [Station] = []
  private(set) var hospitals: [Station] = []
  private(set) var units: [Unit] = []
  private(set) var calls: [Call] = []
  private var random: SplitMix64
  static let days = 9
  /// Share of the calls that come from a hot spot: a market, a night quarter, a station.
  private static let hotShare = 0.35

  /// `unitCount` nil: six units a station.
  package init(_ size: CitySize, seed: UInt64, callCount: Int?, unitCount: Int?) {
    streets = InventedStreets(size, seed: seed)
    random = SplitMix64(seed: seed ^ 0x5ca1_ab1e)
    stations = places(size.stations, streets.nodes.filter { $0.component == 0 })
    hospitals = places(size.hospitals, streets.nodes.filter { $0.component == 0 })
    raiseUnits(unitCount ?? size.stations * 6)
    record(callCount ?? size.calls)
  }

  /// How much of everything there is, in one line.
  package var inventory: String {
    "\(streets.nodes.count) nodes, \(streets.edges.count) streets, \(stations.count) stations, "
      + "\(units.count) units, \(calls.count) calls"
  }

  /// Spread out: of some nodes drawn, the one farthest from those taken already.
  private mutating func places(_ count: Int, _ nodes: [InventedStreets.Node]) -> [Station] {
    var taken: [Station] = []
    for number in 1...max(count, 1) {
      var best: (node: InventedStreets.Node, distance_m: Double)?
      for _ in 0..<24 {
        let node = nodes[Int.random(in: 0..<nodes.count, using: &random)]
        let nearest =
          taken.map { InventedStreets.distance_m(($0.lat, $0.lon), (node.lat, node.lon)) }.min()
          ?? 0
        if best.map({ nearest > $0.distance_m }) ?? true { best = (node, nearest) }
      }
      guard let node = best?.node else { continue }
      taken.append(Station(number: number, lat: node.lat, lon: node.lon))
    }
    return taken
  }

  private mutating func raiseUnits(_ count: Int) {
    // Per five units: two engines, two ambulances, a truck; a chief for every fifteen.
    let pattern = ["ENGINE", "MEDIC", "TRUCK", "ENGINE", "MEDIC"]
    var numbers: [String: Int] = [:]
    for index in 0..<max(count, 1) {
      let type = index % 15 == 7 ? "CHIEF" : pattern[index % 5]
      numbers[type, default: 0] += 1
      let number = numbers[type] ?? 0
      units.append(
        Unit(
          name: "\(type.first.map(String.init) ?? "U")\(number < 10 ? "0" : "")\(number)",
          type: type,
          isParamedic: type == "MEDIC" || (type == "ENGINE" && random.share() < 0.7),
          station: index % stations.count))
    }
  }

  /// Types in per mille, with the units that are sent.
  private static let kinds: [(type: String, share: Double, units: [String])] = [
    ("Medical Incident", 0.60, ["MEDIC"]), ("Medical Incident", 0.20, ["ENGINE", "MEDIC"]),
    ("Alarms", 0.08, ["ENGINE", "TRUCK", "CHIEF"]), ("Structure Fire", 0.04, ["ENGINE", "TRUCK"]),
    ("Traffic Collision", 0.04, ["ENGINE", "MEDIC"]), ("Outside Fire", 0.02, ["ENGINE"]),
    ("Other", 0.02, ["ENGINE"]),
  ]

  /// Calls an hour by hour of the day, in relative weights: quiet nights, busy afternoons.
  private static let rhythm = [
    5, 4, 4, 3, 3, 3, 4, 6, 8, 9, 10, 10, 11, 11, 11, 11, 11, 11, 10, 9, 8, 8, 7, 6,
  ]

  private mutating func record(_ count: Int) {
    var times = (0..<count).map { _ in callTime() }
    times.sort()
    let nodes = streets.nodes.filter { $0.component == 0 }
    let islet = streets.nodes.filter { $0.column < 0 }
    let hotSpots = (0..<5).map { _ in nodes[Int.random(in: 0..<nodes.count, using: &random)] }
    for (index, received) in times.enumerated() {
      var node = nodes[Int.random(in: 0..<nodes.count, using: &random)]
      if random.share() < Self.hotShare {
        // Around a hot spot, thinning out: the nearest of a few draws. The first spots are the hottest.
        let hot = hotSpots[Int(random.share() * random.share() * 5)]
        for _ in 0..<20 {
          let other = nodes[Int.random(in: 0..<nodes.count, using: &random)]
          let spot = (hot.lat, hot.lon)
          if InventedStreets.distance_m((other.lat, other.lon), spot)
            < InventedStreets.distance_m((node.lat, node.lon), spot)
          {
            node = other
          }
        }
      }
      if index % 200 == 150 { node = islet[index % islet.count] }
      calls.append(call(received, lat: node.lat, lon: node.lon))
    }
  }

  private mutating func callTime() -> Double {
    let sum = Self.rhythm.reduce(0, +)
    var draw = Int.random(in: 0..<sum, using: &random)
    var hour = 0
    while draw >= Self.rhythm[hour] {
      draw -= Self.rhythm[hour]
      hour += 1
    }
    let day = Int.random(in: 0..<Self.days, using: &random)
    return Double(day * 86_400 + hour * 3_600) + random.between(0, 3_599).rounded()
  }

  private mutating func call(_ received: Double, lat: Double, lon: Double) -> Call {
    var draw = random.share()
    var kind = Self.kinds[0]
    for candidate in Self.kinds {
      kind = candidate
      if draw < candidate.share { break }
      draw -= candidate.share
    }
    let isEmergency = kind.units != ["MEDIC"] || random.share() < 0.25
    let y = lat + random.between(-40, 40) * InventedStreets.lat_m
    let x = lon + random.between(-40, 40) * InventedStreets.lon_m
    let entry = received + random.between(30, 150).rounded()
    var call = Call(
      type: kind.type, priority: isEmergency ? "3" : "2", lat: y, lon: x, received: received,
      entry: entry, responses: [])
    for type in kind.units {
      if let response = respond(type, to: call) { call.responses.append(response) }
    }
    return call
  }

  /// The nearest unit of the type that is free by then, driving at 8 m/s as the crow flies, give or take.
  private mutating func respond(_ type: String, to call: Call) -> Response? {
    let dispatch = call.entry + random.between(10, 90).rounded()
    let place = (call.lat, call.lon)
    func distance_m(_ unit: Int) -> Double {
      let station = stations[units[unit].station]
      return InventedStreets.distance_m((station.lat, station.lon), place)
    }
    let kin = units.indices.filter { units[$0].type == type }
    let free = kin.filter { units[$0].freeFrom <= dispatch }
    guard let unit = (free.isEmpty ? kin : free).min(by: { distance_m($0) < distance_m($1) }) else {
      return nil
    }
    let start = max(dispatch, units[unit].freeFrom)
    let underWay = start + random.between(30, 110).rounded()
    let drive_s = distance_m(unit) / 8 * random.between(0.8, 1.5) + 25
    let onScene = underWay + drive_s.rounded()
    var response = Response(
      unit: unit, dispatch: start, underWay: underWay, onScene: onScene,
      available: onScene + random.between(300, 2_400).rounded())
    if type == "MEDIC", random.share() < 0.6 {
      let leaves = onScene + random.between(600, 1_500).rounded()
      let hospital_m =
        hospitals.map { InventedStreets.distance_m(($0.lat, $0.lon), place) }.min() ?? 0
      let arrives = leaves + (hospital_m / 7).rounded() + 60
      response.transport = leaves
      response.hospital = arrives
      response.available = arrives + random.between(900, 2_700).rounded()
    }
    units[unit].freeFrom = response.available
    units[unit].responses += 1
    if units[unit].firstDispatch == nil { units[unit].firstDispatch = start }
    units[unit].lastAvailable = response.available
    return response
  }
}
