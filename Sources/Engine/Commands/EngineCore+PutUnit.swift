// What a host says of a unit, and what follows for those that wait.

import HujiaContainers
import HujiaIngest
import HujiaRoads

extension EngineCore {
  /// Adds a unit, or replaces what is known of it. What a unit on an incident is said to do is remembered for the
  /// moment that frees it. O(1) and the waiting incidents it can serve; a decision where a unit on an incident lost a
  /// capability.
  mutating func put(
    unit description: UnitDescription, _ decision: inout Decision
  ) -> Status {
    let slot: UInt32
    if let known = units.find(description.id) {
      slot = known
    } else {
      guard let fresh = units.enter(description, now_ns: time.now_ns) else { return .full }
      slot = fresh
      feed.assign(fresh, id: description.id)
      counters.add(Counter.units)
      counters.raise(Counter.unitsHigh, to: counters.read(Counter.units))
    }
    let lost = units.describe(slot, description)
    setShiftBegin(unit: slot)
    become(units[slot].activity, unit: slot)
    if description.hasPosition {
      // A place without a device's time: any fix of the device is newer, and those reported before are void.
      feed.void(slot)
      _ = units.place(
        slot, at: description.place, fixWall_us: .min, fix_ns: time.now_ns,
        isBeforeFirstWall: false)
    }
    index(unit: slot)
    if units[slot].isFree {
      offer(unit: slot, &decision)
    } else {
      let incident = assignments[units[slot].assignment].incident
      refile(incident)
      if lost != 0 { fillAgain(incident, &decision) }
    }
    return .ok
  }

  /// A unit on an incident can do less than it was sent for: free units are asked for what is missing. A decision.
  private mutating func fillAgain(_ incident: UInt32, _ decision: inout Decision) {
    guard incidents[incident].state.isOpen, isAutomatic(incident), hasOpenSeat(incident),
      fillSeats(of: incident, reason: .nextUnit, &decision) > 0
    else { return }
    announceProgress(of: incident, &decision)
  }

  /// `wall_us`: since when, 0 = now. It lies in the past or counts as now.
  mutating func set(
    activity: Activity, of id: UInt64, wall_us: Int64 = 0, _ decision: inout Decision
  ) -> Status {
    guard let slot = units.find(id) else { return .unknownUnit }
    guard units[slot].isFree else { return remember(activity, unit: slot) }
    guard units[slot].activity != activity else { return .unchanged }
    setFree(unit: slot, activity: activity, since_ns: time.ns(atWall_us: wall_us))
    offer(unit: slot, &decision)
    return .ok
  }

  /// A unit on an incident does something else next. What an assignment's state says (en route, on scene …) is no next
  /// activity: `advance` is for that.
  private mutating func remember(_ activity: Activity, unit slot: UInt32) -> Status {
    guard !activity.isOfAssignment else { return .busy }
    guard units[slot].nextActivity != activity else { return .unchanged }
    units.remember(next: activity, slot)
    return .ok
  }
}
