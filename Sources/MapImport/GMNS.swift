// Folders in the General Modeling Network Specification: node.csv, link.csv, and config.csv where there is one.
// The import counts the rows of movement.csv and takes no turn rules from them.

import HujiaGeography
import HujiaMapBuild

package struct GMNS {
  private let folder: String
  private let options: TableOptions
  private let rules: RoadRules
  private var draft = MapDraft()
  private var report = ImportReport()
  private var numbers: [String: UInt32] = [:]
  private var units = Units()

  /// What a unit of `length` and of `free_speed` is.
  private struct Units {
    var length_m: Double?
    var speed_kmh: Double?
  }

  /// `rules`: speeds by class where a link has none.
  package static func read(
    folder: String, options: TableOptions, rules: RoadRules, progress: ImportProgress = { _ in }
  ) throws(ImportError) -> (draft: MapDraft, report: ImportReport) {
    var network = GMNS(folder: folder, options: options, rules: rules)
    try network.readConfig()
    try network.readNodes()
    try network.readLinks(progress)
    try network.countMovements()
    network.report.close(network.draft, path: network.path("link"), wasExtentChecked: true)
    try network.report.check(options)
    guard !network.draft.streets.isEmpty else { throw .empty(path: network.path("link")) }
    return (network.draft, network.report)
  }

  private init(folder: String, options: TableOptions, rules: RoadRules) {
    self.folder = folder
    self.options = options
    self.rules = rules
  }

  private func path(_ table: String) -> String {
    let plain = "\(folder)/\(table).csv"
    return TextFile.isThere(plain) || !TextFile.isThere(plain + ".gz") ? plain : plain + ".gz"
  }

  private mutating func readConfig() throws(ImportError) {
    guard TextFile.isThere(path("config")) else { return }
    var table = try CSVTable(path: path("config"), needed: [], format: options.format)
    guard let row = table.next() else { return }
    func unit(_ name: String, _ known: [String: Double]) throws(ImportError) -> Double? {
      guard let column = table.column(name), column < row.count, !row[column].trimmed.isEmpty else {
        return nil
      }
      let text = row[column].trimmed.lowercased()
      guard let unit = known[text] else {
        throw .format(
          path: path("config"), line: table.line,
          reason: "\(name) is \(Field.shown(text)): known are "
            + known.keys.sorted().joined(separator: ", "))
      }
      return unit
    }
    units.length_m = try unit("long_length", Self.lengths)
    units.speed_kmh = try unit("speed", Self.speeds)
    if let crs = table.column("crs"), crs < row.count, !row[crs].trimmed.isEmpty,
      !["4326", "wgs84", "wgs 84"].contains(where: { row[crs].lowercased().holds($0) })
    {
      throw .format(
        path: path("config"), line: table.line,
        reason: "the coordinates are in \(Field.shown(row[crs])): convert them to EPSG:4326 first")
    }
  }

  private static let lengths = [
    "m": 1.0, "meter": 1, "meters": 1, "metre": 1, "km": 1_000, "kilometer": 1_000,
    "kilometers": 1_000, "mi": 1_609.344, "mile": 1_609.344, "miles": 1_609.344, "ft": 0.3048,
    "feet": 0.3048, "foot": 0.3048,
  ]
  private static let speeds = [
    "kmh": 1.0, "km/h": 1, "kph": 1, "km_hr": 1, "km/hr": 1, "mph": 1.609_344, "mi/h": 1.609_344,
    "miles/hour": 1.609_344, "m/s": 3.6,
  ]

  private mutating func readNodes() throws(ImportError) {
    let path = path("node")
    var table = try CSVTable(
      path: path, needed: ["node_id", "x_coord", "y_coord"], format: options.format)
    let row = RowColumns(table)
    var extent = ExtentCheck(path: path, lonName: "x_coord", latName: "y_coord")
    while let fields = table.next() {
      if let flaw = table.flaw(fields) {
        report.refuse(path, line: table.line, flaw)
        continue
      }
      let key = row.text("node_id", fields) ?? ""
      let lon = row.text("x_coord", fields).flatMap { options.decimal($0) }
      let lat = row.text("y_coord", fields).flatMap { options.decimal($0) }
      guard let lon, let lat, abs(lat) <= 90, abs(lon) <= 180, !key.isEmpty else {
        try extent.refused(lat: lat, lon: lon, line: table.line)
        report.refuse(
          path, line: table.line,
          "node \(Field.shown(key)): x_coord, y_coord are no degrees on the planet")
        continue
      }
      guard numbers.updateValue(UInt32(draft.nodes.count), forKey: key) == nil else {
        throw .format(
          path: path, line: table.line, reason: "node \(Field.shown(key)) stands twice: keep one")
      }
      extent.take(lat: lat, lon: lon, line: table.line)
      draft.nodes.append((Int32((lat * 1e7).rounded()), Int32((lon * 1e7).rounded())))
    }
    try table.checkEnd()
    try extent.checkEnd(line: table.line)
    extent.warn(&report)
  }

  private mutating func readLinks(_ progress: ImportProgress) throws(ImportError) {
    let path = path("link")
    var table = try CSVTable(
      path: path, needed: ["link_id", "from_node_id", "to_node_id"], format: options.format)
    let row = RowColumns(table)
    var number = 0
    while let fields = table.next() {
      number += 1
      if number % 4_096 == 0 { progress(table.progress) }
      if let flaw = table.flaw(fields) {
        report.refuse(path, line: table.line, flaw)
        continue
      }
      do throws(RowError) {
        try add(row, fields, number: number, at: (path, table.line))
      } catch {
        report.refuse(path, line: table.line, error.reason)
      }
    }
    try table.checkEnd()
    progress(1)
  }

  private mutating func add(
    _ row: RowColumns, _ fields: [String], number: Int, at place: (path: String, line: Int)
  ) throws(RowError) {
    if let uses = row.text("allowed_uses", fields), !Self.allowsCars(uses) {
      report.leftOut[.notForVehicles] += 1
      return
    }
    let from = try node(row, "from_node_id", fields)
    let to = try node(row, "to_node_id", fields)
    var inner = try WKT.inner(row.text("geometry", fields) ?? "")
    let isDirected = try row.flag("directed", fields) ?? true
    if let flag = row.text("dir_flag", fields), flag == "-1" {
      // The shape is drawn from the to node; the way of travel is what the ends say.
      inner.reverse()
    }
    let drawn_mm = UInt32(
      clamping: Shape.length_mm([draft.nodes[Int(from)]] + inner + [draft.nodes[Int(to)]]))
    let length_mm = try length(row, fields, drawn_mm: drawn_mm)
    if ImportWarning.isTooShort(
      UInt64(length_mm),
      straight_mm: UInt64(Shape.length_mm([draft.nodes[Int(from)], draft.nodes[Int(to)]])))
    {
      report.warn(
        .length, place.path, line: place.line,
        "length is \(length_mm / 1_000) m, less than the straight line: check its unit in config.csv"
      )
    }
    let times = try times(row, fields, length_mm: length_mm)
    let id = row.text("link_id", fields).flatMap { Field.whole($0) }.flatMap { UInt64(exactly: $0) }
    if let lanes = row.text("lanes", fields), Field.decimal(lanes) == 0 {
      report.leftOut[.noAccess] += 1
      return
    }
    if isDirected { report.oneWay += 1 }
    let isRing = draft.append(
      ring: MapDraft.Street(
        id: id ?? UInt64(number), from: from, to: to, length_mm: length_mm,
        name: row.text("name", fields) ?? "", inner: inner, forward: times,
        backward: isDirected ? nil : times))
    if isRing { report.rings += 1 }
  }

  private static func allowsCars(_ uses: String) -> Bool {
    let cars: Set<String> = [
      "auto", "car", "cars", "all", "motor", "drive", "sov", "hov", "vehicle", "motor_vehicle",
    ]
    return uses.lowercased().split(whereSeparator: { ",; ".contains($0) }).contains {
      cars.contains(String($0))
    }
  }

  private func node(
    _ row: RowColumns, _ name: String, _ fields: [String]
  ) throws(RowError) -> UInt32 {
    let text = row.text(name, fields) ?? ""
    guard let number = numbers[text] else {
      throw RowError("\(name) is \(Field.shown(text)), a node that node.csv lacks")
    }
    return number
  }

  /// As given where config.csv says the unit, else as drawn.
  private func length(
    _ row: RowColumns, _ fields: [String], drawn_mm: UInt32
  ) throws(RowError) -> UInt32 {
    guard let text = row.text("length", fields), let unit_m = units.length_m else {
      return drawn_mm
    }
    guard let length = options.decimal(text), length >= 0, length * unit_m * 1_000 < 4e9 else {
      throw RowError("length is \(Field.shown(text)): 0 to 4,000 km is possible")
    }
    return UInt32((length * unit_m * 1_000).rounded())
  }

  private mutating func times(
    _ row: RowColumns, _ fields: [String], length_mm: UInt32
  ) throws(RowError) -> MapDraft.Times {
    var speeds = ByProfile<Float>(normal: 0, response: 0)
    if let text = row.text("free_speed", fields) {
      guard let unit = units.speed_kmh ?? options.speedUnit_kmh else {
        throw RowError(
          "free_speed has no unit: give config.csv with `speed` (mph or kmh), or --speed-unit")
      }
      guard let speed = options.decimal(text), speed > 0, speed * unit <= 400 else {
        throw RowError("free_speed is \(Field.shown(text)): more than 0 and at most 400 km/h")
      }
      speeds = ByProfile(normal: Float(speed * unit), response: Float(speed * unit))
    } else if let name = row.text("facility_type", fields) {
      guard let found = rules.highways[Self.highway(name.lowercased())],
        let normal = found.speed_kmh.normal, let response = found.speed_kmh.response
      else { throw RowError("facility_type is \(Field.shown(name)): give free_speed") }
      report.speedsFilled += 1
      speeds = ByProfile(normal: Float(normal), response: Float(response))
    } else if let missing = options.missingSpeeds {
      report.speedsFilled += 1
      speeds = ByProfile(normal: Float(missing.speed_kmh), response: Float(missing.speed_kmh))
    }
    guard let times = MapDraft.Times(speeds, length_mm: length_mm) else {
      throw RowError(
        "no free_speed and no facility_type: fill one, or give --missing-speed 0=40kmh")
    }
    return times
  }

  /// GMNS's usual words for classes of OpenStreetMap.
  private static func highway(_ type: String) -> String {
    switch type {
    case "freeway", "interstate", "expressway": return "motorway"
    case "ramp": return "motorway_link"
    case "major arterial", "principal arterial", "arterial": return "primary"
    case "minor arterial": return "secondary"
    case "collector": return "tertiary"
    case "local": return "residential"
    default: return type
    }
  }

  private mutating func countMovements() throws(ImportError) {
    guard TextFile.isThere(path("movement")) else { return }
    var table = try CSVTable(path: path("movement"), needed: ["mvmt_id"], format: options.format)
    var count = 0
    while table.next() != nil { count += 1 }
    report.notes.append("movement.csv: \(count) movements, not applied")
  }
}
