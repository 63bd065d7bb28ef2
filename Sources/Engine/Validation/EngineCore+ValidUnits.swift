// What is true of units between two commands.

import HujiaContainers
import HujiaRouting

extension EngineCore {
  func validateUnits(_ invariants: inout Invariants) {
    invariants.hold(unitSlots.isConsistent(), "a unit's slot is live or free", 0)
    invariants.hold(
      unitIndex.count == unitSlots.live, "the index knows every unit and no other",
      unitIndex.count)
    invariants.hold(
      counters.read(Counter.units) == Int64(unitSlots.live), "the counter of units counts them",
      unitSlots.live)
    var withoutPosition = 0
    var withShift = 0
    for slot in 0..<UInt32(unitSlots.touched) where unitSlots.isLive(slot) {
      let unit = units[slot]
      if !unit.hasPosition { withoutPosition += 1 }
      if unit.shiftEnd_us != 0 { withShift += 1 }
      validate(unit, slot, &invariants)
      validateRouting(of: unit, slot, &invariants)
    }
    invariants.hold(
      withoutPosition == unitsWithoutPosition, "units without a position are counted",
      withoutPosition)
    invariants.hold(withShift == unitsWithShift, "units with a shift's end are counted", withShift)
  }

  private func validate(_ unit: UnitRecord, _ slot: UInt32, _ invariants: inout Invariants) {
    invariants.hold(unitIndex.find(unit.id) == slot, "a unit is found by its id", slot)
    if unit.isFree {
      invariants.hold(unit.nextActivity == nil, "a free unit remembers no next activity", slot)
    } else {
      let assignment = unit.assignment
      invariants.hold(
        assignmentSlots.isLive(assignment) && assignments[assignment].unit == slot,
        "a unit that is sent and its assignment name each other", slot)
      invariants.hold(
        unit.activity == assignments[assignment].state.activity,
        "a unit that is sent does what its assignment says", slot)
    }
    let end_us = unit.shiftEnd_us == 0 ? Int64.max : unit.shiftEnd_us
    let word = Int(slot / 64)
    invariants.hold(
      (end_us == .max || shifts.mayEnd(before: end_us &+ 1, word: word))
        && shifts.mayLast(to: end_us, word: word), "the bounds of shifts hold every shift", slot)
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
      unit.capabilities == 0
        || router.units(word: word, levels: .max, capabilities: unit.capabilities) & bit != 0,
      "routing finds a unit under its capabilities", slot)
    invariants.hold(
      (router.crewedUnits(word: word) & bit != 0) == unit.isCrewed,
      "routing knows which units are crewed", slot)
    invariants.hold(
      (router.placedUnits(word: word) & bit != 0) == unit.hasPosition,
      "routing knows which units have a place", slot)
  }
}
