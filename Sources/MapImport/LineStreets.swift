// Lines as every geographic program draws them, without nodes: streets are cut where lines share a point, cross at
// grade, or where one ends on another. Bridges and tunnels cross without meeting.

import HujiaGeography
import HujiaMapBuild

package struct LineStreets {
  typealias Point = LineCutting.Point

  private let path: String
  private let options: TableOptions
  private let rules: RoadRules
  private var report = ImportReport()
  private var cutting = LineCutting()
  private var lines: [Line] = []
  private var shapes: [[Point]] = []

  private struct Line {
    var id: UInt64
    var name: String
    var speeds_kmh: ByProfile<Float>
    var isForward: Bool
    var isBackward: Bool
  }

  /// Columns: `name`, `id`, `speed_kmh`, `speed_mph` or `class` (a `highway` of the rules), `oneway`, `layer`,
  /// `bridge`, `tunnel`; foreign names are mapped as for tables.
  package static func read(
    _ path: String, options: TableOptions, rules: RoadRules, progress: ImportProgress = { _ in }
  ) throws(ImportError) -> (draft: MapDraft, report: ImportReport) {
    var streets = LineStreets(path: path, options: options, rules: rules)
    try streets.readLines(progress)
    var draft = try streets.build()
    streets.report.close(draft, path: path)
    try streets.report.check(options)
    guard !draft.streets.isEmpty else { throw .empty(path: path) }
    progress(1)
    draft.streets.sort { $0.id < $1.id }
    return (draft, streets.report)
  }

  private init(path: String, options: TableOptions, rules: RoadRules) {
    self.path = path
    self.options = options
    self.rules = rules
  }

  private mutating func readLines(_ progress: ImportProgress) throws(ImportError) {
    var file = try GeoJSON(path: path, encoding: options.format.encoding)
    file.findFeatures()
    while let feature = try file.next() {
      if file.features % 4_096 == 0 { progress(file.progress * 0.5) }
      guard !feature.lines.isEmpty else {
        report.leftOut[.noLine] += 1
        continue
      }
      do throws(RowError) {
        guard let line = try line(feature, number: file.features) else { continue }
        for points in feature.lines {
          let shape = try self.shape(points, feature: file.features)
          guard shape.count >= 2 else {
            report.leftOut[.tooShort] += 1
            continue
          }
          lines.append(line)
          shapes.append(shape)
          cutting.add(shape, layer: layer(feature))
        }
      } catch {
        report.refusedCount += 1
        if report.refused.count < 100 {
          report.refused.append("\(path), feature \(file.features): \(error.reason)")
        }
      }
    }
  }

  private func text(_ own: String, _ feature: GeoFeature) -> String? {
    guard let text = feature.properties[options.name(own)]?.trimmed, !text.isEmpty else {
      return nil
    }
    return text
  }

  private func number(_ own: String, _ feature: GeoFeature) throws(RowError) -> Double? {
    guard let text = text(own, feature) else { return nil }
    guard let number = options.decimal(text) else {
      throw RowError("\(options.name(own)) is \(Field.shown(text)): a number is needed")
    }
    return number
  }

  private func shape(
    _ points: [(lon: Double, lat: Double)], feature: Int
  ) throws(RowError) -> [Point] {
    var shape: [Point] = []
    for point in points {
      guard let place = Shape.point(lat: point.lat, lon: point.lon) else {
        throw RowError(
          "\(point.lon), \(point.lat) are no degrees: convert with ogr2ogr -t_srs EPSG:4326; "
            + "GeoJSON has the longitude first")
      }
      let next = Point(lat_e7: place.lat_e7, lon_e7: place.lon_e7)
      if shape.last != next { shape.append(next) }
    }
    return shape
  }

  private mutating func line(_ feature: GeoFeature, number: Int) throws(RowError) -> Line? {
    let direction = try Self.direction(text("oneway", feature), options.name("oneway"))
    let id = text("id", feature).flatMap { Field.whole($0) }.flatMap { UInt64(exactly: $0) }
    guard let speeds = try speeds(feature) else {
      report.leftOut[.notForVehicles] += 1
      return nil
    }
    return Line(
      id: id ?? UInt64(number), name: text("name", feature) ?? "", speeds_kmh: speeds,
      isForward: direction >= 0, isBackward: direction <= 0 && !options.allOneWay)
  }

  /// 1 = along the line, -1 = against it, 0 = both.
  private static func direction(_ text: String?, _ name: String) throws(RowError) -> Int {
    switch text?.lowercased() {
    case nil, "no", "false", "0", "0.0", "b", "both": return 0
    case "yes", "true", "1", "1.0", "forward", "ft": return 1
    case "-1", "reverse", "backward", "tf": return -1
    case let word:
      // F and T are false and true to some, along and against the line to others.
      throw RowError(
        "\(name) is \(Field.shown(word ?? "")): yes, no or -1 is needed; F, T and B of other programs "
          + "must be written so")
    }
  }

  /// Nil = a class that is not for vehicles.
  private mutating func speeds(_ feature: GeoFeature) throws(RowError) -> ByProfile<Float>? {
    for (own, factor) in [("speed_kmh", 1.0), ("speed_mph", 1.609_344)] {
      guard let speed = try number(own, feature),
        options.missingSpeeds?.sentinels.contains(speed) != true
      else { continue }
      guard speed > 0, speed * factor <= 400 else {
        throw RowError(
          "a speed of \(speed): give more than 0 and at most 400 km/h, or say what stands for none")
      }
      return ByProfile(normal: Float(speed * factor), response: Float(speed * factor))
    }
    if let name = text("class", feature) {
      guard let found = rules.highways[name] else {
        throw RowError("\(options.name("class")) is \(Field.shown(name)): the rules list no such")
      }
      report.speedsFilled += 1
      guard !found.isUnbuilt, !found.isByPermission, let normal = found.speed_kmh.normal,
        let response = found.speed_kmh.response
      else {
        report.speedsFilled -= 1
        return nil
      }
      return ByProfile(normal: Float(normal), response: Float(response))
    }
    guard let missing = options.missingSpeeds else {
      throw RowError(
        "no speed and no class: map one with --column, or give --missing-speed 0=40kmh")
    }
    report.speedsFilled += 1
    return ByProfile(normal: Float(missing.speed_kmh), response: Float(missing.speed_kmh))
  }

  private func layer(_ feature: GeoFeature) -> Int {
    if let layer = feature.properties["layer"].flatMap({ Field.whole($0.trimmed) }), layer != 0 {
      return Int(clamping: layer)
    }
    func isSaid(_ key: String) -> Bool {
      guard let text = feature.properties[key]?.trimmed.lowercased() else { return false }
      return !["", "no", "0", "false", "f"].contains(text)
    }
    return isSaid("bridge") ? 1 : isSaid("tunnel") ? -1 : 0
  }

  private mutating func build() throws(ImportError) -> MapDraft {
    guard let cut = cutting.cut() else {
      throw .file(
        path: path,
        reason: "its lines cross each other all over: give streets, without areas or contour lines")
    }
    report.leftOut[.crossings] = cut.bridged
    if cut.crossings > 0 {
      report.notes.append("\(cut.crossings) crossings of lines without a common point were joined")
    }
    var draft = MapDraft()
    var numbers: [LineCutting.Junction: UInt32] = [:]
    for (index, line) in lines.enumerated() {
      for piece in cut.pieces[index] {
        let ends = [piece.from, piece.to].map { junction in
          if let known = numbers[junction] { return known }
          let number = UInt32(draft.nodes.count)
          numbers[junction] = number
          draft.nodes.append((junction.point.lat_e7, junction.point.lon_e7))
          return number
        }
        let inner = piece.inner.map { ($0.lat_e7, $0.lon_e7) }
        let shape = [draft.nodes[Int(ends[0])]] + inner + [draft.nodes[Int(ends[1])]]
        let length_mm = UInt32(clamping: Shape.length_mm(shape))
        guard let times = MapDraft.Times(line.speeds_kmh, length_mm: length_mm) else {
          report.leftOut[.tooLong] += 1
          continue
        }
        if line.isForward != line.isBackward { report.oneWay += 1 }
        let isRing = draft.append(
          ring: MapDraft.Street(
            id: line.id, from: ends[0], to: ends[1], length_mm: length_mm, name: line.name,
            inner: inner, forward: line.isForward ? times : nil,
            backward: line.isBackward ? times : nil))
        if isRing { report.rings += 1 }
      }
    }
    return draft
  }
}
