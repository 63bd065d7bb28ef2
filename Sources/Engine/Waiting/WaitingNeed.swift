// What a waiting incident still needs, in a form that many share: a freed unit looks at each need once instead of at
// each incident.

import HujiaContainers

/// Open seats that ask for one agency and kind: a unit serves them if it has any of the capabilities, or has none of
/// them and one seat asks for none.
struct NeedGroup: BitwiseCopyable, Equatable {
  var agency: UInt32  // 0 = any
  var kind: UInt32  // 0 = any
  var capabilities: UInt64
  var isAny: Bool

  @inline(__always) func serves(_ unit: UnitRecord) -> Bool {
    (isAny || unit.capabilities & capabilities != 0) && Asked.fits(agency, unit.agency)
      && Asked.fits(kind, unit.kind)
  }
}

/// The open seats of an incident. With more than four pairs of agency and kind, or where the table of needs is full, it
/// says "any unit", and each incident is looked at.
struct Need: BitwiseCopyable, Equatable {
  private var groups: InlineArray<4, NeedGroup> = .init(
    repeating: NeedGroup(agency: 0, kind: 0, capabilities: 0, isAny: false))
  private var groupCount = 0
  let tier: Tier
  /// How far the plan lets a unit come from, decimetres; 0 = from anywhere.
  var radius_dm: UInt32 = 0

  init(tier: Tier) { self.tier = tier }

  static func anything(_ tier: Tier) -> Need {
    var need = Need(tier: tier)
    need.insert(NeedGroup(agency: 0, kind: 0, capabilities: 0, isAny: true))
    return need
  }

  mutating func insert(_ group: NeedGroup) {
    for index in 0..<groupCount
    where groups[index].agency == group.agency && groups[index].kind == group.kind {
      groups[index].capabilities |= group.capabilities
      groups[index].isAny = groups[index].isAny || group.isAny
      return
    }
    if groupCount == groups.count {
      groups[0] = NeedGroup(agency: 0, kind: 0, capabilities: 0, isAny: true)
      for index in 1..<groups.count {
        groups[index] = NeedGroup(agency: 0, kind: 0, capabilities: 0, isAny: false)
      }
      groupCount = 1
      return
    }
    groups[groupCount] = group
    groupCount += 1
  }

  /// No seat is open.
  var isNothing: Bool { groupCount == 0 }

  func serves(_ unit: UnitRecord) -> Bool {
    for index in 0..<groupCount where groups[index].serves(unit) { return true }
    return false
  }

  static func == (a: Need, b: Need) -> Bool {
    guard a.tier == b.tier, a.radius_dm == b.radius_dm, a.groupCount == b.groupCount else {
      return false
    }
    for index in 0..<a.groupCount where a.groups[index] != b.groups[index] { return false }
    return true
  }

  var hash: UInt64 {
    var x = UInt64(tier.rawValue) << 32 | UInt64(radius_dm)
    for index in 0..<groupCount {
      let group = groups[index]
      x = Spread.mix(x ^ UInt64(group.agency) << 32 ^ UInt64(group.kind))
      x = Spread.mix(x ^ group.capabilities &+ (group.isAny ? 1 : 0))
    }
    return Spread.mix(x)
  }
}
