// What a plan asks for: requirements, alternatives, further alarm levels, sub-plans of agencies.

import HujiaEngine

extension PlanDecoder {
  private static let unitKeys = ["role", "capabilities", "count", "agency", "kind", "min_crew"]

  mutating func readRequirements(
    _ plan: PlanObject, _ record: inout PlanRecord, _ element: PlanField
  ) throws(PlanError) {
    record.firstRequirement = UInt32(draft.requirements.count)
    guard plan["units"] != nil || plan["agencies"] != nil else {
      guard record.dispatch == .manual else {
        throw element.wrong(
          "\(element.path) asks for no units: list them under units, or set dispatch to \"manual\"")
      }
      if let alarms = plan["alarms"] {
        throw alarms.wrong("\(alarms.path) is more than nothing: list the first level under units")
      }
      return
    }
    var asked: [Requirement] = []
    try readLevels(plan, agency: nil, &asked)
    if let agencies = plan["agencies"] {
      for sub in try Self.filled(agencies) { try readSubPlan(sub, &asked) }
    }
    try check(asked, plan)
    record.levels = asked.map(\.level).max() ?? 1
    for level in 1...record.levels { draft.requirements += asked.filter { $0.level == level } }
    record.requirementCount = UInt32(asked.count { $0.level == 1 })
    record.wholeCount = UInt32(asked.count)
  }

  /// What one agency sends.
  private mutating func readSubPlan(
    _ field: PlanField, _ asked: inout [Requirement]
  ) throws(PlanError) {
    let sub = try field.object(["agency", "units", "alarms"])
    let agency = UInt32(try sub.require("agency").integer(1...Int64(UInt32.max)))
    let before = asked.count
    try readLevels(sub, agency: agency, &asked)
    guard asked.count > before else {
      throw field.wrong("\(field.path) asks for no units: list them under units or alarms")
    }
  }

  /// `units` is level 1; `alarms` has the levels above it, each only with what it adds.
  private mutating func readLevels(
    _ plan: PlanObject, agency: UInt32?, _ asked: inout [Requirement]
  ) throws(PlanError) {
    if let units = plan["units"] {
      for unit in try Self.filled(units) { try readUnit(unit, level: 1, agency: agency, &asked) }
    }
    guard let alarms = plan["alarms"] else { return }
    var last: Int64 = 1
    for alarm in try Self.filled(alarms) {
      let members = try alarm.object(["level", "units"])
      let number = try members.require("level")
      let level = try number.integer(2...16)
      guard level > last else {
        throw number.wrong("\(number.path) is not above the one before: write the levels in order")
      }
      last = level
      for unit in try Self.filled(try members.require("units")) {
        try readUnit(unit, level: UInt8(level), agency: agency, &asked)
      }
    }
  }

  /// One entry: a requirement, or alternatives one of which is enough.
  private mutating func readUnit(
    _ unit: PlanField, level: UInt8, agency: UInt32?, _ asked: inout [Requirement]
  ) throws(PlanError) {
    let members = try unit.object(Self.unitKeys + ["any_of"])
    guard let field = members["any_of"] else {
      return asked.append(try requirement(members, level: level, agency: agency))
    }
    if let key = Self.unitKeys.first(where: { $0 != "role" && members[$0] != nil }) {
      throw unit.at(key, .null).wrong(
        "\(unit.path).\(key) stands beside any_of: write it into each alternative")
    }
    let choices = try Self.filled(field)
    guard choices.count >= 2, choices.count <= 8 else {
      throw field.wrong("\(field.path) has \(choices.count) alternatives: give 2 to 8")
    }
    let role = try members["role"].map { field throws(PlanError) in try field.string() }
    let first = asked.count
    for (place, choice) in choices.enumerated() {
      let own = try choice.object(Self.unitKeys)
      var requirement = try requirement(own, level: level, agency: agency)
      if requirement.role == 0, let role { requirement.role = number(ofRole: role) }
      requirement.choices = UInt8(choices.count)
      requirement.choice = UInt8(place)
      if let same = asked[first...].firstIndex(where: { Self.covers($0, requirement) }) {
        throw choice.wrong(
          "\(choice.path) can never be chosen, as \(field.path)[\(same - first)] is met wherever it is: put it first, or leave it out"
        )
      }
      asked.append(requirement)
    }
  }

  /// Wherever `later` can be met, `earlier` can.
  private static func covers(_ earlier: Requirement, _ later: Requirement) -> Bool {
    // What takes several units together is met by other units than what takes one.
    let isEasier =
      earlier.capabilities == later.capabilities
      || earlier.capabilities.nonzeroBitCount <= 1
        && earlier.capabilities & ~later.capabilities == 0
        && later.capabilities.nonzeroBitCount <= 1
    return isEasier && earlier.count <= later.count && earlier.leastCrew <= later.leastCrew
      && (earlier.agency == 0 || earlier.agency == later.agency)
      && (earlier.kind == 0 || earlier.kind == later.kind)
  }

  private mutating func requirement(
    _ members: PlanObject, level: UInt8, agency: UInt32?
  ) throws(PlanError) -> Requirement {
    var requirement = Requirement(capabilities: 0)
    for name in try members["capabilities"]?.elements() ?? [] {
      requirement.capabilities |= try capabilityBit(name)
    }
    if let role = members["role"] { requirement.role = number(ofRole: try role.string()) }
    if let field = members["agency"] {
      requirement.agency = UInt32(try field.integer(0...Int64(UInt32.max)))
      guard agency == nil || agency == requirement.agency else {
        throw field.wrong("\(field.path) is another agency than its sub-plan's: leave it out")
      }
    } else if let agency {
      requirement.agency = agency
    }
    if let kind = members["kind"] {
      requirement.kind = UInt32(try kind.integer(0...Int64(UInt32.max)))
    }
    if let crew = members["min_crew"] { requirement.leastCrew = UInt8(try crew.integer(1...255)) }
    requirement.count = UInt32(try members["count"]?.integer(1...16) ?? 1)
    requirement.level = level
    return requirement
  }

  /// Levels without a gap, and not more units than an incident takes.
  private func check(_ asked: [Requirement], _ plan: PlanObject) throws(PlanError) {
    let field = plan["units"] ?? plan["agencies"] ?? plan.field
    let levels = Set(asked.map(\.level))
    for level in 1...(levels.max() ?? 1) where !levels.contains(level) {
      let remedy = level == 1 ? "list its units" : "number the levels one after the other"
      throw plan.field.wrong(
        "\(plan.field.path) has an alarm level above \(level) and none of that number: \(remedy)")
    }
    var most: UInt32 = 0
    var seats: UInt32 = 0
    var group: UInt32 = 0
    for requirement in asked {
      seats += requirement.count
      group = requirement.choice == 0 ? requirement.count : max(group, requirement.count)
      if requirement.choice == requirement.choices - 1 { most += group }
    }
    guard most <= 16 else {
      throw field.wrong(
        "\(field.path) asks for \(most) units with all alarm levels: one incident takes at most 16")
    }
    guard seats <= 32 else {
      throw field.wrong(
        "\(field.path) has \(seats) seats with all alternatives: there is room for 32")
    }
  }

  private mutating func number(ofRole name: String) -> UInt32 {
    if let number = roles[name] { return number }
    let number = UInt32(roles.count + 1)
    roles[name] = number
    return number
  }
}
