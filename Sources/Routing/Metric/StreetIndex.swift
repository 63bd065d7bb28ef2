// From the host's street ids to streets and arcs. One id may stand for several rows of the street table.

import HujiaContainers
import HujiaRoads

package struct StreetIndex: ~Copyable {
  private let map: RoadMap
  /// Streets by id, then by number; none when the table is in that order already.
  private let order: Block<UInt32>
  private let ascends: Bool

  /// 4 bytes a street unless the ids ascend. O(n log n) then.
  package init(_ map: RoadMap, memory: Memory) throws(OutOfMemory) {
    self.map = map
    var ascends = true
    for street in 1..<max(map.streetCount, 1)
    where map.streetID[street] < map.streetID[street - 1] { ascends = false }
    self.ascends = ascends
    let order = try Block<UInt32>(memory, count: ascends ? 0 : map.streetCount)
    self.order = order
    if ascends { return }
    let streets = self.order.base
    for street in 0..<map.streetCount { streets[street] = UInt32(street) }
    var sortable = UnsafeMutableBufferPointer(start: streets, count: map.streetCount)
    sortable.sort {
      let a = map.streetID[Int($0)]
      let b = map.streetID[Int($1)]
      return a != b ? a < b : $0 < $1
    }
  }

  @inline(__always) package func street(at place: Int) -> Int {
    ascends ? place : Int(order[place])
  }

  @inline(__always) private func id(at place: Int) -> UInt64 { map.streetID[street(at: place)] }

  /// The places of the streets with an id, first to one past last; nil: there is none. `hint`: where the last one
  /// ended, because feeds tend to come in the map's order. O(log n).
  package func find(_ wanted: UInt64, hint: Int) -> Range<Int>? {
    let count = map.streetCount
    var first = hint
    if !(hint < count && id(at: hint) == wanted && (hint == 0 || id(at: hint - 1) != wanted)) {
      var low = 0
      var high = count
      while low < high {
        let middle = (low + high) / 2
        if id(at: middle) < wanted { low = middle + 1 } else { high = middle }
      }
      first = low
    }
    guard first < count, id(at: first) == wanted else { return nil }
    var end = first + 1
    while end < count, id(at: end) == wanted { end += 1 }
    return first..<end
  }

  /// The arcs of an id's streets in one direction, each with its length, the first first. The opposite carriageway
  /// under the same id is the other direction of its twin.
  private func arcs(
    _ streets: Range<Int>, isForward: Bool, _ body: (_ arc: Int, _ length_mm: UInt64) -> Void
  ) {
    for place in streets {
      let street = street(at: place)
      let length = UInt64(map.streetLength_mm[street])
      let facts = map.streetFacts[street]
      let twin = facts.twin
      let isSecond =
        twin != RoadMap.none && Int(twin) < street
        && map.streetID[Int(twin)] == map.streetID[street]
      let arc = isForward != isSecond ? facts.forwardArc : facts.backwardArc
      if arc != RoadMap.none { body(Int(arc), length) }
    }
  }

  /// Whether one may drive that way at all.
  package func hasArcs(_ streets: Range<Int>, _ direction: Direction) -> Bool {
    var has = false
    if direction != .backward { arcs(streets, isForward: true) { _, _ in has = true } }
    if direction != .forward { arcs(streets, isForward: false) { _, _ in has = true } }
    return has
  }

  /// Shares out a time for the whole of an id's streets among its arcs, by their lengths, so that the parts add up to
  /// it exactly. `.max` closes each.
  package func share(
    _ time_ms: UInt32, _ streets: Range<Int>, _ direction: Direction,
    _ body: (_ arc: Int, _ time_ms: UInt32) -> Void
  ) {
    if direction != .backward { share(time_ms, streets, isForward: true, body) }
    if direction != .forward { share(time_ms, streets, isForward: false, body) }
  }

  private func share(
    _ time_ms: UInt32, _ streets: Range<Int>, isForward: Bool,
    _ body: (_ arc: Int, _ time_ms: UInt32) -> Void
  ) {
    if time_ms == .max || streets.count == 1 {
      arcs(streets, isForward: isForward) { arc, _ in body(arc, time_ms) }
      return
    }
    // Overlapping carriageways count once: a twin's arc runs the other way.
    var whole: UInt64 = 0
    arcs(streets, isForward: isForward) { _, length in whole += max(length, 1) }
    // All the streets of a large map under one id are longer than 64 bits have room for times.
    func part(_ length: UInt64) -> UInt64 {
      whole.dividingFullWidth(UInt64(time_ms).multipliedFullWidth(by: length)).quotient
    }
    var done: UInt64 = 0
    arcs(streets, isForward: isForward) { arc, length in
      let before = part(done)
      done += max(length, 1)
      body(arc, UInt32(part(done) - before))
    }
  }

  /// The arcs of an id's streets that way.
  package func each(_ streets: Range<Int>, _ direction: Direction, _ body: (_ arc: Int) -> Void) {
    share(.max, streets, direction) { arc, _ in body(arc) }
  }
}
