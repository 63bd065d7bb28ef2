// Reads a city folder. A missing file or column is named, with what to do.

import Glibc
import HujiaGeography
import HujiaHostKit
import HujiaMapImport

package struct CityReader {
  /// An absolute path.
  private let folder: String
  private let datum: Datum

  /// `datum`: of the folder's places; the city's are WGS-84.
  package static func read(_ path: String, datum: Datum = .wgs84) throws(Failed) -> City {
    let folder = Paths.absolute(path)
    guard Paths.isThere(folder) else {
      throw Failed(
        "no folder \(path)",
        .give("--city", "a city folder, or make one with `hujia generate-city`"))
    }
    return try told {
      try CityReader(folder: folder, datum: datum).city(Paths.name(of: folder))
    }
  }

  private func city(_ name: String) throws -> City {
    let stations = try places("units/fire_stations.csv", key: "station")
    let hospitals = try places("units/hospitals.csv", key: "name")
    let (calls, leftOut) = try readCalls()
    let units = try readUnits(stations, calls)
    let isGenerated = Paths.isThere(folder + "/GENERATED")
    return City(
      name: name, folder: folder,
      isGenerated: isGenerated, stations: stations, hospitals: hospitals, units: units,
      calls: calls, leftOut: leftOut)
  }

  /// Refuses a row that does not fit its header: its fields may be shifted.
  private func check(_ row: [String], _ table: CSVTable) throws {
    let most = table.header.count
    let flaw =
      table.flaw(row)
      ?? (row.count < most ? "\(row.count) fields where the header has \(most)" : nil)
    if let flaw {
      throw Failed("\(table.path), line \(table.line): \(flaw)", .mend("mend that row"))
    }
  }

  private func table(_ file: String, _ columns: [String]) throws -> (CSVTable, [Int]) {
    let table = try CSVTable(path: "\(folder)/\(file)", needed: columns)
    return (table, columns.compactMap { table.column($0) })
  }

  private func places(_ file: String, key: String) throws -> [City.Station] {
    var (table, at) = try table(file, [key, "lon", "lat"])
    var places: [City.Station] = []
    while let row = table.next() {
      try check(row, table)
      guard let place = point(lat: row[at[2]], lon: row[at[1]]) else {
        throw Failed(
          "\(table.path), line \(table.line): lon, lat are no degrees (\(Field.shown(row[at[1]])), \(Field.shown(row[at[2]])))",
          .mend("mend that row"))
      }
      places.append(City.Station(name: row[at[0]], place: place))
    }
    return places
  }

  /// The record's file: whatever stands first in calls/ and is called unit_responses….
  private func callsFile() throws -> String {
    let names = Paths.names(in: folder + "/calls")
    guard let name = names.first(where: { $0.hasPrefix("unit_responses") }) else {
      throw Failed(
        "\(folder)/calls holds no unit_responses*.csv[.gz]",
        .give("--city", "a folder with a record of calls"))
    }
    return "calls/" + name
  }

  private func readCalls() throws -> (calls: [City.Call], leftOut: String?) {
    let columns = [
      "call_number", "unit_id", "unit_type", "call_type", "priority", "received_timestamp",
      "entry_timestamp", "dispatch_timestamp", "response_timestamp", "on_scene_timestamp",
      "transport_timestamp", "hospital_timestamp", "available_timestamp", "latitude", "longitude",
    ]
    var (table, at) = try table(callsFile(), columns)
    var calls: [City.Call] = []
    var index: [UInt64: Int] = [:]
    var leftOut = 0
    while let row = table.next() {
      try check(row, table)
      guard let number = UInt64(row[at[0]]),
        let place = point(lat: row[at[13]], lon: row[at[14]]),
        let received = LocalTime.seconds(row[at[5]]), let entry = LocalTime.seconds(row[at[6]]),
        let dispatch = LocalTime.seconds(row[at[7]])
      else {
        leftOut += 1
        continue
      }
      let response = City.Response(
        unit: row[at[1]], unitType: row[at[2]], dispatch: dispatch,
        underWay: LocalTime.seconds(row[at[8]]), onScene: LocalTime.seconds(row[at[9]]),
        transport: LocalTime.seconds(row[at[10]]), hospital: LocalTime.seconds(row[at[11]]),
        available: LocalTime.seconds(row[at[12]]))
      if let known = index[number] {
        calls[known].responses.append(response)
        continue
      }
      index[number] = calls.count
      calls.append(
        City.Call(
          number: number, type: row[at[3]], priority: row[at[4]],
          place: place, received: received, entry: entry,
          responses: [response]))
    }
    for call in calls.indices { calls[call].responses.sort { $0.dispatch < $1.dispatch } }
    calls.sort { $0.entry != $1.entry ? $0.entry < $1.entry : $0.number < $1.number }
    guard !calls.isEmpty else {
      throw Failed(
        "\(table.path) holds no call that can be read",
        .mend("each row needs a number, the times and the place of its call"))
    }
    return (calls, leftOut == 0 ? nil : Self.leftOut(leftOut, table.path))
  }

  /// Degrees on the planet; nil when they are none.
  private func point(lat: String, lon: String) -> Location? {
    guard let lat = Field.decimal(lat), let lon = Field.decimal(lon), abs(lat) <= 90,
      abs(lon) <= 180
    else { return nil }
    let given = Location(lat: lat, lon: lon)
    let point = datum.toWGS84(lat_e7: given.lat_e7, lon_e7: given.lon_e7)
    return Location(lat_e7: point.lat_e7, lon_e7: point.lon_e7)
  }

  private static func leftOut(_ count: Int, _ path: String) -> String {
    "\(path): \(count) row(s) without a readable number, time or place were left out"
  }

  /// Units without a home station start where they were first sent from, else at the busiest station of their type.
  private func readUnits(_ stations: [City.Station], _ calls: [City.Call]) throws -> [City.Unit] {
    var (table, at) = try table("units/units.csv", ["unit_id", "unit_type", "als", "home_station"])
    let firstCall = Self.firstCalls(calls)
    let duty = Self.duty(calls)
    guard let fallback = stations.first else {
      throw Failed("\(folder)/units/fire_stations.csv holds no station", .mend("add one"))
    }
    var units: [City.Unit] = []
    while let row = table.next() {
      try check(row, table)
      let name = row[at[0]]
      var home = stations.first { $0.name == row[at[3]] }?.place
      let hasHome = home != nil
      if home == nil, let call = firstCall[name] {
        home =
          stations.min {
            Self.square($0.place, call) < Self.square($1.place, call)
          }?.place
      }
      units.append(
        City.Unit(
          name: name, type: row[at[1]], isParamedic: row[at[2]] == "true",
          home: home ?? fallback.place, hasStation: hasHome,
          duty: hasHome ? nil : duty[name]))
    }
    guard !units.isEmpty else { throw Failed("\(table.path) holds no unit", .mend("add one")) }
    return units
  }

  /// A crew without a station of its own works shifts, which the record does not name: from half an hour before its
  /// first response to half an hour after its last one, and a pause of more than six hours ends a shift.
  package static func duty(_ calls: [City.Call]) -> [String: [ClosedRange<Double>]] {
    let pad_s = 1_800.0
    var spans: [String: [ClosedRange<Double>]] = [:]
    let responses = calls.flatMap(\.responses).sorted { $0.dispatch < $1.dispatch }
    for response in responses {
      let end = max(response.available ?? response.dispatch, response.dispatch)
      if let last = spans[response.unit]?.last, response.dispatch - last.upperBound < 19_800 {
        let longest = max(last.upperBound, end + pad_s)
        spans[response.unit]?.removeLast()
        spans[response.unit]?.append(last.lowerBound...longest)
      } else {
        spans[response.unit, default: []].append(response.dispatch - pad_s...end + pad_s)
      }
    }
    return spans
  }

  private static func firstCalls(_ calls: [City.Call]) -> [String: Location] {
    var first: [String: Location] = [:]
    for call in calls {
      for response in call.responses where first[response.unit] == nil {
        first[response.unit] = call.place
      }
    }
    return first
  }

  private static func square(_ a: Location, _ b: Location) -> Double {
    let dLat = a.lat - b.lat
    let dLon = (a.lon - b.lon) * cos(a.lat * .pi / 180)
    return dLat * dLat + dLon * dLon
  }
}
