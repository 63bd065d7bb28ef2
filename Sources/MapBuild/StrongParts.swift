// Which nodes can reach each other: strongly connected parts, by Tarjan's algorithm without recursion (SIAM J. Comput.
// 1972). Offline only.

enum StrongParts {
  /// The same of places that are taken apart: the ports of one are one node. `placeOf`: by node; nil = none is.
  static func find(
    nodeCount: Int, firstOut: [UInt32], arcHead: [UInt32], placeOf: [UInt32]?
  ) -> [UInt32] {
    guard let placeOf else {
      return find(nodeCount: nodeCount, firstOut: firstOut, arcHead: arcHead)
    }
    var number = [UInt32](repeating: 0, count: nodeCount)
    var count: UInt32 = 0
    for node in 0..<nodeCount where Int(placeOf[node]) == node {
      number[node] = count
      count += 1
    }
    var reached = [[UInt32]](repeating: [], count: Int(count))
    for node in 0..<nodeCount {
      let place = Int(number[Int(placeOf[node])])
      for arc in firstOut[node]..<firstOut[node + 1] {
        reached[place].append(number[Int(placeOf[Int(arcHead[Int(arc)])])])
      }
    }
    var first: [UInt32] = [0]
    for heads in reached { first.append(first[first.count - 1] + UInt32(heads.count)) }
    let parts = find(nodeCount: Int(count), firstOut: first, arcHead: Array(reached.joined()))
    return placeOf.map { parts[Int(number[Int($0)])] }
  }

  /// The part of each node; part 0 is the largest, the others follow by size, then by their lowest node. O(n + m).
  static func find(nodeCount: Int, firstOut: [UInt32], arcHead: [UInt32]) -> [UInt32] {
    let unseen = UInt32.max
    var order = [UInt32](repeating: unseen, count: nodeCount)
    var low = [UInt32](repeating: 0, count: nodeCount)
    var part = [UInt32](repeating: unseen, count: nodeCount)
    var next = [UInt32](firstOut.prefix(nodeCount))
    var open: [UInt32] = []
    var path: [UInt32] = []
    var sizes: [(size: Int, lowest: UInt32)] = []
    var time: UInt32 = 0
    for root in 0..<UInt32(nodeCount) where order[Int(root)] == unseen {
      path.append(root)
      while let node = path.last {
        let n = Int(node)
        if order[n] == unseen {
          order[n] = time
          low[n] = time
          time += 1
          open.append(node)
        }
        if next[n] < firstOut[n + 1] {
          let head = Int(arcHead[Int(next[n])])
          next[n] += 1
          if order[head] == unseen {
            path.append(UInt32(head))
          } else if part[head] == unseen {
            low[n] = min(low[n], order[head])
          }
          continue
        }
        path.removeLast()
        if let parent = path.last { low[Int(parent)] = min(low[Int(parent)], low[n]) }
        guard low[n] == order[n] else { continue }
        var size = 0
        var lowest = UInt32.max
        while let member = open.popLast() {
          part[Int(member)] = UInt32(sizes.count)
          size += 1
          lowest = min(lowest, member)
          if member == node { break }
        }
        sizes.append((size, lowest))
      }
    }
    let ranked = sizes.indices.sorted {
      sizes[$0].size != sizes[$1].size
        ? sizes[$0].size > sizes[$1].size : sizes[$0].lowest < sizes[$1].lowest
    }
    var rank = [UInt32](repeating: 0, count: sizes.count)
    for (place, index) in ranked.enumerated() { rank[index] = UInt32(place) }
    return part.map { rank[Int($0)] }
  }
}
