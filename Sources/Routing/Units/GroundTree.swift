// The units of an engine without streets, by where they are: a quadtree over the whole earth, so that the nearest are
// found without a look at all. It only leaves out what cannot be nearer; estimates decide (`StraightLine`).

import HujiaContainers
import HujiaRoads

/// One square of the ground. What it says of its units may be too much after one has left a large leaf, never too
/// little.
struct GroundNode: BitwiseCopyable {
  var west: UInt32
  var south: UInt32
  var parent: UInt32
  /// The first of four children in a row, or `GroundTree.none`: a leaf.
  var firstChild: UInt32
  /// Of a leaf.
  var firstSpot: UInt32
  /// Spots in it.
  var count: UInt32
  var holds = GroundSummary()
  var depth: UInt8
}

/// What the units of a square have among them.
struct GroundSummary: BitwiseCopyable, Equatable {
  var capabilities: UInt64 = 0
  /// A bit of 64 for each agency; a bit for the code of each kind.
  var agencies: UInt64 = 0
  var kinds: UInt64 = 0
  var levels: UInt32 = 0
  /// The latest end of a shift.
  var latest_us = Int64.min

  init() {}
  init(_ traits: UnitTraits, kindCode: UInt8, latest_us: Int64) {
    self.latest_us = latest_us
    capabilities = traits.capabilities
    agencies = Self.bit(traits.agency)
    kinds = 1 << UInt64(kindCode)
    levels = 1 << UInt32(traits.level)
  }

  mutating func add(_ other: GroundSummary) {
    capabilities |= other.capabilities
    agencies |= other.agencies
    kinds |= other.kinds
    levels |= other.levels
    latest_us = max(latest_us, other.latest_us)
  }

  /// `kinds`: those that will do, by code.
  func mayMatch(_ filter: UnitFilter, kinds wanted: UInt64) -> Bool {
    capabilities & filter.capabilities == filter.capabilities && levels & filter.levels != 0
      && (filter.agency == 0 || agencies & Self.bit(filter.agency) != 0)
      && kinds & wanted != 0 && latest_us >= filter.availableUntil_us
  }

  private static func bit(_ value: UInt32) -> UInt64 {
    1 << UInt64((value &* 0x9e37_79b9) >> 26)
  }
}

struct GroundTree: ~Copyable {
  static var none: UInt32 { .max }
  /// A leaf is split when it holds more spots, as long as there are nodes left; it may hold any number.
  private static var leafSpots: UInt32 { 16 }
  /// A leaf with more is not read through when one leaves it.
  private static var readSpots: UInt32 { 64 }
  private static var deepest: UInt8 { 28 }

  let nodes: Block<GroundNode>
  private var used: UInt32 = 1
  private var unused = GroundTree.none
  var table: SpotTable
  /// Squares that a question has still to open, the nearest first.
  let waiting: Block<Waiting>
  var waitingCount = 0
  /// Squares that questions have opened, and spots and groups that they looked at, ever: for the tests.
  private(set) var opened = 0
  var looked = 0

  struct Waiting: BitwiseCopyable {
    var least_ms: UInt64
    var node: UInt32
  }

  /// About 290 bytes a unit on a map without streets, else nothing.
  init(_ map: RoadMap, unitCapacity: Int, memory: Memory) throws(OutOfMemory) {
    let unitCapacity = map.nodeCount == 0 ? unitCapacity : 0
    let nodes = try Block<GroundNode>(
      memory, count: unitCapacity == 0 ? 1 : unitCapacity / 2 / 4 * 4 + 65)
    let table = try SpotTable(unitCapacity: unitCapacity, memory: memory)
    let waiting = try Block<Waiting>(memory, count: nodes.count)
    nodes.base[0] = Self.leaf(0, 0, parent: Self.none, depth: 0)
    self.nodes = nodes
    self.table = table
    self.waiting = waiting
  }

  private static func leaf(
    _ west: UInt32, _ south: UInt32, parent: UInt32, depth: UInt8
  ) -> GroundNode {
    GroundNode(
      west: west, south: south, parent: parent, firstChild: none, firstSpot: none, count: 0,
      depth: depth)
  }

  private static func west(_ lon_e7: Int32) -> UInt32 {
    UInt32(clamping: Int64(lon_e7) + 1_800_000_000)
  }
  private static func south(_ lat_e7: Int32) -> UInt32 {
    UInt32(clamping: Int64(lat_e7) + 900_000_000)
  }

  /// The side of a node's square, in ten-millionths of a degree.
  static func side(_ depth: UInt8) -> UInt64 { 1 << (32 - UInt64(depth)) }

  private func holds(_ node: UInt32, _ place: Place) -> Bool {
    let shift = 32 - UInt32(nodes[node].depth)
    return shift == 32
      || ((Self.west(place.lon_e7) ^ nodes[node].west) >> shift == 0
        && (Self.south(place.lat_e7) ^ nodes[node].south) >> shift == 0)
  }

  // Units come, move and go

  /// Since when the unit is idle, before it comes. O(1).
  func note(idleSince_ns: Int64, of unit: UInt32) {
    table.order.nodes[unit].idleSince_ns = idleSince_ns
  }

  func idleSince_ns(of unit: UInt32) -> Int64 { table.order.nodes[unit].idleSince_ns }

  mutating func insert(_ unit: UInt32, id: UInt64, at place: Place, _ traits: UnitTraits) {
    var leaf = Self.none
    let known = table.find(place.lat_e7, place.lon_e7)
    let spot = known ?? table.makeSpot(place.lat_e7, place.lon_e7)
    let isMore = table.hang(unit, at: spot, id: id, traits)
    if known == nil {
      leaf = 0
      while nodes[leaf].firstChild != Self.none { leaf = child(of: leaf, spot) }
      hang(spot, in: leaf)
    }
    guard isMore else { return }
    let summary = table.spots[spot].holds
    var above = table.spots[spot].leaf
    while above != Self.none {
      if known == nil, above != leaf { nodes[above].count += 1 }
      nodes[above].holds.add(summary)
      above = nodes[above].parent
    }
    guard known == nil else { return }
    while nodes[leaf].count > Self.leafSpots, split(leaf) { leaf = child(of: leaf, spot) }
  }

  /// O(1) where the unit is alone on its spot and stays in the spot's square.
  mutating func move(_ unit: UInt32, id: UInt64, to place: Place, _ traits: UnitTraits) {
    if let group = table.group(of: unit) {
      let spot = table.groups[group].spot
      if table.spots[spot].lat_e7 == place.lat_e7, table.spots[spot].lon_e7 == place.lon_e7 {
        return
      }
      if table.isAlone(unit), holds(table.spots[spot].leaf, place),
        table.find(place.lat_e7, place.lon_e7) == nil
      {
        return table.rename(spot, place.lat_e7, place.lon_e7)
      }
      remove(unit)
    }
    insert(unit, id: id, at: place, traits)
  }

  mutating func remove(_ unit: UInt32) {
    guard table.group(of: unit) != nil else { return }
    let (spot, isLess) = table.takeDown(unit)
    guard isLess else { return }
    let leaf = table.spots[spot].leaf
    let isGone = table.spots[spot].groups == 0
    if isGone {
      takeDown(spot, from: leaf)
      table.giveBack(spot: spot)
    }
    if nodes[leaf].count <= Self.readSpots {
      var summary = GroundSummary()
      var other = nodes[leaf].firstSpot
      while other != Self.none {
        summary.add(table.spots[other].holds)
        other = table.spots[other].next
      }
      nodes[leaf].holds = summary
    }
    var node = nodes[leaf].parent
    while node != Self.none {
      if isGone { nodes[node].count -= 1 }
      let above = nodes[node].parent
      var summary = GroundSummary()
      for index in 0..<4 as Range<UInt32> {
        summary.add(nodes[nodes[node].firstChild + index].holds)
      }
      nodes[node].holds = summary
      if nodes[node].count == 0 { close(node) }
      node = above
    }
  }

  private func child(of node: UInt32, _ spot: UInt32) -> UInt32 {
    let half = 31 - UInt32(nodes[node].depth)
    return nodes[node].firstChild + (Self.west(table.spots[spot].lon_e7) >> half & 1)
      + (Self.south(table.spots[spot].lat_e7) >> half & 1) * 2
  }

  private mutating func hang(_ spot: UInt32, in node: UInt32) {
    let first = nodes[node].firstSpot
    table.spots[spot].next = first
    table.spots[spot].previous = Self.none
    if first != Self.none { table.spots[first].previous = spot }
    nodes[node].firstSpot = spot
    nodes[node].count += 1
    table.spots[spot].leaf = node
  }

  private mutating func takeDown(_ spot: UInt32, from node: UInt32) {
    let (before, after) = (table.spots[spot].previous, table.spots[spot].next)
    if after != Self.none { table.spots[after].previous = before }
    if before == Self.none {
      nodes[node].firstSpot = after
    } else {
      table.spots[before].next = after
    }
    nodes[node].count -= 1
  }

  /// False when there is no node left, or no smaller square.
  private mutating func split(_ node: UInt32) -> Bool {
    let own = nodes[node]
    guard own.depth < Self.deepest else { return false }
    var first = unused
    if first != Self.none {
      unused = nodes[first].parent
    } else {
      guard Int(used) + 4 <= nodes.count else { return false }
      first = used
      used += 4
    }
    let half = UInt32(truncatingIfNeeded: Self.side(own.depth) / 2)
    for index in 0..<4 as Range<UInt32> {
      nodes[first + index] = Self.leaf(
        own.west + (index & 1) * half, own.south + (index >> 1) * half, parent: node,
        depth: own.depth + 1)
    }
    nodes[node].firstChild = first
    nodes[node].firstSpot = Self.none
    var spot = own.firstSpot
    while spot != Self.none {
      let after = table.spots[spot].next
      let child = child(of: node, spot)
      hang(spot, in: child)
      nodes[child].holds.add(table.spots[spot].holds)
      spot = after
    }
    return true
  }

  /// An empty square is a leaf again. Its children are empty leaves: those below them closed before.
  private mutating func close(_ node: UInt32) {
    let first = nodes[node].firstChild
    nodes[first].parent = unused
    unused = first
    nodes[node].firstChild = Self.none
    nodes[node].firstSpot = Self.none
  }

  // A question

  mutating func push(_ node: UInt32, least_ms: UInt64) {
    var index = waitingCount
    waitingCount += 1
    while index > 0, least_ms < waiting[(index - 1) / 2].least_ms {
      waiting[index] = waiting[(index - 1) / 2]
      index = (index - 1) / 2
    }
    waiting[index] = Waiting(least_ms: least_ms, node: node)
  }

  mutating func pop() -> Waiting? {
    guard waitingCount > 0 else { return nil }
    opened += 1
    let least = waiting[0]
    waitingCount -= 1
    let last = waiting[waitingCount]
    var index = 0
    while index * 2 + 1 < waitingCount {
      var child = index * 2 + 1
      if child + 1 < waitingCount, waiting[child + 1].least_ms < waiting[child].least_ms {
        child += 1
      }
      if waiting[child].least_ms >= last.least_ms { break }
      waiting[index] = waiting[child]
      index = child
    }
    if waitingCount > 0 { waiting[index] = last }
    return least
  }
}
