// Where a unit leaves its place, ready for label scans: everything that a question needs about it in two cache lines.

import HujiaRoads

/// In one profile, the deeper node first. A node whose arc is closed is left out.
struct UnitEnds: BitwiseCopyable {
  var firstNode: UInt32 = .max
  var secondNode: UInt32 = .max
  /// Time to the node.
  var firstRest_ms: UInt32 = Cost.unreachable_ms
  var secondRest_ms: UInt32 = Cost.unreachable_ms
  /// Where the nodes' rows are (`LabelQuery.row`), and their entries.
  var firstRow: UInt32 = 0
  var secondRow: UInt32 = 0
  var firstEntries: UInt16 = 0
  var secondEntries: UInt16 = 0
  /// The stamp of the metric that the times are of; another one: stale.
  var stamp: UInt32 = 0
  /// The same of the rows.
  var rowStamp: UInt32 = 0

  init() {}

  /// Rows of nodes that have none in the metric are left out.
  init(_ ends: Ends, _ nodes: CommonAncestors.View, stamp: UInt32) {
    self.stamp = stamp
    rowStamp = stamp
    guard ends.count > 0 else { return }
    let isDeeperFirst = ends.count < 2 || ends[0].node > ends[1].node
    let first = ends[isDeeperFirst ? 0 : 1]
    firstNode = first.node
    firstRest_ms = first.cost.time_ms
    let facts = nodes.facts(first.node)
    firstEntries = facts.depth + 1
    if facts.isUpper { firstRow = facts.link } else { rowStamp = 0 }
    guard ends.count > 1 else { return }
    let second = ends[isDeeperFirst ? 1 : 0]
    secondNode = second.node
    secondRest_ms = second.cost.time_ms
    let above = nodes.facts(second.node)
    secondEntries = above.depth + 1
    if above.isUpper { secondRow = above.link } else { rowStamp = 0 }
  }

  @inline(__always) func rest_ms(at node: UInt32) -> UInt32 {
    node == firstNode ? firstRest_ms : node == secondNode ? secondRest_ms : Cost.unreachable_ms
  }
}

/// The arcs under a unit in mid-street, so that a report from the same street needs nothing but this.
struct UnitArcs: BitwiseCopyable {
  /// 0: not in mid-street, or more than one arc leads to a node.
  var count: UInt8 = 0
  var firstIsForward = false
  var secondIsForward = false
  var firstLength_mm: UInt32 = 0
  var secondLength_mm: UInt32 = 0
  var firstNormal_ms: UInt32 = 0
  var secondNormal_ms: UInt32 = 0
  var firstResponse_ms: UInt32 = 0
  var secondResponse_ms: UInt32 = 0

  init() {}

  /// `isForward`: the arc runs as the unit's street does (its twin runs against it).
  init(
    of place: Place, on map: RoadMap, normal: OwnTimes, response: OwnTimes
  ) {
    let footprints = Footprints(of: place, on: map)
    guard footprints.count > 0, footprints.count <= 2 else { return }
    var ways = (footprints[0], footprints[footprints.count - 1])
    if footprints.count == 2 {
      if ways.0.head == ways.1.head { return }
      if ways.0.head < ways.1.head { swap(&ways.0, &ways.1) }
    }
    let arcs = (ways.0.arc, ways.1.arc)
    // Left out where even the map has no time, as in `UnitEnds`; then there is no short way here.
    let most = max(max(normal[arcs.0], normal[arcs.1]), max(response[arcs.0], response[arcs.1]))
    if most >= Cost.unreachable_ms { return }
    let forward = map.facts(ofStreet: place.street).forwardArc
    count = UInt8(footprints.count)
    firstIsForward = arcs.0 == forward
    secondIsForward = arcs.1 == forward
    firstLength_mm = ways.0.length_mm
    secondLength_mm = ways.1.length_mm
    firstNormal_ms = normal[arcs.0]
    secondNormal_ms = normal[arcs.1]
    firstResponse_ms = response[arcs.0]
    secondResponse_ms = response[arcs.1]
  }

  /// The times to the two nodes from `offset_mm` along the unit's street, `gap_ms` beside it.
  @inline(__always)
  func setRests(_ ends: inout UnitEnds, offset_mm: UInt32, gap_ms: UInt32, _ profile: Profile) {
    let first_ms = profile == .normal ? firstNormal_ms : firstResponse_ms
    let second_ms = profile == .normal ? secondNormal_ms : secondResponse_ms
    let first = firstIsForward ? offset_mm : firstLength_mm - min(offset_mm, firstLength_mm)
    ends.firstRest_ms =
      gap_ms + first_ms - timeAlong(arc_ms: first_ms, offset_mm: first, length_mm: firstLength_mm)
    guard count > 1 else { return }
    let second = secondIsForward ? offset_mm : secondLength_mm - min(offset_mm, secondLength_mm)
    ends.secondRest_ms =
      gap_ms + second_ms
      - timeAlong(arc_ms: second_ms, offset_mm: second, length_mm: secondLength_mm)
  }

  /// The lengths to the two nodes, `gap_mm` included; that alone for one that does not exist.
  @inline(__always)
  func restLengths_mm(offset_mm: UInt32, gap_mm: UInt32) -> (first: UInt32, second: UInt32) {
    let first = firstIsForward ? firstLength_mm - min(offset_mm, firstLength_mm) : offset_mm
    let second = secondIsForward ? secondLength_mm - min(offset_mm, secondLength_mm) : offset_mm
    return (
      UInt32(clamping: UInt64(min(first, firstLength_mm)) + UInt64(gap_mm)),
      UInt32(clamping: UInt64(min(second, secondLength_mm)) + UInt64(gap_mm))
    )
  }
}
