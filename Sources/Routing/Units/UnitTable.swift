// The units as routing sees them: what a filter asks about, where each one stands, and which units one meets at a
// node. Must never know what a unit is doing or for which incident: `level` and `capabilities` are numbers here.

import HujiaContainers
import HujiaRoads

/// Arrays by unit index, and for each node the list of units that leave their place through it.
/// Link `2 · unit + side` hangs in the list of the unit's first or second node.
struct UnitTable: ~Copyable {
  let traits: Block<UnitTraits>
  let places: Block<Place>
  let ids: Block<UInt64>
  /// The nodes through which a unit leaves its place whatever the traffic, the deeper one first: two per unit.
  let nodes: Block<UInt32>
  private let firstLink: Block<UInt32>
  private let nextLink: Block<UInt32>
  private let previousLink: Block<UInt32>
  /// No unit at or above this index has ever been put.
  private(set) var highWater = 0

  static var nowhere: Place {
    Place(
      street: .max, offset_mm: 0, node: .max, gap_dm: 0, lat_e7: 0, lon_e7: 0, isOffNetwork: false)
  }

  init(capacity: Int, nodeCount: Int, memory: Memory) throws(OutOfMemory) {
    let traits = try Block<UnitTraits>(
      memory, count: capacity, isHot: true, isTouched: true)
    let places = try Block<Place>(memory, count: capacity)
    let ids = try Block<UInt64>(memory, count: capacity)
    let nodes = try Block<UInt32>(memory, count: capacity * 2)
    let firstLink = try Block<UInt32>(memory, count: nodeCount, filledWith: .max)
    let nextLink = try Block<UInt32>(memory, count: capacity * 2)
    let previousLink = try Block<UInt32>(memory, count: capacity * 2)
    self.traits = traits
    self.places = places
    self.ids = ids
    self.nodes = nodes
    self.firstLink = firstLink
    self.nextLink = nextLink
    self.previousLink = previousLink
  }

  var capacity: Int { traits.count }

  /// The first link of a node's list, or `.max`. Unit = link / 2.
  @inline(__always) func links(at node: UInt32) -> UInt32 { firstLink[node] }
  @inline(__always) func link(after link: UInt32) -> UInt32 { nextLink[link] }

  /// O(1), spread over all units: those below that were never put are made empty.
  mutating func put(
    _ unit: UInt32, id: UInt64, _ traits: UnitTraits, place: Place?, on map: RoadMap
  ) {
    assert(Int(unit) < capacity && traits.isLive && traits.hasPlace == (place != nil))
    while highWater <= Int(unit) {
      nodes[highWater * 2] = .max
      nodes[highWater * 2 + 1] = .max
      highWater += 1
    }
    self.traits[unit] = traits
    ids[unit] = id
    places[unit] = place ?? Self.nowhere
    setNodes(unit, on: map)
  }

  /// Stores a new place. O(1); the lists change only when the nodes do.
  mutating func move(_ unit: UInt32, to place: Place, on map: RoadMap) {
    assert(traits[unit].isLive)
    places[unit] = place
    traits[unit].hasPlace = true
    setNodes(unit, on: map)
  }

  /// Whether the unit stays on its street, and at a node neither before nor after: its nodes are then the same.
  @inline(__always) func stays(_ unit: UInt32, at place: Place) -> Bool {
    traits[unit].hasPlace && places[unit].street == place.street
      && places[unit].node == place.node
  }

  mutating func remove(_ unit: UInt32) {
    traits[unit] = UnitTraits()
    places[unit] = Self.nowhere
    setNodes(first: .max, second: .max, of: unit)
  }

  private mutating func setNodes(_ unit: UInt32, on map: RoadMap) {
    let place = places[unit]
    var first = UInt32.max
    var second = UInt32.max
    if !traits[unit].hasPlace {
      // Nowhere.
    } else {
      // At a junction as well the street's other end: the unit leaves through it when all arms are closed.
      if place.hasNode { first = place.node }
      let footprints = Footprints(along: place, on: map)
      for index in 0..<footprints.count {
        let head = footprints[index].head
        if map.isPort(head, of: place) { continue }
        if first == .max {
          first = head
        } else if first != head && second == .max {
          second = head
        }
      }
      if second != .max && second > first { swap(&first, &second) }
    }
    setNodes(first: first, second: second, of: unit)
  }

  private mutating func setNodes(first: UInt32, second: UInt32, of unit: UInt32) {
    let link = unit * 2
    if nodes[link] != first {
      takeDown(link, from: nodes[link])
      nodes[link] = first
      hang(link, at: first)
    }
    if nodes[link + 1] != second {
      takeDown(link + 1, from: nodes[link + 1])
      nodes[link + 1] = second
      hang(link + 1, at: second)
    }
  }

  private mutating func hang(_ link: UInt32, at node: UInt32) {
    guard node != .max else { return }
    let next = firstLink[node]
    nextLink[link] = next
    previousLink[link] = .max
    if next != .max { previousLink[next] = link }
    firstLink[node] = link
  }

  private mutating func takeDown(_ link: UInt32, from node: UInt32) {
    guard node != .max else { return }
    let next = nextLink[link]
    let previous = previousLink[link]
    if next != .max { previousLink[next] = previous }
    if previous == .max { firstLink[node] = next } else { nextLink[previous] = next }
  }
}
