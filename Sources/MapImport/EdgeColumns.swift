// The columns of an edge row, checked one by one.

import HujiaMapBuild

struct EdgeColumns {
  private let places: [String: Int]
  private let options: TableOptions

  init(_ table: CSVTable, _ options: TableOptions) {
    self.options = options
    var places: [String: Int] = [:]
    for own in TableOptions.known {
      if let place = table.column(options.name(own)) { places[own] = place }
    }
    self.places = places
  }

  var hasTime: Bool {
    ["travel_s", "speed_kmh", "speed_mph", "class"].contains { places[$0] != nil }
  }

  /// The field, nil when the column is absent or the field empty.
  func text(_ own: String, _ fields: [String]) -> String? {
    guard let place = places[own], place < fields.count else { return nil }
    let text = fields[place].trimmed
    return text.isEmpty ? nil : text
  }

  private func number(_ own: String, _ fields: [String]) throws(RowError) -> Double? {
    guard let text = text(own, fields) else { return nil }
    guard let number = options.decimal(text) else {
      throw RowError(
        "\(options.name(own)) is \(Field.shown(text)): a number is needed\(Field.remedy(text))")
    }
    return number
  }

  func id(_ fields: [String]) throws(RowError) -> UInt64? {
    guard let text = text("id", fields) else { return nil }
    guard let number = Field.whole(text), let id = UInt64(exactly: number) else {
      throw RowError(
        "\(options.name("id")) is \(Field.shown(text)): a whole number of 64 bits is needed")
    }
    return id
  }

  /// Longest street: 4,294 km, what 32 bits of millimetres hold.
  func length_mm(_ fields: [String]) throws(RowError) -> UInt32? {
    guard let length = try number("length_m", fields) else { return nil }
    guard length >= 0, length * 1_000 < Double(UInt32.max) else {
      throw RowError("\(options.name("length_m")) is \(length): 0 to 4,294,967 m is possible")
    }
    return UInt32((length * 1_000).rounded())
  }

  func isOneWay(_ fields: [String]) throws(RowError) -> Bool {
    guard let text = text("oneway", fields) else { return false }
    switch text.lowercased() {
    case "1", "1.0", "true", "yes", "t": return true
    case "0", "0.0", "false", "no", "f": return false
    default:
      throw RowError(
        "\(options.name("oneway")) is \(Field.shown(text)): 1 (only from -> to) or 0 is needed")
    }
  }

  /// "lon lat lon lat ..."
  func points(_ fields: [String]) throws(RowError) -> [(lat_e7: Int32, lon_e7: Int32)] {
    guard let text = text("points", fields) else { return [] }
    let numbers = text.split(whereSeparator: { $0 == " " || $0 == ";" })
    guard numbers.count % 2 == 0 else {
      throw RowError("\(options.name("points")) has an odd number of values: lon lat lon lat ...")
    }
    var points: [(lat_e7: Int32, lon_e7: Int32)] = []
    for place in stride(from: 0, to: numbers.count, by: 2) {
      guard let lon = options.decimal(numbers[place]),
        let lat = options.decimal(numbers[place + 1]), lat >= -90, lat <= 90, lon >= -180,
        lon <= 180
      else {
        let pair = Field.shown("\(numbers[place]) \(numbers[place + 1])")
        throw RowError("\(options.name("points")) has \(pair): degrees are needed, lon lat lon lat")
      }
      points.append((Int32((lat * 1e7).rounded()), Int32((lon * 1e7).rounded())))
    }
    return points
  }

  /// Travel times in whole milliseconds: as given, else length over speed, rounded up, so that only a street of no
  /// length takes no time.
  func times(
    _ fields: [String], length_mm: UInt32, _ report: inout ImportReport
  ) throws(RowError) -> MapDraft.Times {
    if let travel = try number("travel_s", fields) {
      let normal_ms = try milliseconds(travel, "travel_s")
      let response = try number("travel_response_s", fields) ?? travel
      return MapDraft.Times(
        normal_ms: normal_ms, response_ms: try milliseconds(response, "travel_response_s"))
    }
    let speed_kmh = try speed(fields, &report)
    // mm / (km/h) = 3.6 / 1000 s per mm at 1 km/h
    let time_ms = (Double(length_mm) * 3.6 / speed_kmh).rounded(.up)
    guard time_ms < Double(UInt32.max / 2) else {
      throw RowError("\(time_ms / 1000) s for one street: its length or speed is wrong")
    }
    return MapDraft.Times(UInt32(time_ms))
  }

  private func milliseconds(_ value: Double, _ own: String) throws(RowError) -> UInt32 {
    let time_ms = (value * options.travelUnit_s * 1_000).rounded()
    guard value >= 0, time_ms < Double(UInt32.max / 2) else {
      throw RowError(
        "\(options.name(own)) is \(value): from 0 to 24 days is possible; check --travel-unit")
    }
    return UInt32(time_ms)
  }

  private func speed(_ fields: [String], _ report: inout ImportReport) throws(RowError) -> Double {
    var given: Double?
    var factor = 1.0
    let missing = options.missingSpeeds
    if let speed = try number("speed_kmh", fields) {
      given = speed
    } else if let speed = try number("speed_mph", fields) {
      given = speed
      factor = 1.609_344
    }
    if let given, missing?.sentinels.contains(given) != true {
      guard given > 0, given * factor <= 400 else {
        throw RowError(
          "a speed of \(given): give more than 0 and at most 400 km/h, or say what stands for none: --missing-speed \(given)=40kmh"
        )
      }
      return given * factor
    }
    if let name = text("class", fields) {
      guard let speed = RoadClass.speed_kmh(name) else {
        throw RowError("unknown road class \(Field.shown(name)): give speed_kmh")
      }
      return speed
    }
    if let missing {
      report.speedsFilled += 1
      return missing.speed_kmh
    }
    throw RowError("no travel time and no speed: fill one, or give --missing-speed")
  }
}
