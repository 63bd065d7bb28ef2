// The network as the node order sees it: undirected, simple, with flat coordinates. Offline only: allocates freely.

import HujiaGeography
import HujiaRoads

/// A part of the network in compressed rows. `names` are the nodes' numbers in the whole network.
struct DissectionGraph {
  var names: [UInt32]
  var first: [UInt32]
  var neighbours: [UInt32]
  /// Flat coordinates with one unit on both axes; only their order along a line matters.
  var x: [Int32]
  var y: [Int32]

  var nodeCount: Int { names.count }

  init(names: [UInt32], first: [UInt32], neighbours: [UInt32], x: [Int32], y: [Int32]) {
    self.names = names
    self.first = first
    self.neighbours = neighbours
    self.x = x
    self.y = y
  }

  /// Arcs lose their direction, parallel ones count once.
  init(_ map: RoadMap) {
    let count = map.nodeCount
    var pairs: [UInt64] = []
    pairs.reserveCapacity(map.arcCount * 2)
    for arc in 0..<map.arcCount {
      let tail = UInt64(map.arcTail[arc])
      let head = UInt64(map.arcHead[arc])
      if tail == head { continue }
      pairs.append(tail << 32 | head)
      pairs.append(head << 32 | tail)
    }
    pairs.sort()
    names = (0..<UInt32(count)).map { $0 }
    first = Array(repeating: 0, count: count + 1)
    neighbours = []
    neighbours.reserveCapacity(pairs.count)
    var last: UInt64 = .max
    for pair in pairs where pair != last {
      last = pair
      first[Int(pair >> 32) + 1] += 1
      neighbours.append(UInt32(truncatingIfNeeded: pair))
    }
    for node in 0..<count { first[node + 1] += first[node] }
    // East-west degrees shrink with the latitude; the middle of the map decides by how much.
    var south = Int32.max
    var north = Int32.min
    for node in 0..<count {
      south = min(south, map.nodeLat_e7[node])
      north = max(north, map.nodeLat_e7[node])
    }
    let middle = count == 0 ? 0 : Int32((Int64(south) + Int64(north)) / 2)
    let lonScale = Distance.lonScale(lat_e7: middle)
    x = (0..<count).map {
      Int32(clamping: Int64(map.nodeLon_e7[$0]) * lonScale / Distance.latScale)
    }
    y = (0..<count).map { map.nodeLat_e7[$0] }
  }

  /// The part on the given nodes, which keep the given order.
  func part(_ nodes: [UInt32], _ numbers: inout [UInt32]) -> DissectionGraph {
    for (index, node) in nodes.enumerated() { numbers[Int(node)] = UInt32(index) }
    var first: [UInt32] = [0]
    first.reserveCapacity(nodes.count + 1)
    var neighbours: [UInt32] = []
    neighbours.reserveCapacity(nodes.count * 3)
    for node in nodes {
      for place in self.first[Int(node)]..<self.first[Int(node) + 1] {
        let other = numbers[Int(self.neighbours[Int(place)])]
        if other != .max { neighbours.append(other) }
      }
      first.append(UInt32(neighbours.count))
    }
    for node in nodes { numbers[Int(node)] = .max }
    return DissectionGraph(
      names: nodes.map { names[Int($0)] }, first: first, neighbours: neighbours,
      x: nodes.map { x[Int($0)] }, y: nodes.map { y[Int($0)] })
  }
}
