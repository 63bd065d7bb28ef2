// From the map's arcs to costs on the hierarchy's arcs, by lower triangles (Dibbelt, Strasser, Wagner 2014), each with
// the two arcs it stands for, so that a route needs no search. One pass, ancestors last.

import HujiaContainers
import HujiaRoads

struct Customization {
  let map: RoadMap
  let hierarchy: Hierarchy
  let up: UnsafeMutablePointer<ArcCost>
  let down: UnsafeMutablePointer<ArcCost>
  let layer: Layer

  init(map: RoadMap, hierarchy: Hierarchy, layer: Layer) {
    self.map = map
    self.hierarchy = hierarchy
    self.layer = layer
    up = layer.up.base
    down = layer.down.base
  }

  func run() {
    takeMapArcs()
    // Place of the arc to the ancestor at a depth, while a node is under way.
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: hierarchy.deepest + 1) { places in
      guard let places = places.baseAddress else { return }
      for node in stride(from: hierarchy.nodeCount - 1, through: 0, by: -1) {
        lower(UInt32(node), places)
      }
    }
  }

  /// Each arc starts as the best of the map's arcs it stands for.
  private func takeMapArcs() {
    up.update(repeating: .closed, count: hierarchy.arcCount)
    down.update(repeating: .closed, count: hierarchy.arcCount)
    let times = layer.times.base
    for arc in 0..<map.arcCount {
      let place = Int(hierarchy.ofMapArc[arc])
      let cost = Cost(
        time_ms: times[arc], length_mm: map.streetLength_mm[Int(map.arcStreet[arc])])
      let target = map.arcTail[arc] > map.arcHead[arc] ? up + place : down + place
      if cost.bits < target.pointee.bits {
        target.pointee = ArcCost(bits: cost.bits, first: UInt32(arc), second: .max)
      }
    }
    let incoming = layer.incoming.base
    for place in 0..<map.arcCount {
      let arc = Int(map.inArc[place])
      incoming[place] = IncomingArc(tail: map.arcTail[arc], time_ms: times[arc])
    }
  }

  /// Ways between `node` and its ancestors through lower nodes, which are finished.
  private func lower(_ node: UInt32, _ places: UnsafeMutablePointer<UInt32>) {
    let first = Int(hierarchy.upFirst[Int(node)])
    let end = Int(hierarchy.upFirst[Int(node) + 1])
    for arc in first..<end { places[Int(hierarchy.upDepth[arc])] = UInt32(arc) }
    let firstBelow = Int(hierarchy.downFirst[Int(node)])
    let endBelow = Int(hierarchy.downFirst[Int(node) + 1])
    for place in firstBelow..<endBelow {
      let through = Int(hierarchy.downArc[place])
      let downThrough = Cost(bits: down[through].bits)
      let upThrough = Cost(bits: up[through].bits)
      if !downThrough.isReachable && !upThrough.isReachable { continue }
      for other in Int(hierarchy.upFirst[Int(hierarchy.upTail[through])])..<through {
        let target = Int(places[Int(hierarchy.upDepth[other])])
        let rising = downThrough + Cost(bits: up[other].bits)
        if rising.bits < up[target].bits {
          up[target] = ArcCost(
            bits: rising.bits, first: UInt32(through), second: UInt32(other))
        }
        let falling = Cost(bits: down[other].bits) + upThrough
        if falling.bits < down[target].bits {
          down[target] = ArcCost(
            bits: falling.bits, first: UInt32(other), second: UInt32(through))
        }
      }
    }
  }

  /// Whether every way back costs what the way there costs.
  func isSymmetric() -> Bool {
    for arc in 0..<hierarchy.arcCount where up[arc].bits != down[arc].bits { return false }
    return true
  }
}
