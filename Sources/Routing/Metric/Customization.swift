// From the map's arcs to costs on the hierarchy's arcs, by lower triangles (Dibbelt, Strasser, Wagner 2014), each with
// what it stands for, so that a route needs no search. One pass, ancestors last; nodes that lie under different
// ancestors have nothing to do with each other, so their ranges may run at once.

import HujiaContainers
import HujiaRoads

struct Customization: BitwiseCopyable, @unchecked Sendable {
  let map: RoadMap
  let hierarchy: Hierarchy
  let times: UnsafeMutablePointer<UInt32>
  let incoming: UnsafeMutablePointer<IncomingArc>
  let up: ArcTable
  let down: ArcTable
  let index: ArcIndex

  init(map: RoadMap, hierarchy: Hierarchy, layer: Layer, index: ArcIndex) {
    self.map = map
    self.hierarchy = hierarchy
    self.index = index
    times = layer.times.base
    incoming = layer.incoming.base
    up = layer.arcsUp
    down = layer.arcsDown
  }

  /// One node: its arcs upwards from the map's arcs and from the nodes below it, which are finished. `places` has room
  /// for every depth.
  func customize(_ node: UInt32, _ places: UnsafeMutablePointer<UInt32>) {
    takeMapArcs(node)
    lower(node, places)
  }

  @inline(__always) func cost(ofMapArc arc: Int) -> Cost {
    Cost(time_ms: times[arc], length_mm: map.streetLength_mm[Int(map.arcStreet[arc])])
  }

  /// Each arc starts as the best of the map's arcs it stands for; equal ones: that with the lowest number.
  private func takeMapArcs(_ node: UInt32) {
    for arc in Int(hierarchy.upFirst[Int(node)])..<Int(hierarchy.upFirst[Int(node) + 1]) {
      up.close(arc)
      down.close(arc)
    }
    for arc in Int(map.firstOut[Int(node)])..<Int(map.firstOut[Int(node) + 1])
    where map.arcHead[arc] < node {
      improve(up, Int(hierarchy.ofMapArc[arc]), by: arc)
    }
    for place in Int(map.firstIn[Int(node)])..<Int(map.firstIn[Int(node) + 1]) {
      let arc = Int(map.inArc[place])
      let tail = map.arcTail[arc]
      incoming[place] = IncomingArc(tail: tail, time_ms: times[arc])
      if tail < node { improve(down, Int(hierarchy.ofMapArc[arc]), by: arc) }
    }
  }

  @inline(__always)
  func improve(_ table: ArcTable, _ target: Int, by arc: Int) {
    table.improve(target, cost(ofMapArc: arc).bits, UInt32(arc) | Through.mapArc)
  }

  /// Ways between `node` and its ancestors through lower nodes.
  private func lower(_ node: UInt32, _ places: UnsafeMutablePointer<UInt32>) {
    let first = Int(hierarchy.upFirst[Int(node)])
    let end = Int(hierarchy.upFirst[Int(node) + 1])
    for arc in first..<end { places[Int(hierarchy.upDepth[arc])] = UInt32(arc) }
    for place in Int(index.downFirst[Int(node)])..<Int(index.downFirst[Int(node) + 1]) {
      let through = Int(index.downArc[place])
      let downThrough = Cost(bits: down.costs[through])
      let upThrough = Cost(bits: up.costs[through])
      if !downThrough.isReachable && !upThrough.isReachable { continue }
      let below = index.tail[through]
      for other in Int(hierarchy.upFirst[Int(below)])..<through {
        let target = Int(places[Int(hierarchy.upDepth[other])])
        let rising = downThrough + Cost(bits: up.costs[other])
        up.improve(target, rising.bits, below)
        let falling = Cost(bits: down.costs[other]) + upThrough
        down.improve(target, falling.bits, below)
      }
    }
  }

  /// Whether every way back costs what the way there costs.
  func isSymmetric() -> Bool {
    for arc in 0..<hierarchy.arcCount where up.costs[arc] != down.costs[arc] { return false }
    return true
  }
}
