// How units stand to assignments and to routing, between two commands.

import HujiaContainers
import HujiaRouting

extension EngineCore {
  func validateUnits(_ invariants: inout Invariants) {
    invariants.hold(
      counters.read(Counter.units) == Int64(units.live), "the counter of units counts them",
      units.live)
    for slot in 0..<UInt32(units.touched) where units.isLive(slot) {
      validateAssignment(of: units[slot], slot, &invariants)
      validateRouting(of: units[slot], slot, &invariants)
    }
  }

  private func validateAssignment(
    of unit: UnitRecord, _ slot: UInt32, _ invariants: inout Invariants
  ) {
    guard !unit.isFree else { return }
    invariants.hold(
      assignments.isLive(unit.assignment) && assignments[unit.assignment].unit == slot,
      "a unit that is sent and its assignment name each other", slot)
    invariants.hold(
      unit.activity == assignments[unit.assignment].state.activity,
      "a unit that is sent does what its assignment says", slot)
  }

  /// Routing filters by what the unit really is.
  private func validateRouting(
    of unit: UnitRecord, _ slot: UInt32, _ invariants: inout Invariants
  ) {
    let word = Int(slot / 64)
    let bit = UInt64(1) << UInt64(slot % 64)
    let level: Level = unit.isFree ? level(of: slot) : .notAvailable
    invariants.hold(
      router.units(word: word, levels: 1 << UInt32(level.rawValue), capabilities: 0) & bit != 0,
      "routing finds a unit under its level", slot)
    invariants.hold(
      unit.codeUnderWay == (unit.isFree ? 0 : codeUnderWay(on: unit.assignment)),
      "a unit knows whether it may be taken away", slot)
    for tier in [Tier.urgent, .routine, .preventive] {
      let isUnderWay = code(of: slot) == Self.codeUnderWay(to: tier)
      let levels = Self.levelsUnderWay(to: 1 << UInt32(tier.rawValue))
      invariants.hold(
        (router.units(word: word, levels: levels, capabilities: 0) & bit != 0) == isUnderWay,
        "routing knows which units are under way to what can wait", slot)
    }
    invariants.hold(
      unit.capabilities == 0
        || router.units(word: word, levels: .max, capabilities: unit.capabilities) & bit != 0,
      "routing finds a unit under its capabilities", slot)
    invariants.hold(
      (router.crewedUnits(word: word) & bit != 0) == unit.isCrewed,
      "routing knows which units are crewed", slot)
    invariants.hold(
      (router.placedUnits(word: word) & bit != 0) == unit.hasPosition,
      "routing knows which units have a place", slot)
    invariants.hold(
      unit.hasPosition || router.idleSince_ns(of: slot) == unit.idleSince_ns,
      "routing ranks a unit without a place by when it became idle", slot)
  }
}
