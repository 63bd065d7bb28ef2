// Whether a unit may be sent. The plans say so for each activity; nothing is kept by unit, so new plans hold for all
// units at once, whatever their number.

import HujiaContainers
import HujiaRouting

extension EngineCore {
  /// O(1).
  package func level(of slot: UInt32) -> Level {
    units[slot].isFree && !units[slot].isBeforeShift
      ? currentPlans.level(of: units[slot].activity) : .notAvailable
  }

  /// Since when a unit has been available without a break; the longest idle goes first among equals. O(1).
  func idleSince_ns(of slot: UInt32) -> Int64 {
    max(units[slot].idleSince_ns, availableSince_ns[Int(units[slot].activity.rawValue)])
  }

  /// What routing knows a unit by that is on an incident, or whose shift has not begun.
  static var busyCode: UInt8 { 3 }

  func code(of slot: UInt32) -> UInt8 {
    if units[slot].isBeforeShift { return Self.busyCode }
    if units[slot].isFree { return units[slot].activity.code }
    return units[slot].codeUnderWay == 0 ? Self.busyCode : units[slot].codeUnderWay
  }

  /// The lowest two bits are those of `conditionallyAvailable`: what is under way to what can wait is asked for beside
  /// few others.
  static func codeUnderWay(to tier: Tier) -> UInt8 { 5 + 4 * tier.rawValue }

  /// The bits of a filter for units under way to these tiers (bits `1 << Tier`, none the highest).
  static func levelsUnderWay(to tiers: UInt32) -> UInt32 { tiers << 1 }

  /// Tells routing which codes are which level by the plans of now. O(activities).
  mutating func followLevels() {
    var codes: InlineArray<6, UInt32> = .init(repeating: 0)
    var busy: UInt32 = 1 << UInt32(Self.busyCode)
    for tier in [Tier.urgent, .routine, .preventive] {
      let own: UInt32 = 1 << UInt32(Self.codeUnderWay(to: tier))
      codes[Int(tier.rawValue) + 1] = own
      busy |= own
    }
    codes[Int(Level.notAvailable.rawValue)] = busy
    for activity in Activity.allCases {
      codes[Int(currentPlans.level(of: activity).rawValue)] |= 1 << UInt32(activity.code)
    }
    router.setLevels(codes)
  }
}

extension Activity {
  /// What routing knows a free unit by. The lowest two bits are its level where the plans say nothing: routing keeps
  /// those apart that are usually asked for together (`UnitTraits.levelClass`).
  var code: UInt8 {
    switch self {
    case .patrolling: 0
    case .station: 4
    case .post: 8
    case .returning: 12
    case .meal: 1
    case .training: 5
    case .enRoute: 2
    case .onScene: 6
    case .court: 10
    case .offDuty: 14
    case .transporting: 18
    case .atDestination: 22
    }
  }
}
