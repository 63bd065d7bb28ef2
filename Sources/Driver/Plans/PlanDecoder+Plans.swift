// The response plans themselves, and the areas they name.

import HujiaEngine

extension PlanDecoder {
  mutating func readAreas(_ field: PlanField) throws(PlanError) {
    for element in try field.elements() {
      let area = try element.object(["name", "polygon"])
      let name = try area.require("name").string()
      guard areaNames[name] == nil else {
        throw element.wrong("area \"\(name)\" stands twice: give each its own name")
      }
      let polygon = try area.require("polygon")
      var points: [AreaPoint] = []
      for vertex in try polygon.elements() {
        let pair = try vertex.elements()
        guard pair.count == 2 else {
          throw vertex.wrong("\(vertex.path): give [longitude, latitude]")
        }
        let lon = try pair[0].number()
        let lat = try pair[1].number()
        guard lon >= -Self.farthestLongitude, lon <= Self.farthestLongitude, lat >= -90, lat <= 90
        else {
          throw vertex.wrong(
            "\(vertex.path) is off the planet: give [longitude, latitude] in degrees")
        }
        let point = AreaPoint(
          lat_e7: Int32((lat * 1e7).rounded()), lon_e7: Int32((lon * 1e7).rounded()))
        if let before = points.last { try checkSide(from: before, to: point, vertex) }
        points.append(point)
      }
      if points.count > 3, points.first?.lat_e7 == points.last?.lat_e7,
        points.first?.lon_e7 == points.last?.lon_e7
      {
        points.removeLast()
      }
      if let first = points.first, let last = points.last {
        try checkSide(from: last, to: first, polygon)
      }
      if let west = points.map(\.lon_e7).min(), let east = points.map(\.lon_e7).max(),
        Int64(east) - Int64(west) > Self.turn_e7
      {
        throw polygon.wrong("\(polygon.path) is wider than the planet: 360 degrees at most")
      }
      guard points.count >= 3, points.count <= 100_000 else {
        throw polygon.wrong("\(polygon.path) has \(points.count) corners: give at least 3")
      }
      guard !Self.isLine(points) else {
        throw polygon.wrong("\(polygon.path) encloses nothing, so no place is ever in it")
      }
      areaNames[name] = UInt32(draft.areas.count)
      let lats = points.map(\.lat_e7)
      let lons = points.map(\.lon_e7)
      draft.areas.append(
        AreaRecord(
          first: UInt32(draft.areaPoints.count), count: UInt32(points.count),
          south_e7: lats.min() ?? 0, north_e7: lats.max() ?? 0, west_e7: lons.min() ?? 0,
          east_e7: lons.max() ?? 0))
      draft.areaPoints += points
    }
  }

  /// Areas across 180 degrees count on past it, up to here.
  private static var farthestLongitude: Double { 210 }
  private static var turn_e7: Int64 { 3_600_000_000 }

  /// A side of more than half a turn may be meant either way round, and the wrong one would turn the area inside out.
  /// One of a whole turn is the border of a map of the world.
  private func checkSide(
    from: AreaPoint, to: AreaPoint, _ field: PlanField
  ) throws(PlanError) {
    let width_e7 = abs(Int64(to.lon_e7) - Int64(from.lon_e7))
    guard width_e7 > Self.turn_e7 / 2, width_e7 != Self.turn_e7 else { return }
    throw field.wrong(
      "\(field.path): a side of more than 180 degrees. Is the area meant to lie across 180? Then count on "
        + "past it (180.005 for -179.995); else give the side a corner in between")
  }

  /// Whether all corners lie on one line. Differences are below 2^32 and 2^31, so the products fit.
  private static func isLine(_ points: [AreaPoint]) -> Bool {
    func away(_ point: AreaPoint) -> (north: Int64, east: Int64) {
      (
        Int64(point.lat_e7) - Int64(points[0].lat_e7), Int64(point.lon_e7) - Int64(points[0].lon_e7)
      )
    }
    guard let along = points.map(away).first(where: { $0.north != 0 || $0.east != 0 }) else {
      return true
    }
    return points.map(away).allSatisfy { $0.north * along.east == $0.east * along.north }
  }

  mutating func readPlans(_ field: PlanField) throws(PlanError) {
    let elements = try field.elements()
    guard !elements.isEmpty, elements.count <= 10_000 else {
      throw field.wrong("plans has \(elements.count) entries: give 1 to 10,000")
    }
    var names: Set<String> = []
    for element in elements {
      let name = try readPlan(element)
      guard names.insert(name).inserted else {
        throw element.wrong("plan \"\(name)\" stands twice: give each its own name")
      }
    }
    try refuseShadowed(elements)
  }

  private static let planKeys = [
    "name", "types", "tiers", "areas", "hours", "days", "vulnerable", "units", "alarms", "agencies",
    "dispatch", "radius_m", "arrive_s", "mode", "profile",
  ]

  private mutating func readPlan(_ element: PlanField) throws(PlanError) -> String {
    let plan = try element.object(Self.planKeys)
    let name = try plan.require("name").string()
    var record = PlanRecord()
    record.conditions = try readConditions(plan)
    if let mode = plan["mode"], try mode.string() != "closest" {
      throw mode.wrong("\(mode.path): this version chooses by \"closest\" only")
    }
    if let value = plan["dispatch"] { record.dispatch = try value.word(PlanWords.dispatch) }
    if let value = plan["profile"] { record.profile = try value.word(PlanWords.profiles) }
    if let radius = plan["radius_m"] {
      record.radius_dm = UInt32(try radius.integer(1...100_000_000)) * 10
    }
    if let arrive = plan["arrive_s"] { record.arrive_ms = try arrive.seconds_ms(least_ms: 1) }
    try readRequirements(plan, &record, element)
    draft.plans.append(record)
    return name
  }

  /// When a plan or a rule applies: what both have in common.
  mutating func readConditions(_ plan: PlanObject) throws(PlanError) -> Conditions {
    var conditions = Conditions()
    conditions.firstType = UInt32(draft.planTypes.count)
    if let types = plan["types"] {
      for code in try Self.filled(types) {
        draft.planTypes.append(UInt32(try code.integer(0...Int64(UInt32.max))))
      }
    }
    conditions.typeCount = UInt32(draft.planTypes.count) - conditions.firstType
    if let tiers = plan["tiers"] {
      for tier in try Self.filled(tiers) {
        conditions.tiers |= 1 << UInt32(try tier.word(PlanWords.tiers).rawValue)
      }
    }
    conditions.firstArea = UInt32(draft.planAreas.count)
    if let areas = plan["areas"] {
      for area in try Self.filled(areas) { draft.planAreas.append(try areaNumber(area)) }
    }
    conditions.areaCount = UInt32(draft.planAreas.count) - conditions.firstArea
    if let hours = plan["hours"] { conditions.hours = try Self.hours(hours) }
    if let flag = plan["vulnerable"] { conditions.vulnerable = try flag.bool() ? 1 : 0 }
    if let days = plan["days"] {
      for day in try Self.filled(days) { conditions.days |= 1 << (try day.word(PlanWords.days)) }
    }
    return conditions
  }

  /// A list that says something; an empty one would never match.
  static func filled(_ field: PlanField) throws(PlanError) -> [PlanField] {
    let elements = try field.elements()
    guard !elements.isEmpty, elements.count <= 100_000 else {
      throw field.wrong(
        "\(field.path) is empty, so the plan can never match: leave it out for \"any\"")
    }
    return elements
  }

  private func areaNumber(_ field: PlanField) throws(PlanError) -> UInt32 {
    let name = try field.string()
    if let number = areaNames[name] { return number }
    let known = areaNames.keys.sorted()
    let near = PlanField.nearest(name, known).map { "did you mean \"\($0)\"? " } ?? ""
    throw field.wrong(
      "unknown area \"\(name)\": \(near)known: \(known.isEmpty ? "none; add it under areas" : known.joined(separator: ", "))"
    )
  }

  /// [[22, 6]] = from 22:00 to 05:59 local time; ranges may wrap.
  private static func hours(_ field: PlanField) throws(PlanError) -> UInt32 {
    var hours: UInt32 = 0
    for range in try filled(field) {
      let ends = try range.elements()
      guard ends.count == 2 else { throw range.wrong("\(range.path): give [from, to) in hours") }
      let from = try ends[0].integer(0...23)
      let to = try ends[1].integer(0...24)
      guard from != to % 24 || to - from == 24 else {
        throw range.wrong("\(range.path) is empty, so the plan can never match: give [from, to)")
      }
      var hour = from
      repeat {
        hours |= 1 << UInt32(hour)
        hour = (hour + 1) % 24
      } while hour != to % 24
    }
    return hours
  }
}
