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
  package var wall_us: Int64  // the device's time; 0 = no time is known yet
  package init(
    unitID: UInt64, place: Place, lat_e7: Int32, lon_e7: Int32, accuracy_dm: UInt32, wall_us: Int64
  ) {
    self.unitID = unitID
    self.place = place
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
    self.accuracy_dm = accuracy_dm
    self.wall_us = wall_us
  }
}

/// What became of a fix. `accepted`, or why it was refused; the numbers are places in a tally.
package enum FixVerdict: Int {
  case accepted = 0
  case unknownUnit, range, accuracy, future, older, speed
  /// Another feed was writing the same unit's position and did not get done.
  case busy
  package static let count = 8
}

/// The limits, from `hj_config`.
package struct FixRules: BitwiseCopyable, Sendable {
  /// A device clock that runs further ahead would block every later fix.
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
  package init() {}

  /// How far a resting receiver's fixes lie apart in a street between high houses, whatever the time between them.
  static var jitter_dm: Int64 { 1_500 }

  /// Whether nothing on the ground gets from one fix to the other in the time between them.
  func isTooFast(
    from lat_e7: Int32, _ lon_e7: Int32, _ wall_us: Int64, to fix: Fix
  ) -> Bool {
    let elapsed_us = fix.wall_us &- wall_us
    guard judgesUnstated || fix.accuracy_dm > 0 else { return false }
    guard fastest_cms != .max, wall_us > 0, elapsed_us < believedAfter_us else { return false }
    let gap_dm =
      Distance.between_mm(
        lat_e7: lat_e7, lon_e7: lon_e7, fix.lat_e7, fix.lon_e7) / 100
    // At most 10 km/s over an hour (the limits of the config): no product overflows.
    let driven_dm = Int64(fastest_cms) * max(elapsed_us, 0) / 10_000_000
    return gap_dm > driven_dm + Self.jitter_dm + Int64(min(fix.accuracy_dm, worstAccuracy_dm))
  }
}
