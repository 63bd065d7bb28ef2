// Which units may be sent to a call of a tier, by their level and by the end of their shift. The choice, the reasons of
// a shortfall and the offers to what waits all ask here.

import HujiaContainers

enum Eligibility {
  /// A unit is not sent within 45 minutes of the end of its shift, unless the tier is pressing (domain: "Response
  /// plan").
  static var shiftReserve_us: Int64 { 45 * 60 * 1_000_000 }

  /// Bits of the levels that may go to a call of a tier.
  static func levels(for tier: Tier) -> UInt32 {
    tier.isPressing ? bit(.available) | bit(.conditionallyAvailable) : bit(.available)
  }

  static func bit(_ level: Level) -> UInt32 { 1 << UInt32(level.rawValue) }

  /// Until when the shift of a unit must last at least; `Int64.min`: its end does not matter. Before the first poll the
  /// wall time is unknown, and so is what is over.
  static func mustLast_us(
    to tier: Tier, wall_us: Int64, evenIfOver isShiftOver: Bool = false
  ) -> Int64 {
    if wall_us == 0 || isShiftOver { return .min }
    return wall_us &+ (tier.isPressing ? 0 : shiftReserve_us)
  }

  /// Whether a shift lasts until a time; an end of 0 is not stated.
  @inline(__always) static func lasts(_ shiftEnd_us: Int64, to until_us: Int64) -> Bool {
    shiftEnd_us == 0 || shiftEnd_us >= until_us
  }

  /// Whether a unit may go at all. Where the tier is pressing units past their shift may, behind all others.
  static func mayGo(level: Level, shiftEnd_us: Int64, tier: Tier, wall_us: Int64) -> Bool {
    levels(for: tier) & bit(level) != 0
      && lasts(
        shiftEnd_us, to: mustLast_us(to: tier, wall_us: wall_us, evenIfOver: tier.isPressing))
  }
}
