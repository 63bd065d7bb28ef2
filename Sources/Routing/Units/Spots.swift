// Units without streets by the very place where they stand. A million put on one spot are a few groups of which the
// first is known, and one estimate.

import HujiaContainers
import HujiaRoads

/// Units on one spot that no filter tells apart but by their shift and by which are passed over.
struct UnitGroup: BitwiseCopyable {
  /// What they all are; without a shift's end and without a mark.
  var traits: UnitTraits
  var spot: UInt32
  var root = UnitOrder.none
  var count: UInt32 = 0
  var next: UInt32
  var previous = SpotTable.none
  var nextInBucket: UInt32
  /// See `KindCodes`.
  var kindCode: UInt8
}

struct Spot: BitwiseCopyable {
  var lat_e7: Int32
  var lon_e7: Int32
  /// The square of the ground where it lies, and its neighbours there.
  var leaf: UInt32
  var next = SpotTable.none
  var previous = SpotTable.none
  var firstGroup = SpotTable.none
  var groups: UInt32 = 0
  var nextInBucket: UInt32
  var holds = GroundSummary()
}

/// Numbers below 64 for the kinds that units have had; the last stands for all that came when the others were taken.
struct KindCodes: ~Copyable {
  static var shared: Int { 63 }
  private let kinds: Block<UInt32>
  private(set) var count = 0

  init(memory: Memory) throws(OutOfMemory) {
    kinds = try Block<UInt32>(memory, count: Self.shared)
  }

  func kind(_ code: Int) -> UInt32 { kinds[code] }

  func find(_ kind: UInt32) -> Int? {
    for code in 0..<count where kinds[code] == kind { return code }
    return count == Self.shared ? Self.shared : nil
  }

  mutating func code(of kind: UInt32) -> Int {
    if let known = find(kind) { return known }
    kinds[count] = kind
    count += 1
    return count - 1
  }
}

struct SpotTable: ~Copyable {
  static var none: UInt32 { .max }

  let spots: Block<Spot>
  let groups: Block<UnitGroup>
  let order: UnitOrder
  private let nodes: Block<UnitOrder.Node>
  private let pending: Block<UInt32>
  private let counted: Block<Int>
  var kinds: KindCodes
  /// By unit, its group + 1; 0 = nowhere.
  private let groupOf: Block<UInt32>
  private var spotsUsed: UInt32 = 0
  private var groupsUsed: UInt32 = 0
  private var unusedSpot = SpotTable.none
  private var unusedGroup = SpotTable.none
  /// Entry + 1.
  private let spotBuckets: Block<UInt32>
  private let groupBuckets: Block<UInt32>
  private let mask: UInt64

  /// About 240 bytes a unit.
  init(unitCapacity: Int, memory: Memory) throws(OutOfMemory) {
    var buckets = 1
    while buckets < unitCapacity { buckets <<= 1 }
    let spots = try Block<Spot>(memory, count: unitCapacity)
    let groups = try Block<UnitGroup>(memory, count: unitCapacity)
    let nodes = try Block<UnitOrder.Node>(
      memory, count: unitCapacity, filledWith: UnitOrder.Node())
    let pending = try Block<UInt32>(memory, count: unitCapacity + 1)
    let counted = try Block<Int>(memory, count: 1)
    let kinds = try KindCodes(memory: memory)
    let groupOf = try Block<UInt32>(memory, count: unitCapacity)
    let spotBuckets = try Block<UInt32>(memory, count: buckets)
    let groupBuckets = try Block<UInt32>(memory, count: buckets)
    self.spots = spots
    self.groups = groups
    order = UnitOrder(nodes, pending: pending, counted: counted)
    self.nodes = nodes
    self.pending = pending
    self.counted = counted
    self.kinds = kinds
    self.groupOf = groupOf
    self.spotBuckets = spotBuckets
    self.groupBuckets = groupBuckets
    mask = UInt64(buckets - 1)
  }

  func group(of unit: UInt32) -> UInt32? {
    let group = groupOf[unit]
    return group == 0 ? nil : group - 1
  }

  // Spots

  func find(_ lat_e7: Int32, _ lon_e7: Int32) -> UInt32? {
    var spot = spotBuckets[bucket(lat_e7, lon_e7)] &- 1
    while spot != Self.none {
      if spots[spot].lat_e7 == lat_e7, spots[spot].lon_e7 == lon_e7 { return spot }
      spot = spots[spot].nextInBucket
    }
    return nil
  }

  /// There is room: each spot has a unit.
  mutating func makeSpot(_ lat_e7: Int32, _ lon_e7: Int32) -> UInt32 {
    var spot = unusedSpot
    if spot == Self.none {
      spot = spotsUsed
      spotsUsed += 1
    } else {
      unusedSpot = spots[spot].next
    }
    spots[spot] = Spot(lat_e7: lat_e7, lon_e7: lon_e7, leaf: Self.none, nextInBucket: Self.none)
    file(spot)
    return spot
  }

  mutating func giveBack(spot: UInt32) {
    unfile(spot)
    spots[spot].next = unusedSpot
    unusedSpot = spot
  }

  /// The spot's only unit moved to where no other is.
  func rename(_ spot: UInt32, _ lat_e7: Int32, _ lon_e7: Int32) {
    unfile(spot)
    spots[spot].lat_e7 = lat_e7
    spots[spot].lon_e7 = lon_e7
    file(spot)
  }

  private func file(_ spot: UInt32) {
    let bucket = bucket(spots[spot].lat_e7, spots[spot].lon_e7)
    spots[spot].nextInBucket = spotBuckets[bucket] &- 1
    spotBuckets[bucket] = spot + 1
  }

  private func unfile(_ spot: UInt32) {
    let bucket = bucket(spots[spot].lat_e7, spots[spot].lon_e7)
    let after = spots[spot].nextInBucket
    guard spotBuckets[bucket] != spot + 1 else { return spotBuckets[bucket] = after &+ 1 }
    var before = spotBuckets[bucket] - 1
    while spots[before].nextInBucket != spot { before = spots[before].nextInBucket }
    spots[before].nextInBucket = after
  }

  // Units

  /// Whether a unit is all that stands on its spot.
  func isAlone(_ unit: UInt32) -> Bool {
    guard let group = group(of: unit) else { return false }
    return groups[group].count == 1 && spots[groups[group].spot].groups == 1
  }

  /// True when what the spot holds has become more.
  mutating func hang(_ unit: UInt32, at spot: UInt32, id: UInt64, _ traits: UnitTraits) -> Bool {
    let known = findGroup(spot, traits)
    let group = known ?? makeGroup(spot, traits)
    groups[group].count += 1
    groupOf[unit] = group + 1
    order.insert(
      unit, id: id, until_us: traits.availableUntil_us, root: &groups.base[Int(group)].root)
    let isLonger = traits.availableUntil_us > spots[spot].holds.latest_us
    if isLonger { spots[spot].holds.latest_us = traits.availableUntil_us }
    return known == nil || isLonger
  }

  /// The spot, and whether it holds less now.
  mutating func takeDown(_ unit: UInt32) -> (spot: UInt32, isLess: Bool) {
    let group = groupOf[unit] - 1
    let spot = groups[group].spot
    groupOf[unit] = 0
    order.remove(unit, root: &groups.base[Int(group)].root)
    groups[group].count -= 1
    let isGone = groups[group].count == 0
    if isGone {
      giveBack(group: group)
    } else if latest_us(of: group) >= order.nodes[unit].until_us {
      return (spot, false)
    }
    // One of many more is left in: too much is never wrong.
    guard spots[spot].groups <= 64 else { return (spot, false) }
    var summary = GroundSummary()
    var other = spots[spot].firstGroup
    while other != Self.none {
      summary.add(
        GroundSummary(
          groups[other].traits, kindCode: groups[other].kindCode, latest_us: latest_us(of: other)))
      other = groups[other].next
    }
    let isLess = isGone || summary != spots[spot].holds
    spots[spot].holds = summary
    return (spot, isLess)
  }

  private func latest_us(of group: UInt32) -> Int64 {
    order.nodes[groups[group].root].latest_us
  }

  private func findGroup(_ spot: UInt32, _ traits: UnitTraits) -> UInt32? {
    var group = groupBuckets[bucket(spot, traits)] &- 1
    while group != Self.none {
      if groups[group].spot == spot, groups[group].traits.isAlike(traits) { return group }
      group = groups[group].nextInBucket
    }
    return nil
  }

  private mutating func makeGroup(_ spot: UInt32, _ traits: UnitTraits) -> UInt32 {
    var group = unusedGroup
    if group == Self.none {
      group = groupsUsed
      groupsUsed += 1
    } else {
      unusedGroup = groups[group].next
    }
    var common = traits
    common.availableUntil_us = .max
    common.skipStamp = 0
    let code = UInt8(kinds.code(of: traits.kind))
    let first = spots[spot].firstGroup
    let bucket = bucket(spot, traits)
    groups[group] = UnitGroup(
      traits: common, spot: spot, next: first, nextInBucket: groupBuckets[bucket] &- 1,
      kindCode: code)
    groupBuckets[bucket] = group + 1
    if first != Self.none { groups[first].previous = group }
    spots[spot].firstGroup = group
    spots[spot].groups += 1
    spots[spot].holds.add(
      GroundSummary(common, kindCode: code, latest_us: traits.availableUntil_us))
    return group
  }

  private mutating func giveBack(group: UInt32) {
    let own = groups[group]
    if own.next != Self.none { groups[own.next].previous = own.previous }
    if own.previous == Self.none {
      spots[own.spot].firstGroup = own.next
    } else {
      groups[own.previous].next = own.next
    }
    spots[own.spot].groups -= 1
    let bucket = bucket(own.spot, own.traits)
    if groupBuckets[bucket] == group + 1 {
      groupBuckets[bucket] = own.nextInBucket &+ 1
    } else {
      var before = groupBuckets[bucket] - 1
      while groups[before].nextInBucket != group { before = groups[before].nextInBucket }
      groups[before].nextInBucket = own.nextInBucket
    }
    groups[group].next = unusedGroup
    unusedGroup = group
  }

  // Hashes

  private func bucket(_ lat_e7: Int32, _ lon_e7: Int32) -> Int {
    let place =
      UInt64(UInt32(bitPattern: lat_e7)) << 32 | UInt64(UInt32(bitPattern: lon_e7))
    return Int(Self.mixed(place) & mask)
  }

  private func bucket(_ spot: UInt32, _ traits: UnitTraits) -> Int {
    let crew = UInt64(traits.crew) << 40
    var hash = Self.mixed(UInt64(spot) << 8 | UInt64(traits.level) | crew)
    hash = Self.mixed(hash ^ UInt64(traits.agency) << 32 ^ UInt64(traits.kind))
    return Int(Self.mixed(hash ^ traits.capabilities) & mask)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var x = value
    x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
    return x ^ (x >> 31)
  }
}

extension UnitTraits {
  /// No filter tells the two apart, but by their shifts and marks.
  func isAlike(_ other: UnitTraits) -> Bool {
    capabilities == other.capabilities && agency == other.agency && kind == other.kind
      && level == other.level && crew == other.crew
  }
}
