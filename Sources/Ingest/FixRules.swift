// Which positions are believed. A device may be wrong about where it is and about what time it is; one wrong fix must
// neither move a unit nor lock it out. Integers only, no clock: `now` comes in.

import HujiaGeography
import HujiaRoads

/// One position as a feed gave it: checked, converted to WGS-84 and snapped.
package struct Fix: BitwiseCopyable {
  package var unitID: UInt64
  package var place: Place
  /// The point itself, before it was snapped: what speed is judged by.
  package var lat_e7: Int32
  package var lon_e7: Int32
  package var accuracy_dm: UInt32  // 0 = unknown
  /// The device's time, at most that of its arrival; 0 = no time is known yet.
  package var wall_us: Int64
  /// The same on the engine's own clock.
  package var fix_ns: Int64
  package init(
    unitID: UInt64, place: Place, lat_e7: Int32, lon_e7: Int32, accuracy_dm: UInt32,
    wall_us: Int64, fix_ns: Int64
  ) {
    self.unitID = unitID
    self.place = place
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    self.accuracy_dm = accuracy_dm
    self.wall_us = wall_us
    self.fix_ns = fix_ns
  }
}

/// What became of a fix. `accepted`, or why it was refused; the numbers are places in a tally.
package enum FixVerdict: Int {
  case accepted = 0
  case unknownUnit, range, accuracy, future, older, speed
  /// Another feed was writing the same unit's position and did not get done.
  case busy
  /// Its unit is off duty: where people are then is their own business.
  case offDuty
  package static let count = 9
}

/// The limits, from `hj_config`.
package struct FixRules: BitwiseCopyable, Sendable {
  /// What a device says of a time further ahead than this is not believed at all. One that lies less far ahead counts
  /// as now: it blocks nothing that comes later.
  package var farthestAhead_us: Int64 = 86_400_000_000
  /// `UInt32.max` = no limit.
  package var worstAccuracy_dm: UInt32 = 5_000
  /// `UInt32.max` = no limit.
  package var fastest_cms: UInt32 = 9_000
  /// Also where a fix does not state its accuracy. Not by default: only a receiver states one, and a place typed in by
  /// hand or invented by a test may be anywhere.
  package var judgesUnstated = false
  /// So many fixes in a row that are too far away, but agree with each other, are believed: the last of them is taken.
  package var believedAfter: UInt32 = 3
  /// A fix so much younger than the last one taken is believed wherever it is.
  package var believedAfter_us: Int64 = 60_000_000
  /// Positions of units that are off duty are taken too.
  package var takesOffDuty = false
  package init() {}

  /// A time of the table that lies further ahead of now than this is no evidence against a fix: it was written before
  /// a time was known, or the wall clock was set back since. Feeds read now at different moments, so it is not 0.
  static var untrusted_us: Int64 { 10_000_000 }
  /// Farther than this in one leap goes nothing that drives or flies, whether the fix states its accuracy or not: a
  /// receiver without a fix sends places near 0/0, and latitude and longitude get swapped.
  static var leap_dm: Int64 { 10_000_000 }

  /// Whether a time that is known makes one that comes older news. `now_us` 0 = not known.
  @inline(__always)
  package func isOlder(_ wall_us: Int64, than known_us: Int64, now_us: Int64) -> Bool {
    wall_us < known_us && !isUntrusted(known_us, now_us: now_us)
  }
  @inline(__always)
  package func isUntrusted(_ known_us: Int64, now_us: Int64) -> Bool {
    now_us != 0 && known_us > now_us &+ Self.untrusted_us
  }

  /// The times under which a fix is filed: a device's time ahead of now counts as now, and a time on the engine's clock
  /// goes with it. `now_us` 0 = not known.
  @inline(__always)
  package static func times(
    wall_us: Int64, now_us: Int64, now_ns: Int64
  ) -> (wall_us: Int64, fix_ns: Int64) {
    guard now_us != 0 else { return (wall_us, now_ns) }
    let capped_us = wall_us == 0 ? now_us : min(wall_us, now_us)
    let age_us = min(now_us &- capped_us, longestAge_us)
    return (capped_us, now_ns &- age_us &* 1_000)
  }

  /// Ages beyond four years count as four years; the ticks of a table entry come round after nine.
  private static var longestAge_us: Int64 { 126_144_000_000_000 }

  /// How far a resting receiver's fixes lie apart in a street between high houses, whatever the time between them.
  static var jitter_dm: Int64 { 1_500 }

  private static var nearby_e7: UInt64 { 60_000_000 }

  @inline(__always)
  private func isWithin(_ bound: UInt64, _ one: Int32, _ other: Int32) -> Bool {
    (Int64(one) - Int64(other)).magnitude <= bound
  }

  /// Whether nothing on the ground gets from one fix to the other in the time between them.
  func isTooFast(
    from lat_e7: Int32, _ lon_e7: Int32, _ wall_us: Int64, to fix: Fix
  ) -> Bool {
    let elapsed_us = fix.wall_us &- wall_us
    let isJudged = judgesUnstated || fix.accuracy_dm > 0
    // Six degrees each way are less than 950 km: no leap, and nothing to work out.
    if !isJudged, isWithin(Self.nearby_e7, lat_e7, fix.lat_e7),
      isWithin(Self.nearby_e7, lon_e7, fix.lon_e7)
    {
      return false
    }
    guard fastest_cms != .max, wall_us > 0, elapsed_us < believedAfter_us else { return false }
    let gap_dm =
      Distance.between_mm(
        lat_e7: lat_e7, lon_e7: lon_e7, fix.lat_e7, fix.lon_e7) / 100
    // At most 10 km/s over an hour (the limits of the config): no product overflows.
    let driven_dm = Int64(fastest_cms) * max(elapsed_us, 0) / 10_000_000
    guard isJudged else { return gap_dm > driven_dm + Self.leap_dm }
    return gap_dm > driven_dm + Self.jitter_dm + Int64(min(fix.accuracy_dm, worstAccuracy_dm))
  }
}
