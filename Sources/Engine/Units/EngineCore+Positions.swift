// Taking positions from their slots into what decisions look at. Each unit at most once however often it reported.

import HujiaContainers
import HujiaIngest
import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// Takes at most `most` units' newest positions in, in groups of eight, until `isWanted` says that somebody
  /// waits. O(units taken).
  package mutating func takePositions(most: Int, unless isWanted: () -> Bool) {
    var taken = 0
    var group = InlineArray<8, UInt32>(repeating: 0)
    while taken < most {
      let count = feed.popNext(&group, most: most - taken)
      if count == 0 { return }
      if count > 1 { for index in 0..<count { fetchAhead(unit: group[index]) } }
      for index in 0..<count {
        if let fix = feed.take(group[index], now_ns: time.now_ns) { locate(fix) }
      }
      taken += count
      if count < group.count || isWanted() { return }
    }
  }

  /// With thousands of units nearly all that a position touches is far away: eight waits at a time instead of one.
  @inline(__always) private func fetchAhead(unit slot: UInt32) {
    router.fetchAhead(units.address(of: slot))
    router.fetchAhead(unit: slot)
  }

  /// Takes in, at the start of a command, what was reported before: each unit once, as far as the bound goes. A turn
  /// that is applied again takes in what it took in then. Each unit counts once because feeds that report faster than
  /// this takes in would otherwise keep it at the same few units.
  package mutating func takePositions(most: Int) {
    guard feed.isLive else {
      while let fix = feed.takeWritten() { locate(fix) }
      hasPositionsLeft = feed.hadLeft
      return
    }
    hasPositionsLeft = false
    guard feed.hasFresh else { return }
    takePositions(most: min(most, units.touched)) { false }
    hasPositionsLeft = feed.hasFresh
  }

  /// The newest position of one unit, also where others are left for later. True when it was newer.
  @discardableResult
  package mutating func refresh(unit slot: UInt32) -> Bool {
    guard let fix = feed.newer(of: slot, now_ns: time.now_ns) else { return false }
    locate(fix)
    return true
  }

  package mutating func refresh(unitID id: UInt64) {
    if let slot = units.find(id) { refresh(unit: slot) }
  }

  /// A unit is where a fix says. O(1).
  package mutating func locate(_ fix: TakenFix) {
    let slot = fix.slot
    guard units.isLive(slot) else { return }
    let wasUnknown = units.place(
      slot, at: fix.place, fixWall_us: fix.wall_us, fix_ns: fix.fix_ns,
      isBeforeFirstWall: isBeforeFirstWall && fix.wall_us > 0)
    if wasUnknown { index(unit: slot) } else { router.move(unit: slot, to: fix.place) }
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

  static var looksAgain: Int { 4 }
}
