// The project's own street tables, nodes and edges (c-abi.md, "The map file and the tool"), with foreign headers mapped.

import HujiaGeography
import HujiaMapBuild

package struct StreetTables {
  fileprivate let options: TableOptions
  private var draft = MapDraft()
  fileprivate var report = ImportReport()
  private var nodeNumbers: [String: UInt32] = [:]
  private var seen: [EdgeKey: Int] = [:]

  private struct EdgeKey: Hashable {
    var from: UInt32
    var to: UInt32
    var length_mm: UInt32
    var forward_ms: UInt32
    var response_ms: UInt32
    var isOneWay: Bool
    var points: String
    var name: String
    var id: UInt64?
  }

  /// Reads both tables. Rows that cannot be read are reported with their line; more than `mostRefused` of them fail.
  package static func read(
    nodes: String, edges: String, options: TableOptions, directions: DirectionSource? = nil,
    progress: ImportProgress = { _ in }
  ) throws(ImportError) -> (draft: MapDraft, report: ImportReport) {
    var tables = StreetTables(options: options)
    try tables.readNodes(nodes)
    try tables.readEdges(edges, progress)
    if let directions {
      let counts = DirectionJoin.apply(directions, to: &tables.draft)
      tables.report.oneWay += counts.oneWay
      tables.report.directions = counts
      tables.report.notes.append("directions by \(directions.shortName): \(counts.words)")
    }
    tables.report.close(tables.draft, path: edges, wasExtentChecked: true)
    try tables.report.check(options)
    guard !tables.draft.streets.isEmpty else { throw .empty(path: edges) }
    return (tables.draft, tables.report)
  }

  private init(options: TableOptions) { self.options = options }

  /// Node names that are whole numbers are one, however they are written ("7", "7.0").
  private static func nodeKey(_ text: String) -> String {
    let text = text.trimmed
    return Field.whole(text).map(String.init) ?? text
  }

  private mutating func readNodes(_ path: String) throws(ImportError) {
    let names = ["node", "lon", "lat"].map { options.name($0) }
    var table = try CSVTable(path: path, needed: names, format: options.format)
    let places = names.compactMap { table.column($0) }
    var extent = ExtentCheck(path: path, lonName: names[1], latName: names[2])
    while let row = table.next() {
      guard let most = places.max(), row.count > most else {
        report.refuse(path, line: table.line, "too few fields (\(row.count))")
        continue
      }
      if isRefused(row, table) { continue }
      let key = Self.nodeKey(row[places[0]])
      let lon = options.decimal(row[places[1]].trimmed)
      let lat = options.decimal(row[places[2]].trimmed)
      guard let lon, let lat, lat >= -90, lat <= 90, lon >= -180, lon <= 180, !key.isEmpty else {
        try extent.refused(lat: lat, lon: lon, line: table.line)
        let texts = "\(Field.shown(row[places[1]])), \(Field.shown(row[places[2]]))"
        let remedy = Field.remedy(lon == nil ? row[places[1]].trimmed : row[places[2]].trimmed)
        report.refuse(
          path, line: table.line,
          "node \(Field.shown(key)): \(names[1]), \(names[2]) are no degrees on the planet (\(texts))\(remedy)"
        )
        continue
      }
      guard nodeNumbers[key] == nil else {
        report.refuse(path, line: table.line, "node \(Field.shown(key)) stands twice: keep one")
        continue
      }
      extent.take(lat: lat, lon: lon, line: table.line)
      nodeNumbers[key] = UInt32(draft.nodes.count)
      draft.nodes.append((Int32((lat * 1e7).rounded()), Int32((lon * 1e7).rounded())))
    }
    try extent.checkEnd(line: table.line)
    noteEnd(table)
    extent.warn(&report)
    try table.checkEnd()
    guard !draft.nodes.isEmpty else {
      try report.check(options)
      throw .empty(path: path)
    }
  }

  private mutating func readEdges(
    _ path: String, _ progress: ImportProgress
  ) throws(ImportError) {
    let needed = ["from_node", "to_node"].map { options.name($0) }
    var table = try CSVTable(path: path, needed: needed, format: options.format)
    try table.refuseDoubled(TableOptions.ofEdges.map { options.name($0) })
    let columns = EdgeColumns(table, options)
    guard columns.hasTime else {
      throw .columns(
        path: path, missing: ["travel_s (or speed_kmh, speed_mph, class)"], found: table.header)
    }
    try options.checkMapped(TableOptions.ofEdges, in: table)
    var row = 0
    while let fields = table.next() {
      row += 1
      if row % 4_096 == 0 { progress(table.progress) }
      if isRefused(fields, table) { continue }
      do throws(RowError) {
        try addEdge(columns, fields, row: row, at: (path, table.line))
      } catch {
        report.refuse(path, line: table.line, error.reason)
      }
    }
    try table.checkEnd()
    noteEnd(table)
    progress(1)
  }

  /// Refuses a row whose shape or bytes do not fit the header; tells of one that is only shorter.
  private mutating func isRefused(_ row: [String], _ table: CSVTable) -> Bool {
    if let flaw = table.flaw(row) {
      report.refuse(table.path, line: table.line, flaw)
      return true
    }
    if row.count < table.header.count {
      report.warn(
        .shortRow, table.path, line: table.line,
        "\(row.count) fields where the header has \(table.header.count): the missing ones count as empty"
      )
    }
    return false
  }

  private mutating func noteEnd(_ table: CSVTable) {
    guard table.mayBeCutOff else { return }
    report.warn(
      .lastRow, table.path, line: table.line,
      "the last row has no end of line: copy the file again if it was cut off")
  }

  private mutating func addEdge(
    _ columns: EdgeColumns, _ fields: [String], row: Int, at place: (path: String, line: Int)
  ) throws(RowError) {
    let from = try node("from_node", columns.text("from_node", fields))
    let to = try node("to_node", columns.text("to_node", fields))
    let inner = try columns.points(fields)
    let given_mm = try columns.length_mm(fields)
    let length_mm = given_mm ?? drawnLength(from, inner, to)
    let times = try columns.times(fields, length_mm: length_mm, &report)
    let saysOneWay = try columns.isOneWay(fields)
    let isOneWay = options.allOneWay || saysOneWay
    let id = try columns.id(fields)
    let name = columns.text("name", fields) ?? ""
    let key = EdgeKey(
      from: from, to: to, length_mm: length_mm, forward_ms: times.normal_ms,
      response_ms: times.response_ms, isOneWay: isOneWay,
      points: columns.text("points", fields) ?? "", name: name, id: id)
    guard seen.updateValue(row, forKey: key) == nil else {
      report.duplicates += 1
      return
    }
    if isOneWay { report.oneWay += 1 }
    if given_mm != nil { checkLength(length_mm, from, to, at: place) }
    let isRing = draft.append(
      ring: MapDraft.Street(
        id: id ?? UInt64(row), from: from, to: to, length_mm: length_mm,
        name: name, inner: inner, forward: times,
        backward: isOneWay ? nil : times))
    if isRing { report.rings += 1 }
  }

  private func node(_ own: String, _ text: String?) throws(RowError) -> UInt32 {
    guard let text else { throw RowError("\(options.name(own)) is empty: a node is needed") }
    guard let number = nodeNumbers[Self.nodeKey(text)] else {
      throw RowError(
        "\(options.name(own)) is \(Field.shown(text)), a node that the nodes table lacks")
    }
    return number
  }

  fileprivate func drawnLength(
    _ from: UInt32, _ inner: [(lat_e7: Int32, lon_e7: Int32)], _ to: UInt32
  ) -> UInt32 {
    let shape = [draft.nodes[Int(from)]] + inner + [draft.nodes[Int(to)]]
    var sum: Int64 = 0
    for place in 1..<shape.count {
      sum += Distance.between_mm(
        lat_e7: shape[place - 1].lat_e7, lon_e7: shape[place - 1].lon_e7, shape[place].lat_e7,
        shape[place].lon_e7)
    }
    return UInt32(clamping: sum)
  }
}

extension StreetTables {
  /// Tells of a street that is shorter than the straight line between its ends.
  private mutating func checkLength(
    _ length_mm: UInt32, _ from: UInt32, _ to: UInt32, at place: (path: String, line: Int)
  ) {
    let straight_mm = drawnLength(from, [], to)
    guard ImportWarning.isTooShort(UInt64(length_mm), straight_mm: UInt64(straight_mm)) else {
      return
    }
    report.warn(
      .length, place.path, line: place.line,
      "\(options.name("length_m")) is \(length_mm / 1_000) m and the straight line \(straight_mm / 1_000) m: "
        + "check its unit, and that lon and lat are not swapped")
  }
}

/// Why one row was refused.
struct RowError: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
