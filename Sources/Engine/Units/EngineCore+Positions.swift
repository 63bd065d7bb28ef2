// Taking positions from their slots into what decisions look at. Each unit at most once however often it reported.

import HujiaContainers
import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// Takes at most `most` units' newest positions in, in groups of eight, until `isWanted` says that somebody
  /// waits. O(units taken).
  package mutating func takePositions(most: Int, unless isWanted: () -> Bool) {
    var taken = 0
    var group = InlineArray<8, UInt32>(repeating: 0)
    while taken < most {
      var count = 0
      while count < min(group.count, most - taken), let slot = positions.latest.fresh.popNext() {
        group[count] = slot
        count += 1
        fetchAhead(unit: slot)
      }
      if count == 0 { return }
      for index in 0..<count { takePosition(of: group[index]) }
      taken += count
      if isWanted() { return }
    }
  }

  /// With thousands of units nearly all that a position touches is far away: eight waits at a time instead of one.
  @inline(__always) private func fetchAhead(unit slot: UInt32) {
    router.fetchAhead(UnsafeRawPointer(units.base + Int(slot)))
    router.fetchAhead(unit: slot)
  }

  /// At the start of a command: everything reported before, as far as the bound goes, each unit once. Feeds that report
  /// faster than this takes in would otherwise keep it at the same few units up to the bound.
  package mutating func takePositions(most: Int) {
    hasPositionsLeft = false
    guard positions.hasFresh else { return }
    takePositions(most: min(most, unitSlots.touched)) { false }
    hasPositionsLeft = positions.hasFresh
  }

  /// The newest position of one unit, also where others are left for later. True when it was newer.
  @discardableResult
  package mutating func refresh(unit slot: UInt32) -> Bool {
    guard positions.latest.fresh.remove(slot) else { return false }
    takePosition(of: slot)
    return true
  }

  package mutating func refresh(unitID id: UInt64) {
    if let slot = unitIndex.find(id) { refresh(unit: slot) }
  }

  private mutating func takePosition(of slot: UInt32) {
    guard unitSlots.isLive(slot) else { return }
    switch positions.latest.read(slot) {
    case .nothing:
      // Of an earlier owner, or older than a place that the host has given since.
      return
    case .torn:
      // Its writers are at it: what we have is the last good value.
      positions.latest.fresh.insert(slot)
    case .value(let words):
      // A reporter that was put to sleep before its unit went off duty.
      guard !positions.isOffDuty(slot) else { return }
      let place = PositionTable.place(words)
      units[slot].fixWall_us = Int64(bitPattern: words[1])
      units[slot].fix_ns = PositionTable.fix_ns(words, now_ns: time.now_ns)
      units[slot].place = place
      if units[slot].hasPosition {
        router.move(unit: slot, to: place)
      } else {
        units[slot].hasPosition = true
        unitsWithoutPosition -= 1
        index(unit: slot)
      }
    }
  }

  /// The nearest units, into `candidates`. When more positions were waiting than a command takes in, those of the units
  /// found are looked at again, so that nobody is named for a place that it has left.
  mutating func nearestUnits(
    to place: Place, filter: UnitFilter, limit: Int, profile: Profile
  ) -> Int {
    for _ in 0..<Self.looksAgain {
      let found = router.nearest(
        to: place, filter: filter, limit: limit, profile: profile, into: candidates.base)
      guard hasPositionsLeft else { return found }
      var hasMoved = false
      for index in 0..<found where refresh(unit: candidates[index].unit) { hasMoved = true }
      if !hasMoved { return found }
    }
    return router.nearest(
      to: place, filter: filter, limit: limit, profile: profile, into: candidates.base)
  }

  private static var looksAgain: Int { 4 }
}
