// Where a place touches the network: the arcs it lies on, and the nodes through which one leaves or reaches it.
// At a node every arc of the node is usable. In mid-street one may use either direction that is allowed, and the
// opposite carriageway where that is a street of its own (`streetTwin`).

import HujiaRoads

/// What arcs take for a place that lies on them. A closure keeps everybody from driving through; the piece of street
/// that a unit stands on, or that a call is on, counts at the map's own time, so a closed street has a way in and out.
struct OwnTimes: BitwiseCopyable {
  let now_ms: UnsafePointer<UInt32>
  let mapped_ms: UnsafePointer<UInt32>

  /// `Cost.unreachable_ms` or more only where the map itself has no time.
  @inline(__always) subscript(_ arc: UInt32) -> UInt32 {
    let now_ms = now_ms[Int(arc)]
    return now_ms < Cost.unreachable_ms ? now_ms : mapped_ms[Int(arc)]
  }
}

extension Place {
  /// `none` and `isOnStreets` where many places are looked at: a call into another module costs more than the look.
  @inline(__always) static var nothing: UInt32 { .max }
  @inline(__always) var hasStreet: Bool { street != Self.nothing }
  @inline(__always) var hasNode: Bool { node != Self.nothing }

  /// The straight line between a place and its street at `StraightLine`'s normal speed of 30 km/h (12 ms a decimetre),
  /// in every profile: off the streets a siren opens no way.
  @inline(__always) var gapCost: Cost {
    // As `countedGap_dm`, which would be a call into another module.
    guard hasStreet, gap_dm >= Place.onStreet_dm else { return .zero }
    let gap_dm = UInt64(gap_dm)
    return Cost(
      time_ms: UInt32(clamping: gap_dm * StraightLine.gap_ms),
      length_mm: UInt32(clamping: gap_dm * 100))
  }
}

/// A place on one arc: millimetres from the arc's tail, in the direction of travel.
struct Footprint: BitwiseCopyable {
  var arc: UInt32
  var offset_mm: UInt32
  var length_mm: UInt32
  var tail: UInt32
  var head: UInt32

  /// As `StreetFacts.splitMark`, which would be a call into another module.
  @inline(__always) static var splitMark: UInt32 { 1 << 31 }

  static var none: Footprint {
    Footprint(arc: .max, offset_mm: 0, length_mm: 0, tail: .max, head: .max)
  }
}

extension RoadMap {
  /// As `facts(ofStreet:)`, inlined: a call of another module gets a copy of the map's many pointers.
  @inline(__always) func facts(of street: UInt32) -> StreetFacts {
    streetFacts[Int(street)]
  }
}

extension RoadMap {
  /// Whether an arm of the junction where a place is may be driven off it, or up to it.
  @inline(__always) func isOpen(leaving place: Place, _ times: OwnTimes) -> Bool {
    if isSplit(place.node) { return isOpen(leavingPorts: place.node, times) }
    for arc in Int(firstOut[Int(place.node)])..<Int(firstOut[Int(place.node) + 1])
    where times.now_ms[arc] < Cost.unreachable_ms { return true }
    return false
  }

  @inline(__always) func isOpen(reaching place: Place, _ times: OwnTimes) -> Bool {
    if isSplit(place.node) { return isOpen(reachingPorts: place.node, times) }
    for index in Int(firstIn[Int(place.node)])..<Int(firstIn[Int(place.node) + 1])
    where times.now_ms[Int(inArc[index])] < Cost.unreachable_ms { return true }
    return false
  }
}

// Places that are taken apart into ports (`Ports`).
extension RoadMap {
  /// Here and below as in `Ports`, inlined.
  @inline(__always) func isSplit(_ place: UInt32) -> Bool {
    guard let ports else { return false }
    return ports.exitOf[Int(place)] != place
  }

  /// Where one is, having reached a junction.
  @inline(__always) func exit(of place: UInt32) -> UInt32 {
    guard let ports else { return place }
    return ports.exitOf[Int(place)]
  }

  /// Whether a node is a port of the junction where a place is, which then has an end there already.
  @inline(__always) func isPort(_ node: UInt32, of place: Place) -> Bool {
    guard place.hasNode, let ports, ports.exitOf[Int(place.node)] != place.node else {
      return false
    }
    return ports.placeOf[Int(node)] == place.node
  }

  /// Over the links that lead from the place or to it, the arms behind them.
  @inline(never) private func isOpen(leavingPorts place: UInt32, _ times: OwnTimes) -> Bool {
    for link in Int(firstOut[Int(place)])..<Int(firstOut[Int(place) + 1]) {
      let port = Int(arcHead[link])
      for arc in Int(firstOut[port])..<Int(firstOut[port + 1])
      where times.now_ms[arc] < Cost.unreachable_ms { return true }
    }
    return false
  }

  @inline(never) private func isOpen(reachingPorts place: UInt32, _ times: OwnTimes) -> Bool {
    let exit = Int(exit(of: place))
    for index in Int(firstIn[exit])..<Int(firstIn[exit + 1]) {
      let port = Int(arcTail[Int(inArc[index])])
      for inner in Int(firstIn[port])..<Int(firstIn[port + 1])
      where times.now_ms[Int(inArc[inner])] < Cost.unreachable_ms { return true }
    }
    return false
  }

  /// Where an arc of a street ends, and from where one reaches a place on it.
  @inline(never) fileprivate func ends(of arc: UInt32) -> (tail: UInt32, head: UInt32) {
    let head = arcHead[Int(arc)]
    guard let ports, ports.reachCount > 0 else { return (arcTail[Int(arc)], head) }
    let index = Ports.firstIndex(ports.reach, ports.reachCount, arc)
    guard index < ports.reachCount, ports.reach[index].arc == arc else {
      return (arcTail[Int(arc)], head)
    }
    return (ports.reach[index].other, head)
  }
}

/// The arcs under a place in mid-street: at most forward, backward, and the twin's two. None at a node.
struct Footprints: BitwiseCopyable {
  var count = 0
  private var first = Footprint.none
  private var second = Footprint.none
  private var third = Footprint.none
  private var fourth = Footprint.none

  /// Here and in `Ends` everything is inlined, so that nobody copies the map's many pointers to ask for one.
  @inline(__always) init(of place: Place, on map: RoadMap) {
    if !place.hasNode { self.init(along: place, on: map) } else { self.init() }
  }

  private init() {}

  /// The same of a place at a node too: those of its street.
  @inline(__always) init(along place: Place, on map: RoadMap) {
    guard place.hasStreet else { return }
    let street = map.facts(of: place.street)
    addArcs(street, offset_mm: place.offset_mm, map)
    guard street.twin != RoadMap.none else { return }
    let twin = map.facts(of: street.twin)
    addArcs(
      twin, offset_mm: twin.length_mm - min(place.offset_mm, twin.length_mm),
      map)
  }

  @inline(__always)
  private mutating func addArcs(_ street: StreetFacts, offset_mm: UInt32, _ map: RoadMap) {
    let length = street.length_mm
    let offset = min(offset_mm, length)
    let isSplit = (street.first | street.last) & Footprint.splitMark != 0
    if street.forwardArc != RoadMap.none {
      let ends =
        isSplit ? map.ends(of: street.forwardArc) : (tail: street.first, head: street.last)
      append(
        Footprint(
          arc: street.forwardArc, offset_mm: offset, length_mm: length, tail: ends.tail,
          head: ends.head))
    }
    if street.backwardArc != RoadMap.none {
      let ends =
        isSplit ? map.ends(of: street.backwardArc) : (tail: street.last, head: street.first)
      append(
        Footprint(
          arc: street.backwardArc, offset_mm: length - offset, length_mm: length, tail: ends.tail,
          head: ends.head))
    }
  }

  @inline(__always) private mutating func append(_ footprint: Footprint) {
    switch count {
    case 0: first = footprint
    case 1: second = footprint
    case 2: third = footprint
    default: fourth = footprint
    }
    count += 1
  }

  @inline(__always) subscript(_ index: Int) -> Footprint {
    switch index {
    case 0: first
    case 1: second
    case 2: third
    default: fourth
    }
  }
}

/// A node through which a place is left or reached, and the cost of the part of a street in between.
struct End: BitwiseCopyable {
  var node: UInt32
  var cost: Cost
  /// The arc of that part; `none` when the place is at the node.
  var arc: UInt32
  /// The place on that arc.
  var offset_mm: UInt32
}

/// The at most two nodes of a place: a street has two, and its twin has the same. Two arcs that lead to one node
/// count once, with the lesser cost (then the lower arc number). A place at a junction has that node alone, unless all
/// arms of the junction are closed: then it lies on its street as a place in mid-street does.
struct Ends: BitwiseCopyable {
  var count = 0
  private var first = End(node: .max, cost: .unreachable, arc: .max, offset_mm: 0)
  private var second = End(node: .max, cost: .unreachable, arc: .max, offset_mm: 0)

  @inline(__always) subscript(_ index: Int) -> End { index == 0 ? first : second }

  /// Where one can get to from a place: the heads of its arcs.
  @inline(__always)
  init(leaving place: Place, on map: RoadMap, times: OwnTimes) {
    let gap = place.gapCost
    if place.hasNode {
      add(End(node: place.node, cost: gap, arc: .max, offset_mm: 0))
      if map.isOpen(leaving: place, times) { return }
    }
    let footprints = Footprints(along: place, on: map)
    for index in 0..<footprints.count {
      let at = footprints[index]
      let length = at.length_mm
      let all_ms = times[at.arc]
      guard all_ms < Cost.unreachable_ms, !map.isPort(at.head, of: place) else { continue }
      let rest_ms = all_ms - timeAlong(arc_ms: all_ms, offset_mm: at.offset_mm, length_mm: length)
      add(
        End(
          node: at.head, cost: gap + Cost(time_ms: rest_ms, length_mm: length - at.offset_mm),
          arc: at.arc, offset_mm: at.offset_mm))
    }
  }

  /// From where one can get to a place: the tails of its arcs.
  @inline(__always)
  init(reaching place: Place, on map: RoadMap, times: OwnTimes) {
    let gap = place.gapCost
    if place.hasNode {
      add(End(node: map.exit(of: place.node), cost: gap, arc: .max, offset_mm: 0))
      if map.isOpen(reaching: place, times) { return }
    }
    let footprints = Footprints(along: place, on: map)
    for index in 0..<footprints.count {
      let at = footprints[index]
      let length = at.length_mm
      let all_ms = times[at.arc]
      guard all_ms < Cost.unreachable_ms, !map.isPort(at.tail, of: place) else { continue }
      let along_ms = timeAlong(arc_ms: all_ms, offset_mm: at.offset_mm, length_mm: length)
      add(
        End(
          node: at.tail, cost: gap + Cost(time_ms: along_ms, length_mm: at.offset_mm),
          arc: at.arc, offset_mm: at.offset_mm))
    }
  }

  /// A gap of days keeps its ends, at a cost that is no way: cells count a unit by its nodes, wherever it stands.
  @inline(__always) private mutating func add(_ end: End) {
    if count > 0, first.node == end.node {
      if (end.cost.bits, end.arc) < (first.cost.bits, first.arc) { first = end }
    } else if count > 1, second.node == end.node {
      if (end.cost.bits, end.arc) < (second.cost.bits, second.arc) { second = end }
    } else if count == 0 {
      first = end
      count = 1
    } else if count == 1 {
      second = end
      count = 2
    } else {
      assertionFailure("a twin with other ends is no twin")
    }
  }
}

/// From one place to another along one arc, without a node in between.
struct Direct: BitwiseCopyable {
  var cost = Cost.unreachable
  var arc: UInt32 = .max
  var from_mm: UInt32 = 0
  var to_mm: UInt32 = 0

  /// `gaps`: of both places.
  init(from: Footprints, to: Footprints, gaps: Cost, times: OwnTimes) {
    for start in 0..<from.count {
      for end in 0..<to.count where from[start].arc == to[end].arc {
        consider(
          from[start], to_mm: to[end].offset_mm, gaps, times)
      }
    }
  }

  private mutating func consider(
    _ start: Footprint, to_mm: UInt32, _ gaps: Cost, _ times: OwnTimes
  ) {
    let arc = start.arc
    let from_mm = start.offset_mm
    let length = start.length_mm
    let all_ms = times[arc]
    guard from_mm <= to_mm, all_ms < Cost.unreachable_ms else { return }
    let start_ms = timeAlong(arc_ms: all_ms, offset_mm: from_mm, length_mm: length)
    let end_ms = timeAlong(arc_ms: all_ms, offset_mm: to_mm, length_mm: length)
    let found = gaps + Cost(time_ms: end_ms - start_ms, length_mm: to_mm - from_mm)
    if (found.bits, arc) < (cost.bits, self.arc) {
      cost = found
      self.arc = arc
      self.from_mm = from_mm
      self.to_mm = to_mm
    }
  }
}
