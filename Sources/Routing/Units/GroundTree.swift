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
  var firstUnit: UInt32
  var count: UInt32
  var holds = GroundSummary()
  var depth: UInt8
}

/// What the units of a square have among them.
struct GroundSummary: BitwiseCopyable, Equatable {
  var capabilities: UInt64 = 0
  /// A bit of 64 for each agency, and for each kind.
  var agencies: UInt64 = 0
  var kinds: UInt64 = 0
  var levels: UInt32 = 0

  init() {}
  init(_ traits: UnitTraits) {
    capabilities = traits.capabilities
    agencies = Self.bit(traits.agency)
    kinds = Self.bit(traits.kind)
    levels = 1 << UInt32(traits.level)
  }

  mutating func add(_ other: GroundSummary) {
    capabilities |= other.capabilities
    agencies |= other.agencies
    kinds |= other.kinds
    levels |= other.levels
  }

  func mayMatch(_ filter: UnitFilter) -> Bool {
    capabilities & filter.capabilities == filter.capabilities && levels & filter.levels != 0
      && (filter.agency == 0 || agencies & Self.bit(filter.agency) != 0)
      && (filter.kind == 0 || kinds & Self.bit(filter.kind) != 0)
  }

  private static func bit(_ value: UInt32) -> UInt64 {
    1 << UInt64((value &* 0x9e37_79b9) >> 26)
  }
}

struct GroundTree: ~Copyable {
  static var none: UInt32 { .max }
  /// A leaf is split when it holds more, as long as there are nodes left; it may hold any number.
  private static var leafUnits: UInt32 { 16 }
  /// A leaf with more is not read through when one leaves it.
  private static var readUnits: UInt32 { 64 }
  private static var deepest: UInt8 { 28 }

  let nodes: Block<GroundNode>
  private var used: UInt32 = 1
  private var unused = GroundTree.none
  private let next: Block<UInt32>
  private let previous: Block<UInt32>
  /// By unit, its leaf + 1; 0 = nowhere.
  private let leafOf: Block<UInt32>
  /// Squares that a question has still to open, the nearest first.
  let waiting: Block<Waiting>
  var waitingCount = 0
  /// Squares that questions have opened, ever: for the tests.
  private(set) var opened = 0

  struct Waiting: BitwiseCopyable {
    var least_ms: UInt64
    var node: UInt32
  }

  /// About 60 bytes a unit on a map without streets, else nothing.
  init(_ map: RoadMap, unitCapacity: Int, memory: Memory) throws(OutOfMemory) {
    let unitCapacity = map.nodeCount == 0 ? unitCapacity : 0
    let nodes = try Block<GroundNode>(
      memory, count: unitCapacity == 0 ? 1 : unitCapacity / 2 / 4 * 4 + 65)
    let next = try Block<UInt32>(memory, count: unitCapacity)
    let previous = try Block<UInt32>(memory, count: unitCapacity)
    let leafOf = try Block<UInt32>(memory, count: unitCapacity)
    let waiting = try Block<Waiting>(memory, count: nodes.count)
    nodes.base[0] = Self.leaf(0, 0, parent: Self.none, depth: 0)
    self.nodes = nodes
    self.next = next
    self.previous = previous
    self.leafOf = leafOf
    self.waiting = waiting
  }

  private static func leaf(
    _ west: UInt32, _ south: UInt32, parent: UInt32, depth: UInt8
  ) -> GroundNode {
    GroundNode(
      west: west, south: south, parent: parent, firstChild: none, firstUnit: none, count: 0,
      depth: depth)
  }

  private static func west(_ place: Place) -> UInt32 {
    UInt32(clamping: Int64(place.lon_e7) + 1_800_000_000)
  }
  private static func south(_ place: Place) -> UInt32 {
    UInt32(clamping: Int64(place.lat_e7) + 900_000_000)
  }

  /// The side of a node's square, in ten-millionths of a degree.
  static func side(_ depth: UInt8) -> UInt64 { 1 << (32 - UInt64(depth)) }

  private func holds(_ node: UInt32, _ place: Place) -> Bool {
    let shift = 32 - UInt32(nodes[node].depth)
    return shift == 32
      || ((Self.west(place) ^ nodes[node].west) >> shift == 0
        && (Self.south(place) ^ nodes[node].south) >> shift == 0)
  }

  func unit(after unit: UInt32) -> UInt32 { next[unit] }

  // Units come, move and go

  mutating func insert(
    _ unit: UInt32, _ places: borrowing Block<Place>, _ traits: borrowing Block<UnitTraits>
  ) {
    var node: UInt32 = 0
    while nodes[node].firstChild != Self.none { node = child(of: node, at: places[unit]) }
    hang(unit, in: node)
    let summary = GroundSummary(traits[unit])
    var above = node
    while above != Self.none {
      if above != node { nodes[above].count += 1 }
      nodes[above].holds.add(summary)
      above = nodes[above].parent
    }
    while nodes[node].count > Self.leafUnits, split(node, places, traits) {
      node = child(of: node, at: places[unit])
    }
  }

  /// O(1) within the square of its leaf.
  func stays(_ unit: UInt32, at place: Place) -> Bool {
    leafOf[unit] != 0 && holds(leafOf[unit] - 1, place)
  }

  mutating func remove(_ unit: UInt32, _ traits: borrowing Block<UnitTraits>) {
    guard leafOf[unit] != 0 else { return }
    let leaf = leafOf[unit] - 1
    takeDown(unit, from: leaf)
    if nodes[leaf].count <= Self.readUnits {
      var summary = GroundSummary()
      var other = nodes[leaf].firstUnit
      while other != Self.none {
        summary.add(GroundSummary(traits[other]))
        other = next[other]
      }
      nodes[leaf].holds = summary
    }
    var node = nodes[leaf].parent
    while node != Self.none {
      nodes[node].count -= 1
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

  private func child(of node: UInt32, at place: Place) -> UInt32 {
    let half = 31 - UInt32(nodes[node].depth)
    return nodes[node].firstChild + (Self.west(place) >> half & 1)
      + (Self.south(place) >> half & 1) * 2
  }

  private mutating func hang(_ unit: UInt32, in node: UInt32) {
    let first = nodes[node].firstUnit
    next[unit] = first
    previous[unit] = Self.none
    if first != Self.none { previous[first] = unit }
    nodes[node].firstUnit = unit
    nodes[node].count += 1
    leafOf[unit] = node + 1
  }

  private mutating func takeDown(_ unit: UInt32, from node: UInt32) {
    let (before, after) = (previous[unit], next[unit])
    if after != Self.none { previous[after] = before }
    if before == Self.none { nodes[node].firstUnit = after } else { next[before] = after }
    nodes[node].count -= 1
    leafOf[unit] = 0
  }

  /// False when there is no node left, or no smaller square.
  private mutating func split(
    _ node: UInt32, _ places: borrowing Block<Place>, _ traits: borrowing Block<UnitTraits>
  ) -> Bool {
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
    nodes[node].firstUnit = Self.none
    var unit = own.firstUnit
    while unit != Self.none {
      let after = next[unit]
      let child = child(of: node, at: places[unit])
      hang(unit, in: child)
      nodes[child].holds.add(GroundSummary(traits[unit]))
      unit = after
    }
    return true
  }

  /// An empty square is a leaf again. Its children are empty leaves: those below them closed before.
  private mutating func close(_ node: UInt32) {
    let first = nodes[node].firstChild
    nodes[first].parent = unused
    unused = first
    nodes[node].firstChild = Self.none
    nodes[node].firstUnit = Self.none
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
