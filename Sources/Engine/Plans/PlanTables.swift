// Plans as the engine reads them: flat, validated tables. Text never gets here; the driver decodes and checks it.

import HujiaContainers
import HujiaRouting

/// How a plan's units are sent.
package enum DispatchMode: UInt8, BitwiseCopyable, Sendable {
  case manual = 0  // a person chooses
  case auto  // the engine sends
  case recommend  // the engine names units, a person sends
}

/// How a plan's units drive.
package enum ProfileRule: UInt8, BitwiseCopyable, Sendable {
  case byTier = 0  // with lights and sirens to emergency and urgent calls, else as everybody
  case response
  case normal

  func profile(tier: Tier) -> Profile {
    switch self {
    case .response: return .response
    case .normal: return .normal
    case .byTier: return tier == .routine || tier == .preventive ? .normal : .response
    }
  }
}

/// What is asked for where 0 asks for nothing in particular: an agency, a kind.
enum Asked {
  @inline(__always) static func fits(_ asked: UInt32, _ value: UInt32) -> Bool {
    asked == 0 || asked == value
  }
}

/// One kind of unit that a plan asks for. Met by `count` seats.
package struct Requirement: BitwiseCopyable, Equatable, Sendable {
  package var capabilities: UInt64
  package var role: UInt32  // 1-based; 0 = none
  package var agency: UInt32  // 0 = any
  package var kind: UInt32  // 0 = any
  package var count: UInt32
  /// People aboard at least; 0 = any crew.
  package var leastCrew: UInt8 = 0
  /// It is asked for from this alarm level on. The requirements of a plan stand in order of it.
  package var level: UInt8 = 1
  /// Of requirements one of which is enough: how many they are, all in a row, and which of them this is, from 0 on.
  package var choices: UInt8 = 1
  package var choice: UInt8 = 0
  package init(
    capabilities: UInt64, role: UInt32 = 0, agency: UInt32 = 0, kind: UInt32 = 0, count: UInt32 = 1
  ) {
    self.capabilities = capabilities
    self.role = role
    self.agency = agency
    self.kind = kind
    self.count = count
  }
  package static var anyUnit: Requirement { Requirement(capabilities: 0) }

  /// Whether a unit may take one of the seats, whatever it can do.
  @inline(__always) func fits(_ unit: UnitRecord) -> Bool {
    Asked.fits(agency, unit.agency) && Asked.fits(kind, unit.kind)
      && (leastCrew == 0 || unit.people >= leastCrew)
  }
}

/// Limits in milliseconds; -1 = the tier has none.
package struct TierLimits: BitwiseCopyable, Equatable, Sendable {
  package var respond_ms: Int64
  package var arrive_ms: Int64
  package var arriveVulnerable_ms: Int64
  package var resolve_ms: Int64
  package init(respond_ms: Int64, arrive_ms: Int64, arriveVulnerable_ms: Int64, resolve_ms: Int64) {
    self.respond_ms = respond_ms
    self.arrive_ms = arrive_ms
    self.arriveVulnerable_ms = arriveVulnerable_ms
    self.resolve_ms = resolve_ms
  }
}

/// One response plan 派警预案.
package struct PlanRecord: BitwiseCopyable, Sendable {
  package var conditions = Conditions()
  package var dispatch = DispatchMode.auto
  package var profile = ProfileRule.byTier
  package var firstRequirement: UInt32 = 0
  /// Those of alarm level 1, and those of all levels.
  package var requirementCount: UInt32 = 0
  package var wholeCount: UInt32 = 0
  package var radius_dm: UInt32 = 0  // 0 = no limit
  package var arrive_ms: Int64 = -1  // -1 = the tier's
  /// The highest alarm level that it has.
  package var levels: UInt8 = 1
  package var beats = BeatRule()
  package var repeats = RepeatRules()
  package init() {}

  /// As a report of a tier matches it.
  func match(number: UInt32, tier: Tier) -> PlanMatch {
    PlanMatch(
      plan: number, firstRequirement: firstRequirement, requirementCount: requirementCount,
      radius_dm: radius_dm, dispatch: dispatch, profile: profile.profile(tier: tier))
  }
}

/// What a report matched. `plan` 0: none, so a person decides. Its requirements are those up to the alarm level.
package struct PlanMatch: BitwiseCopyable, Sendable {
  package var plan: UInt32
  package var firstRequirement: UInt32
  package var requirementCount: UInt32
  package var radius_dm: UInt32
  package var dispatch: DispatchMode
  package var profile: Profile
  /// As people raised it, from 1 on. A plan with fewer levels is in force whole.
  package var alarmLevel: UInt8 = 1

  /// By hand, then.
  static func none(tier: Tier) -> PlanMatch {
    PlanMatch(
      plan: 0, firstRequirement: 0, requirementCount: 0, radius_dm: 0, dispatch: .manual,
      profile: ProfileRule.byTier.profile(tier: tier))
  }
}

/// One closed line: corners `first ..< first + count`.
package struct RingRecord: BitwiseCopyable, Sendable {
  package var first: UInt32
  package var count: UInt32
  package init(first: UInt32, count: UInt32) {
    self.first = first
    self.count = count
  }
}

/// Ground that plans name: rings `first ..< first + count`, and the box of all. What an odd number of rings encloses
/// belongs to it: parts stand side by side, holes in a part.
package struct AreaRecord: BitwiseCopyable, Sendable {
  package var first: UInt32
  package var count: UInt32
  package var south_e7: Int32
  package var north_e7: Int32
  package var west_e7: Int32
  package var east_e7: Int32
  package init(
    first: UInt32, count: UInt32, south_e7: Int32, north_e7: Int32, west_e7: Int32, east_e7: Int32
  ) {
    self.first = first
    self.count = count
    self.south_e7 = south_e7
    self.north_e7 = north_e7
    self.west_e7 = west_e7
    self.east_e7 = east_e7
  }
}

/// Local time: from this second (UTC) on, this offset holds.
package struct ZoneChange: BitwiseCopyable, Sendable {
  package var from_s: Int64
  package var offset_s: Int32
  package init(from_s: Int64, offset_s: Int32) {
    self.from_s = from_s
    self.offset_s = offset_s
  }
}

package struct TypeRecord: BitwiseCopyable, Sendable {
  package var code: UInt32
  package var tier: Tier
  package init(code: UInt32, tier: Tier) {
    self.code = code
    self.tier = tier
  }
}

package struct TurnoutRecord: BitwiseCopyable, Sendable {
  package var kind: UInt32
  package var turnout_ms: UInt32
  package init(kind: UInt32, turnout_ms: UInt32) {
    self.kind = kind
    self.turnout_ms = turnout_ms
  }
}

package struct AreaPoint: BitwiseCopyable, Equatable, Sendable {
  package var lat_e7: Int32
  package var lon_e7: Int32
  package init(lat_e7: Int32, lon_e7: Int32) {
    self.lat_e7 = lat_e7
    self.lon_e7 = lon_e7
  }
}

/// One version of the plans. Immutable once made; matching allocates nothing.
package struct PlanTables: ~Copyable {
  package static var tierCount: Int { 5 }
  package static var clockCount: Int { 13 }

  let plans: Block<PlanRecord>
  let planTypes: Block<UInt32>
  let planAreas: Block<UInt32>
  let requirements: Block<Requirement>
  let areas: Block<AreaRecord>
  let areaRings: Block<RingRecord>
  /// Which areas may hold a place.
  let areaGrid: AreaGrid
  /// Plans that name no area, in order; by area, the plans that name it, in order.
  let openPlans: Block<UInt32>
  let plansOfArea: NumberLists
  let areaPoints: Block<AreaPoint>
  let beats: Block<BeatRecord>
  /// By area, the beat that it is the ground of; `PlanTables.noBeat` = of none. Empty where there are no beats.
  let beatOfArea: Block<UInt32>
  /// By beat, those around it, nearest first: `BeatAround`.
  let beatsAround: NumberLists
  let types: Block<TypeRecord>  // sorted by code
  let tiers: Block<TierLimits>  // by Tier
  let policies: Block<ClockPolicy>  // by ClockKind, then Tier; then five a rule, by Tier
  let clockRules: Block<ClockRule>
  let steps: Block<Step>
  let turnouts: Block<TurnoutRecord>  // sorted by kind
  let levels: Block<UInt8>  // by Activity
  let zone: Block<ZoneChange>  // sorted by time; the first holds before its time too
  let defaultTurnout_ms: UInt32
  /// The shortest turnout of any kind: a bound for the search.
  package let leastTurnout_ms: UInt32
  /// By Tier: what a call of it may take from others.
  package var preempt: InlineArray<5, PreemptRule> = .init(repeating: .none)
  /// The text that they were made from; blank = the built-in plans.
  package var source = TextMark()
  /// The same text, where states are written down; nil: nobody keeps it, or the plans are built in.
  var text: Block<UInt8>?
  var textStart: UnsafePointer<UInt8>?
  private let inPlace = InPlace()

  @inline(__always) func preempt(for tier: Tier) -> PreemptRule { preempt[Int(tier.rawValue)] }

  /// Keeps the text that they were made from. Cold.
  package mutating func keep(
    text bytes: UnsafeRawBufferPointer, _ memory: Memory
  ) throws(OutOfMemory) {
    let own = try Block<UInt8>(unfilled: memory, count: bytes.count)
    if let from = bytes.baseAddress {
      UnsafeMutableRawPointer(own.base).copyMemory(from: from, byteCount: bytes.count)
    }
    textStart = UnsafePointer(own.base)
    text = consume own
  }

  /// None, where it was not kept.
  package var keptText: UnsafeRawBufferPointer {
    guard source.bytes > 0, let base = textStart else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(start: base, count: Int(source.bytes))
  }
}
