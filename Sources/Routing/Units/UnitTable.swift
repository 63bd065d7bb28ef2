// The units as routing sees them: what a filter asks about, where each one stands, and which units one meets at a
// node. Must never know what a unit is doing or for whom: `level` and `capabilities` are numbers here.

import HujiaContainers
import HujiaRoads

/// One unit. Not live: the index is free.
struct UnitRecord: BitwiseCopyable {
  var id: UInt64 = 0
  var capabilities: UInt64 = 0
  var availableUntil_us: Int64 = 0
  var agency: UInt32 = 0
  var skipStamp: UInt32 = 0
  /// The nodes through which it leaves its place (heads of its arcs); `none` where there is no such node.
  var firstNode: UInt32 = .max
  var secondNode: UInt32 = .max
  var place = Place(
    street: .max, offset_mm: 0, node: .max, gap_dm: 0, lat_e7: 0, lon_e7: 0, isOffNetwork: false)
  var level: UInt8 = 0
  var isCrewed = false
  var hasPlace = false
  var isLive = false

  @inline(__always) func matches(_ filter: UnitFilter) -> Bool {
    let levelFits = level < 32 && filter.levels & (1 << UInt32(level)) != 0
    let isSkipped = filter.skipStamp != 0 && skipStamp == filter.skipStamp
    return levelFits && !isSkipped && capabilities & filter.capabilities == filter.capabilities
      && (filter.agency == 0 || filter.agency == agency)
      && (filter.availableUntil_us == .min || filter.availableUntil_us <= availableUntil_us)
      && (isCrewed || !filter.crewedOnly)
  }
}

/// Records by index, and for each node the list of units that leave their place through it.
/// Link `2 · unit + side` hangs in the list of the unit's first or second node.
struct UnitTable: ~Copyable {
  let records: Block<UnitRecord>
  private let firstLink: Block<UInt32>
  private let nextLink: Block<UInt32>
  private let previousLink: Block<UInt32>
  /// No unit at or above this index has ever been put.
  private(set) var highWater = 0

  init(capacity: Int, nodeCount: Int, memory: Memory) throws(OutOfMemory) {
    let records = try Block<UnitRecord>(memory, count: capacity, filledWith: UnitRecord())
    let firstLink = try Block<UInt32>(memory, count: nodeCount, filledWith: .max)
    let nextLink = try Block<UInt32>(memory, count: capacity * 2, filledWith: .max)
    let previousLink = try Block<UInt32>(memory, count: capacity * 2, filledWith: .max)
    self.records = records
    self.firstLink = firstLink
    self.nextLink = nextLink
    self.previousLink = previousLink
  }

  var capacity: Int { records.count }

  /// The first link of a node's list, or `.max`. Unit = link / 2.
  @inline(__always) func links(at node: UInt32) -> UInt32 { firstLink[node] }
  @inline(__always) func link(after link: UInt32) -> UInt32 { nextLink[link] }

  mutating func put(_ record: UnitRecord, at unit: UInt32, on map: RoadMap) {
    assert(Int(unit) < capacity)
    highWater = max(highWater, Int(unit) + 1)
    unlink(unit)
    var stored = record
    stored.isLive = true
    stored.firstNode = .max
    stored.secondNode = .max
    if stored.hasPlace { setNodes(of: &stored, on: map) }
    records[unit] = stored
    link(unit)
  }

  /// On the same arcs this is a store; else two list changes. O(1).
  mutating func move(_ unit: UInt32, to place: Place, on map: RoadMap) {
    assert(records[unit].isLive)
    let old = records[unit].place
    let stays =
      records[unit].hasPlace && old.street == place.street && old.node == place.node
    records[unit].place = place
    records[unit].hasPlace = true
    if stays { return }
    var changed = records[unit]
    setNodes(of: &changed, on: map)
    if changed.firstNode == records[unit].firstNode
      && changed.secondNode == records[unit].secondNode
    {
      return
    }
    unlink(unit)
    records[unit] = changed
    link(unit)
  }

  mutating func remove(_ unit: UInt32) {
    unlink(unit)
    records[unit] = UnitRecord()
  }

  private func setNodes(of record: inout UnitRecord, on map: RoadMap) {
    record.firstNode = .max
    record.secondNode = .max
    if record.place.node != Place.none {
      record.firstNode = record.place.node
      return
    }
    let footprints = Footprints(of: record.place, on: map)
    for index in 0..<footprints.count {
      let head = map.arcHead[Int(footprints[index].arc)]
      if record.firstNode == .max {
        record.firstNode = head
      } else if record.firstNode != head && record.secondNode == .max {
        record.secondNode = head
      }
    }
  }

  private mutating func link(_ unit: UInt32) {
    hang(unit * 2, at: records[unit].firstNode)
    hang(unit * 2 + 1, at: records[unit].secondNode)
  }

  private mutating func unlink(_ unit: UInt32) {
    takeDown(unit * 2, from: records[unit].firstNode)
    takeDown(unit * 2 + 1, from: records[unit].secondNode)
    records[unit].firstNode = .max
    records[unit].secondNode = .max
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
