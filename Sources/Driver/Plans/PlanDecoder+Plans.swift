// The response plans themselves: when each holds and how it sends.

import HujiaEngine

extension PlanDecoder {
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
      self.names.plans.append(PlanNames.Plan(name: name, seats: newestSeats))
    }
    if !isRecorded { try refuseShadowed(elements) }
  }

  /// Of the plan that was read last. Alternatives stand in a row, and each of them takes the seats of the first.
  private var newestSeats: [PlanNames.Seat] {
    guard let plan = draft.plans.last else { return [] }
    var left = draft.requirements.suffix(Int(plan.wholeCount))
    var seats: [PlanNames.Seat] = []
    while let first = left.first {
      let seat = PlanNames.Seat(
        alternatives: left.prefix(Int(first.choices)).map(\.capabilities), level: Int(first.level))
      seats += Array(repeating: seat, count: Int(first.count))
      left = left.dropFirst(Int(first.choices))
    }
    return seats
  }

  private static let planKeys = [
    "name", "types", "tiers", "areas", "hours", "days", "vulnerable", "units", "alarms", "agencies",
    "dispatch", "radius_m", "arrive_s", "mode", "beat_depth", "beat_for_s", "profile",
    "repeats",
  ]

  private mutating func readPlan(_ element: PlanField) throws(PlanError) -> String {
    let plan = try element.object(Self.planKeys)
    let name = try plan.require("name").string()
    var record = PlanRecord()
    record.conditions = try readConditions(plan)
    record.beats = try beatRule(plan)
    record.repeats = try repeatRules(plan)
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

  func areaNumber(_ field: PlanField) throws(PlanError) -> UInt32 {
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
