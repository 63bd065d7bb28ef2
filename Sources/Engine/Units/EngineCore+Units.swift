// Units come, go, and change what they are doing.

import HujiaContainers
import HujiaIngest
import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// The slot of a unit by the host's number. O(1).
  package func unit(_ id: UInt64) -> UInt32? { units.find(id) }

  /// Tells routing everything it filters by. O(1).
  mutating func index(unit slot: UInt32) {
    let unit = units[slot]
    router.put(
      unit: slot, id: unit.id, capabilities: unit.capabilities,
      level: code(of: slot),
      agency: unit.agency, kind: unit.kind,
      availableUntil_us: unit.shiftEnd_us == 0 ? .max : unit.shiftEnd_us,
      crew: unit.people, place: unit.hasPosition ? unit.place : nil,
      idleSince_ns: unit.idleSince_ns)
  }

  package mutating func remove(unit id: UInt64) -> Status {
    guard let slot = units.find(id) else { return .unknownUnit }
    guard units[slot].isFree else { return .busy }
    router.remove(unit: slot)
    feed.retire(slot)
    units.remove(slot)
    counters.add(Counter.units, -1)
    return .ok
  }

  /// An assignment lets its unit go: to what the host said of it meanwhile, else to `usual`.
  mutating func letGo(unit slot: UInt32, usual: Activity) {
    let activity = units[slot].nextActivity ?? usual
    units.remember(next: nil, slot)
    setFree(unit: slot, activity: activity)
  }

  /// The only way to change what a unit is doing. Positions reported before it goes off duty are taken in first; those
  /// that come later are refused without the baton.
  mutating func become(_ activity: Activity, unit slot: UInt32) {
    if activity == .offDuty { refresh(unit: slot) }
    units.become(activity, slot)
    feed.set(isOffDuty: activity == .offDuty, slot)
  }

  /// Makes a unit free, with its activity. One that becomes available is idle from then, or from `since_ns`.
  mutating func setFree(unit slot: UInt32, activity: Activity, since_ns: Int64? = nil) {
    let wasAvailable = level(of: slot) == .available
    let idleSince_ns = idleSince_ns(of: slot)
    units.free(slot)
    become(activity, unit: slot)
    let isNew = level(of: slot) == .available && !wasAvailable
    units.setIdle(slot, since_ns: isNew ? since_ns ?? time.now_ns : idleSince_ns)
    router.set(level: code(of: slot), of: slot, idleSince_ns: units[slot].idleSince_ns)
  }
}

extension UnitRecord {
  init(fresh description: UnitDescription, now_ns: Int64) {
    id = description.id
    capabilities = 0
    fixWall_us = .min
    fix_ns = 0
    shiftEnd_us = 0
    idleSince_ns = now_ns
    place = Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: 0, lon_e7: 0,
      isOffNetwork: true)
    kind = 0
    agency = 0
    homeBeat = 0
    crew = 0
    assignment = Self.free
    activity = .patrolling
    activityBefore = .patrolling
    hasPosition = false
    nextActivity = nil
  }

  mutating func take(_ description: UnitDescription) {
    capabilities = description.capabilities
    shiftEnd_us = description.shiftEnd_us
    kind = description.kind
    agency = description.agency
    homeBeat = description.homeBeat
    crew = description.crew
    if isFree {
      activity = description.activity
    } else if !description.activity.isOfAssignment {
      nextActivity = description.activity
    }
  }
}
