// Writes an invented city as a folder: streets under the names that `hujia import` reads without options, the rest with
// the layout and column names of the San Francisco data. The folder says that it is invented.

import HujiaHostKit

package struct CityWriter {
  private let city: InventedCity
  private let seed: UInt64
  private let folder: String

  package init(city: InventedCity, seed: UInt64, folder: String) {
    self.city = city
    self.seed = seed
    self.folder = folder
  }

  package func write() throws(Failed) {
    for part in ["roads", "units", "calls"] {
      try Output.makeFolder("\(folder)/\(part)", option: "--output")
    }
    try put("roads/nodes.csv", nodes)
    try put("roads/edges.csv", edges)
    try put("units/fire_stations.csv", stations)
    try put("units/hospitals.csv", hospitals)
    try put("units/units.csv", units)
    try put("calls/unit_responses_generated.csv", responses)
    try put("plans.json", InventedPlan.text)
    try put("README.md", readme)
    try put("GENERATED", "seed \(seed), size \(city.streets.size.name)\n")
  }

  private func put(_ file: String, _ text: String) throws(Failed) {
    try Output.write(text, to: "\(folder)/\(file)", option: "--output")
  }

  /// Seven decimals, with integers only, so that no locale or formatter has a say.
  static func degrees(_ value: Double) -> String {
    let e7 = Int64((value * 1e7).rounded())
    let digits = String(abs(e7) % 10_000_000)
    let padded = String(repeating: "0", count: 7 - digits.count) + digits
    return "\(e7 < 0 ? "-" : "")\(abs(e7) / 10_000_000).\(padded)"
  }

  private var nodes: String {
    var text = "node,lon,lat,degree,component\n"
    for (index, node) in city.streets.nodes.enumerated() {
      text +=
        "\(index),\(Self.degrees(node.lon)),\(Self.degrees(node.lat)),\(node.degree),\(node.component)\n"
    }
    return text
  }

  private var edges: String {
    var text = "id,from_node,to_node,length_m,speed_mph,oneway,name,points\n"
    for (index, edge) in city.streets.edges.enumerated() {
      let inner = edge.inner.map { "\(Self.degrees($0.lon)) \(Self.degrees($0.lat))" }
      let length_dm = Int((city.streets.length_m(edge) * 10).rounded())
      text +=
        "\(index + 1),\(edge.from),\(edge.to),\(length_dm / 10).\(length_dm % 10),\(edge.speed_mph),"
        + "\(edge.isOneWay ? 1 : 0),\(edge.name),\(inner.joined(separator: " "))\n"
    }
    return text
  }

  private var stations: String {
    var text = "station,name,address,zip,lon,lat,battalion,division,position_from\n"
    for station in city.stations {
      text +=
        "\(station.number),Fire Station #\(station.number),,,\(Self.degrees(station.lon)),"
        + "\(Self.degrees(station.lat)),1,1,invented\n"
    }
    return text
  }

  private var hospitals: String {
    var text = "name,address,lon,lat,position_from\n"
    for hospital in city.hospitals {
      text +=
        "Hospital \(hospital.number),,\(Self.degrees(hospital.lon)),\(Self.degrees(hospital.lat)),invented\n"
    }
    return text
  }

  private var units: String {
    var text = "unit_id,unit_type,als,home_station,responses,first_dispatch,last_available\n"
    for unit in city.units {
      text +=
        "\(unit.name),\(unit.type),\(unit.isParamedic),\(city.stations[unit.station].number),"
        + "\(unit.responses),\(time(unit.firstDispatch)),\(time(unit.lastAvailable))\n"
    }
    return text
  }

  private var responses: String {
    var text =
      "call_number,unit_id,unit_type,als_unit,call_type,priority,received_timestamp,entry_timestamp,"
      + "dispatch_timestamp,response_timestamp,on_scene_timestamp,transport_timestamp,"
      + "hospital_timestamp,available_timestamp,latitude,longitude\n"
    for (index, call) in city.calls.enumerated() {
      for response in call.responses {
        let unit = city.units[response.unit]
        let times = [
          call.received, call.entry, response.dispatch, response.underWay, response.onScene,
          response.transport, response.hospital, response.available,
        ].map { time($0) }
        text +=
          "\(index + 1),\(unit.name),\(unit.type),\(unit.isParamedic),\(call.type),\(call.priority),"
          + "\(times.joined(separator: ",")),\(Self.degrees(call.lat)),\(Self.degrees(call.lon))\n"
      }
    }
    return text
  }

  /// The record begins on Monday 5 January 2026; it ends within the month.
  private func time(_ seconds: Double?) -> String {
    guard let seconds else { return "" }
    let whole = Int(seconds)
    let clock = [whole / 3_600 % 24, whole / 60 % 60, whole % 60].map { String(twoDigits: $0) }
    return "2026-01-\(String(twoDigits: 5 + whole / 86_400))T\(clock.joined(separator: ":"))"
  }

  private var readme: String {
    """
    # An invented city

    Everything here is GENERATED: `hujia generate-city --seed \(seed) --size \(city.streets.size.name)`. No street, unit, place or call \
    in it is real; it lies in the open Atlantic. Units and calls have the columns of the San Francisco data.

    - roads/: \(city.streets.nodes.count) nodes, \(city.streets.edges.count) streets: a bent grid with arterials (35 mph), \
    side streets (25 mph, in the middle every third one-way), a park, crooked outskirts, a river with few bridges, and an \
    islet that no road reaches. A map of them: `hujia import --nodes roads/nodes.csv --edges roads/edges.csv --output city.hjmap`
    - units/: \(city.stations.count) stations, \(city.hospitals.count) hospitals, \(city.units.count) units.
    - calls/: \(city.calls.count) calls on \(InventedCity.days) days, quiet at night, a third of them around five hot spots. "Recorded" times follow simple rules: the nearest free unit of each \
    type drives at 8 m/s as the crow flies, times 0.8 to 1.5.
    - plans.json: the response plan that fits.

    Run it: `hujia run --city FOLDER --report out.html`

    """
  }
}
