// Units come, move, change and go. Each of these is O(1).

import HujiaContainers
import HujiaRoads

extension Router {
  /// Adds or replaces a unit. `unit` is below `unitCapacity`; `id` only breaks ties. `level` is below 32.
  /// `place` nil: position unknown, the unit is in no answer until it moves.
  package mutating func put(
    unit: UInt32, id: UInt64, capabilities: UInt64, level: UInt8, agency: UInt32,
    availableUntil_us: Int64, isCrewed: Bool, place: Place?
  ) {
    var record = UnitRecord()
    record.id = id
    record.capabilities = capabilities
    record.level = level
    record.agency = agency
    record.availableUntil_us = availableUntil_us
    record.isCrewed = isCrewed
    if let place {
      record.place = place
      record.hasPlace = true
    }
    units.put(record, at: unit, on: map)
  }

  /// A new position. On the same street this is a store.
  package mutating func move(unit: UInt32, to place: Place) {
    units.move(unit, to: place, on: map)
  }

  package mutating func set(level: UInt8, of unit: UInt32) {
    assert(units.records[unit].isLive && level < 32)
    units.records[unit].level = level
  }

  /// Marks the unit for `UnitFilter.skipStamp`.
  package mutating func skip(unit: UInt32, stamp: UInt32) {
    units.records[unit].skipStamp = stamp
  }

  package mutating func remove(unit: UInt32) {
    units.remove(unit)
  }
}

extension Router {
  /// Whether the unit carries this mark.
  package func isSkipped(unit: UInt32, stamp: UInt32) -> Bool {
    stamp != 0 && units.records[unit].skipStamp == stamp
  }
}
