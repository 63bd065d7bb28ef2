// The network as the node order sees it: undirected, simple, with flat coordinates. Offline only: allocates freely.

import HujiaGeography

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

  /// Streets lose their direction, parallel ones count once; a closed one is none.
  init(_ draft: MapDraft) {
    let count = draft.nodes.count
    var pairs: [UInt64] = []
    pairs.reserveCapacity(draft.streets.count * 2)
    draft.forEachPair { a, b in
      pairs.append(UInt64(a) << 32 | UInt64(b))
      pairs.append(UInt64(b) << 32 | UInt64(a))
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
    for node in draft.nodes {
      south = min(south, node.lat_e7)
      north = max(north, node.lat_e7)
    }
    let middle = count == 0 ? 0 : Int32((Int64(south) + Int64(north)) / 2)
    let lonScale = Distance.lonScale(lat_e7: middle)
    x = draft.nodes.map { Int32(clamping: Int64($0.lon_e7) * lonScale / Distance.latScale) }
    y = draft.nodes.map(\.lat_e7)
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
