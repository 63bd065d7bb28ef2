// From the text of a plans file to a checked draft of the tables. PLANS.md describes the format. A plan that can never
// match, or that names something unknown, is refused here and never reaches the engine.

import HujiaContainers
import HujiaEngine

/// Reads one plans file.
struct PlanDecoder {
  var draft = PlanDraft()
  /// `capability0` … `capability63` are always known beside its capabilities.
  var names = PlanNames()
  var roles: [String: UInt32] = [:]
  var areaNames: [String: UInt32] = [:]
  /// By ring of the draft: it encloses a part. Its holes stand before it.
  var outerRings: [Bool] = []
  /// A text that was in force once. What can never match, or encloses nothing, is refused to a host that loads plans,
  /// and not to its journal: rules that came with a later build would shut it.
  var isRecorded = false

  static let keys = [
    "version", "name", "time_zone", "capabilities", "turnout_s", "levels", "types",
    "priority_tiers", "areas", "beats", "tiers", "clocks", "clock_rules",
    "preempt", "plans",
  ]

  static func decode(
    _ bytes: UnsafeRawBufferPointer, isRecorded: Bool = false
  ) throws(PlanError) -> PlanDraft {
    try read(bytes, isRecorded: isRecorded).draft
  }

  static func read(
    _ bytes: UnsafeRawBufferPointer, isRecorded: Bool = false
  ) throws(PlanError) -> PlanDecoder {
    let root = PlanField(path: "", value: try PlanTextReader.read(bytes))
    let plans = try root.object(keys)
    var decoder = PlanDecoder()
    decoder.isRecorded = isRecorded
    let version = try plans.require("version")
    guard try version.integer(1...1_000_000) == 1 else {
      throw version.wrong("version is newer than this library reads: write version 1")
    }
    if let name = plans["name"] { _ = try name.string() }
    if let zone = plans["time_zone"] { decoder.draft.zone = try TimeZones.changes(zone) }
    if let field = plans["capabilities"] { try decoder.readCapabilities(field) }
    if let field = plans["turnout_s"] { try decoder.readTurnout(field) }
    if let field = plans["levels"] { try decoder.readLevels(field) }
    if let field = plans["types"] { try decoder.readTypes(field) }
    if let field = plans["priority_tiers"] {
      for entry in try field.entries() {
        decoder.names.priorityTiers[entry.key] = try entry.field.word(PlanWords.tiers)
      }
    }
    if let field = plans["areas"] { try decoder.readAreas(field) }
    if let field = plans["beats"] { try decoder.readBeats(field) }
    if let field = plans["tiers"] { try decoder.readTiers(field) }
    if let field = plans["clocks"] { try decoder.readClocks(field) }
    if let field = plans["clock_rules"] { try decoder.readClockRules(field) }
    if let field = plans["preempt"] { try decoder.readPreempt(field) }
    try decoder.readPlans(try plans.require("plans"))
    if let field = plans["beats"] { try decoder.refuseCrowds(field) }
    return decoder
  }

  private mutating func readCapabilities(_ field: PlanField) throws(PlanError) {
    let names = try field.elements()
    guard names.count <= 64 else {
      throw field.wrong("\(names.count) capabilities: there is room for 64")
    }
    for (bit, element) in names.enumerated() {
      let name = try element.string()
      guard !name.isEmpty, self.names.capabilities[name] == nil else {
        throw element.wrong(
          "\"\(name)\" is empty or stands twice: give each capability its own name")
      }
      self.names.capabilities[name] = bit
    }
  }

  func capabilityBit(_ field: PlanField) throws(PlanError) -> UInt64 {
    let name = try field.string()
    if let bit = names.capabilities[name] { return 1 << UInt64(bit) }
    if let bit = (0..<64).first(where: { name == "capability\($0)" }) {
      return 1 << UInt64(bit)
    }
    let known = names.capabilities.keys.sorted()
    let near = PlanField.nearest(name, known).map { "did you mean \"\($0)\"? " } ?? ""
    throw field.wrong(
      "unknown capability \"\(name)\": \(near)known: \(known.isEmpty ? "capability0 to capability63" : known.joined(separator: ", "))"
    )
  }

  /// Far more kinds of unit than any service has.
  private static var mostKinds: Int { 65_536 }

  private mutating func readTurnout(_ field: PlanField) throws(PlanError) {
    let turnout = try field.object(["default", "kinds"])
    if let value = turnout["default"] {
      draft.defaultTurnout_ms = UInt32(clamping: try value.seconds_ms(least_ms: 0))
    }
    guard let kinds = turnout["kinds"] else { return }
    let entries = try kinds.entries()
    guard entries.count <= Self.mostKinds else {
      throw kinds.wrong(
        "has \(entries.count) entries: give at most \(Self.mostKinds), and the rest as default")
    }
    var seen: Set<UInt32> = []
    for entry in entries {
      guard let kind = UInt32(entry.key) else {
        throw entry.field.wrong("\"\(entry.key)\" is no unit kind: give its number")
      }
      guard seen.insert(kind).inserted else {
        throw entry.field.wrong("unit kind \(kind) stands twice: keep one")
      }
      draft.turnouts.append(
        TurnoutRecord(
          kind: kind, turnout_ms: UInt32(clamping: try entry.field.seconds_ms(least_ms: 0))))
    }
  }

  private mutating func readLevels(_ field: PlanField) throws(PlanError) {
    let activities = PlanWords.activities + PlanWords.olderActivities
    let levels = try field.object(activities.map(\.word))
    if levels["off_duty"] != nil, let twice = levels["offDuty"] {
      throw twice.wrong("stands there as off_duty too; leave one of them out")
    }
    for activity in activities {
      guard let value = levels[activity.word] else { continue }
      draft.levels[Int(activity.value.rawValue)] =
        try value.word(PlanWords.levels, older: PlanWords.olderLevels).rawValue
    }
  }

  private mutating func readTypes(_ field: PlanField) throws(PlanError) {
    var seen: Set<UInt32> = []
    for element in try field.elements() {
      let type = try element.object(["code", "name", "tier"])
      let code = UInt32(try type.require("code").integer(0...Int64(UInt32.max)))
      guard seen.insert(code).inserted else {
        throw element.wrong("type \(code) stands twice: keep one")
      }
      if let name = type["name"] { names.types.append(.init(code: code, name: try name.string())) }
      let tier: Tier
      if let value = type["tier"] { tier = try value.word(PlanWords.tiers) } else { tier = .none }
      draft.types.append(TypeRecord(code: code, tier: tier))
    }
  }

  private mutating func readTiers(_ field: PlanField) throws(PlanError) {
    let tiers = try field.object(PlanWords.tiers.map(\.word))
    for tier in PlanWords.tiers {
      guard let value = tiers[tier.word] else { continue }
      let limits = try value.object(["respond_s", "arrive_s", "arrive_vulnerable_s", "resolve_s"])
      let index = Int(tier.value.rawValue)
      try read(limits, "respond_s", &draft.tiers[index].respond_ms)
      try read(limits, "arrive_s", &draft.tiers[index].arrive_ms)
      try read(limits, "arrive_vulnerable_s", &draft.tiers[index].arriveVulnerable_ms)
      try read(limits, "resolve_s", &draft.tiers[index].resolve_ms)
    }
  }

  /// Absent = as by default; null = no limit.
  private func read(
    _ limits: PlanObject, _ key: String, _ limit_ms: inout Int64
  ) throws(PlanError) {
    if let value = limits[key] {
      limit_ms = try value.seconds_ms(least_ms: 1)
    } else if limits.has(key) {
      limit_ms = -1
    }
  }
}
