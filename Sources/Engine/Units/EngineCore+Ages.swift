// How old what is known of a unit is, and the marks that follow from it. Ages count on the engine's own clock, so a
// jump of the wall clock makes nothing old and nothing young.

import HujiaIngest
import HujiaRoads

extension EngineCore {
  /// Seconds since the unit's position was true; `UInt32.max` = it has none. O(1).
  package func age_s(ofUnit slot: UInt32) -> UInt32 {
    guard units[slot].hasPosition else { return .max }
    let age_ns = max(time.now_ns &- fixTimes(of: slot).fix_ns, 0)
    return UInt32(min(age_ns / 1_000_000_000, Int64(UInt32.max - 1)))
  }

  /// Whether a position of this age is marked; one without an age is none.
  package func isStale(age_s: UInt32) -> Bool {
    age_s > limits.staleAfter_s && age_s != .max
  }

  /// How old the position of a unit that was found is, and whether that is marked. O(1).
  package func age(ofFound slot: UInt32) -> (age_s: UInt32, isStale: Bool) {
    let age_s = age_s(ofUnit: slot)
    return (age_s, isStale(age_s: age_s))
  }

  /// Bits of `ChosenMark` for a unit on its way to a place.
  package func marks(of slot: UInt32, at place: Place, isStraightLine: Bool) -> UInt32 {
    var marks: UInt32 = 0
    // Without both places there is no estimate, and nothing that could be off the network.
    if units[slot].hasPosition, !place.isNowhere {
      if isStraightLine { marks |= ChosenMark.straightLine }
      if units[slot].place.isOffNetwork || place.isOffNetwork { marks |= ChosenMark.offNetwork }
    }
    if isStale(age_s: age_s(ofUnit: slot)) { marks |= ChosenMark.stale }
    return marks
  }

  /// A device's time that came before the first wall time has its place on the engine's clock since then. O(1).
  func fixTimes(of slot: UInt32) -> (wall_us: Int64, fix_ns: Int64) {
    let unit = units[slot]
    guard unit.isFixBeforeFirstWall, let first = firstWall.moment, first.wall_us != 0 else {
      return (unit.fixWall_us, unit.fix_ns)
    }
    return FixRules.times(wall_us: unit.fixWall_us, now_us: first.wall_us, now_ns: first.now_ns)
  }
}
