// Fields of a table's rows by the names of its header.

import HujiaGeography

struct RowColumns {
  private var places: [String: Int] = [:]

  init(_ table: CSVTable) { self.init(table.header) }

  init(_ header: [String]) {
    for (place, name) in header.enumerated() where places[name] == nil { places[name] = place }
  }

  /// The field, nil when the column is absent or the field empty.
  func text(_ name: String, _ fields: [String]) -> String? {
    guard let place = places[name], place < fields.count else { return nil }
    let text = fields[place].trimmed
    return text.isEmpty ? nil : text
  }

  func flag(_ name: String, _ fields: [String]) throws(RowError) -> Bool? {
    guard let text = text(name, fields) else { return nil }
    switch text.lowercased() {
    case "1", "1.0", "true", "t", "yes", "y": return true
    case "0", "0.0", "false", "f", "no", "n": return false
    default: throw RowError("\(name) is \(Field.shown(text)): 1 or 0 is needed")
    }
  }
}

/// Lines of points.
enum Shape {
  static func length_mm(_ points: [(lat_e7: Int32, lon_e7: Int32)]) -> Int64 {
    var sum: Int64 = 0
    for place in 1..<max(points.count, 1) {
      sum += Distance.between_mm(
        lat_e7: points[place - 1].lat_e7, lon_e7: points[place - 1].lon_e7, points[place].lat_e7,
        points[place].lon_e7)
    }
    return sum
  }

  /// Degrees to a point; nil when they are none on the planet.
  static func point(lat: Double, lon: Double) -> (lat_e7: Int32, lon_e7: Int32)? {
    guard abs(lat) <= 90, abs(lon) <= 180 else { return nil }
    return (Int32((lat * 1e7).rounded()), Int32((lon * 1e7).rounded()))
  }
}

/// Well-known text of one line.
enum WKT {
  /// The points between the two ends of "LINESTRING (lon lat, lon lat, …)"; none of an empty text.
  static func inner(_ text: String) throws(RowError) -> [(lat_e7: Int32, lon_e7: Int32)] {
    guard !text.isEmpty else { return [] }
    let flaw = RowError(
      "geometry is \(Field.shown(text)): LINESTRING (lon lat, lon lat) in degrees is needed")
    guard text.uppercased().hasPrefix("LINESTRING"), let open = text.firstIndex(of: "("),
      let close = text.lastIndex(of: ")"), open < close
    else { throw flaw }
    var points: [(lat_e7: Int32, lon_e7: Int32)] = []
    for pair in text[text.index(after: open)..<close].split(separator: ",") {
      let numbers = pair.split(separator: " ")
      guard numbers.count >= 2, let lon = Field.decimal(numbers[0]),
        let lat = Field.decimal(numbers[1]), let point = Shape.point(lat: lat, lon: lon)
      else { throw flaw }
      points.append(point)
    }
    guard points.count >= 2 else { throw flaw }
    return Array(points[1..<points.count - 1])
  }
}
