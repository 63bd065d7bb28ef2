// What the tables of others call things, and how their numbers are meant.

package struct TableOptions: Sendable {
  /// Our column name to theirs, where they differ.
  package var columns: [String: String] = [:]
  package var missingSpeeds: MissingSpeeds?
  /// Seconds a unit of `travel_s` stands for.
  package var travelUnit_s = 1.0
  /// km/h that a unit of a speed stands for, where the data do not say.
  package var speedUnit_kmh: Double?
  /// Every row is from -> to only, whatever the column says.
  package var allOneWay = false
  package var mostRefused = 0
  package var format = TableFormat()
  /// "7,25" is 7.25.
  package var hasDecimalCommas = false
  package init() {}

  /// A decimal number of these tables; nil when it is none.
  func decimal(_ text: some StringProtocol) -> Double? {
    guard hasDecimalCommas, text.utf8.contains(UInt8(ascii: ",")) else {
      return Field.decimal(text)
    }
    guard !text.utf8.contains(UInt8(ascii: ".")) else { return nil }
    return Field.decimal(String(text.map { $0 == "," ? "." : $0 }))
  }

  func name(_ own: String) -> String { columns[own] ?? own }

  /// "name=header".
  package mutating func addColumn(_ text: String) throws(ImportError) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw .option("--column \(text): write it as name=header, for example speed_mph=limit")
    }
    guard Self.known.contains(parts[0]) else {
      throw .option(
        "--column \(text): no column is called \(parts[0]); known: \(Self.known.joined(separator: ", "))"
      )
    }
    columns[parts[0]] = parts[1]
  }

  /// A header that was mapped by hand must be there: a typing error would lose a column without a word.
  func checkMapped(_ names: [String], in table: CSVTable) throws(ImportError) {
    let missing = names.filter { columns[$0] != nil && table.column(name($0)) == nil }
    guard missing.isEmpty else {
      throw .columns(path: table.path, missing: missing.map { name($0) }, found: table.header)
    }
  }

  package static let known = ["node", "lon", "lat"] + ofEdges
  static let ofEdges = [
    "id", "from_node", "to_node", "length_m", "travel_s",
    "travel_response_s", "speed_kmh", "speed_mph", "class", "oneway", "name", "points",
  ]

  /// "kmh" or "mph".
  package static func speedUnit(_ text: String) throws(ImportError) -> Double {
    switch text {
    case "kmh": return 1
    case "mph": return 1.609_344
    default: throw .option("--speed-unit \(text): use kmh or mph")
    }
  }

  /// "s", "ms", "min", "h" or "days".
  package static func unit(_ text: String) throws(ImportError) -> Double {
    switch text {
    case "s": return 1
    case "ms": return 0.001
    case "min": return 60
    case "h": return 3_600
    case "days": return 86_400
    default: throw .option("--travel-unit \(text): use s, ms, min, h or days")
    }
  }
}

/// Numbers that stand for "no speed given", and the speed to use then.
package struct MissingSpeeds: Sendable, Equatable {
  package var sentinels: [Double]
  package var speed_kmh: Double

  /// "0,99=25mph" or "0=40kmh".
  package init(_ text: String) throws(ImportError) {
    let parts = text.split(separator: "=")
    let sentinels = parts.first?.split(separator: ",").compactMap { Field.decimal($0) } ?? []
    let isMiles = parts.last?.hasSuffix("mph") == true
    let number = parts.last.flatMap { Field.decimal($0.dropLast(3)) }
    guard parts.count == 2, !sentinels.isEmpty, let number, number > 0, number <= 400,
      isMiles || parts[1].hasSuffix("kmh")
    else { throw .option("--missing-speed \(text): write it like 0,99=25mph") }
    self.sentinels = sentinels
    speed_kmh = isMiles ? number * 1.609_344 : number
  }
}

/// Speeds for road classes, km/h, where a table has nothing better: usual urban limits by OpenStreetMap's words.
enum RoadClass {
  static func speed_kmh(_ name: String) -> Double? {
    switch name.hasSuffix("_link") ? String(name.dropLast(5)) : name {
    case "motorway": return 90
    case "trunk": return 70
    case "primary": return 50
    case "secondary": return 45
    case "tertiary": return 40
    case "unclassified", "residential": return 30
    case "service", "track": return 15
    case "living_street": return 10
    case "footway", "path", "pedestrian": return 5
    default: return nil
    }
  }
}
