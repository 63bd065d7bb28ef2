// What an order does to a network: the elimination tree and the arcs of the contraction hierarchy, independent of
// travel times (Dibbelt, Strasser, Wagner, "Customizable contraction hierarchies", 2014). Offline only.

/// Nodes are contracted from the highest number down. An arc leads *up*, to a lower number: to an ancestor.
struct Contraction {
  /// The tree above each node; `.max` at a root.
  var parent: [UInt32]
  /// Number of nodes above.
  var depth: [UInt32]
  /// Arcs upwards of node v: `upHead[upFirst[v] ..< upFirst[v + 1]]`, ascending, so the root's side first.
  var upFirst: [UInt32]
  var upHead: [UInt32]

  var nodeCount: Int { parent.count }

  /// `rank[v]` is v's number in the order; nil when the nodes are numbered so already. nil result: more than
  /// `mostArcs` arcs, the order is of no use.
  init?(_ draft: MapDraft, rank: [UInt32]?, mostArcs: Int) {
    let count = draft.nodes.count
    let lower = Self.lowerNeighbours(draft, rank)
    parent = Array(repeating: .max, count: count)
    depth = Array(repeating: 0, count: count)
    var above = [[UInt32]](repeating: [], count: count)
    var firstChild = [UInt32](repeating: .max, count: count)
    var nextChild = [UInt32](repeating: .max, count: count)
    var mark = [UInt32](repeating: .max, count: count)
    var total = 0
    for node in stride(from: count - 1, through: 0, by: -1) {
      var found: [UInt32] = []
      for place in lower.first[node]..<lower.first[node + 1] {
        let other = lower.heads[Int(place)]
        if mark[Int(other)] != UInt32(node) {
          mark[Int(other)] = UInt32(node)
          found.append(other)
        }
      }
      var child = firstChild[node]
      while child != .max {
        for other in above[Int(child)]
        where other != UInt32(node) && mark[Int(other)] != UInt32(node) {
          mark[Int(other)] = UInt32(node)
          found.append(other)
        }
        child = nextChild[Int(child)]
      }
      found.sort()
      total += found.count
      if total > mostArcs { return nil }
      if let last = found.last {
        parent[node] = last
        nextChild[node] = firstChild[Int(last)]
        firstChild[Int(last)] = UInt32(node)
      }
      above[node] = found
    }
    upFirst = [0]
    upFirst.reserveCapacity(count + 1)
    upHead = []
    upHead.reserveCapacity(total)
    for node in 0..<count {
      upHead += above[node]
      upFirst.append(UInt32(upHead.count))
      if parent[node] != .max { depth[node] = depth[Int(parent[node])] + 1 }
    }
  }

  /// Neighbours with a lower number, by number.
  private static func lowerNeighbours(_ draft: MapDraft, _ rank: [UInt32]?)
    -> (first: [UInt32], heads: [UInt32])
  {
    func number(_ node: UInt32) -> UInt32 { rank.map { $0[Int(node)] } ?? node }
    let count = draft.nodes.count
    var first = [UInt32](repeating: 0, count: count + 1)
    draft.forEachPair { a, b in first[Int(max(number(a), number(b))) + 1] += 1 }
    for node in 0..<count { first[node + 1] += first[node] }
    var place = first
    var heads = [UInt32](repeating: 0, count: Int(first[count]))
    draft.forEachPair { a, b in
      let from = number(a)
      let to = number(b)
      heads[Int(place[Int(max(from, to))])] = min(from, to)
      place[Int(max(from, to))] += 1
    }
    return (first, heads)
  }

  /// The same contraction with node v called `numbers[v]`, an order in which ancestors still come first (`preorder`):
  /// contracting the renumbered network again would find it (Liu, "The role of elimination trees in sparse
  /// factorization", 1990: equivalent orders fill the same places). O(nodes + arcs).
  func renumbered(_ numbers: [UInt32]) -> Contraction {
    var node = [Int](repeating: 0, count: nodeCount)
    for (old, number) in numbers.enumerated() { node[Int(number)] = old }
    var copy = self
    copy.upHead = []
    copy.upHead.reserveCapacity(upHead.count)
    for (number, old) in node.enumerated() {
      copy.parent[number] = parent[old] == .max ? .max : numbers[Int(parent[old])]
      copy.depth[number] = depth[old]
      // Heads are ancestors of one another, so they stay in their order.
      for place in upFirst[old]..<upFirst[old + 1] {
        copy.upHead.append(numbers[Int(upHead[Int(place)])])
      }
      copy.upFirst[number + 1] = UInt32(copy.upHead.count)
    }
    return copy
  }

  /// For each node its number in preorder, so that every subtree is one range. Larger subtrees first.
  func preorder() -> [UInt32] {
    let count = nodeCount
    var size = [UInt32](repeating: 1, count: count)
    for node in stride(from: count - 1, through: 0, by: -1) where parent[node] != .max {
      size[Int(parent[node])] += size[node]
    }
    var firstChild = [UInt32](repeating: 0, count: count + 2)
    for node in 0..<count where parent[node] != .max { firstChild[Int(parent[node]) + 2] += 1 }
    for node in 0..<count { firstChild[node + 1] += firstChild[node] }
    var children = [UInt32](repeating: 0, count: count)
    var roots: [UInt32] = []
    for node in 0..<count {
      if parent[node] == .max {
        roots.append(UInt32(node))
      } else {
        children[Int(firstChild[Int(parent[node]) + 1])] = UInt32(node)
        firstChild[Int(parent[node]) + 1] += 1
      }
    }
    func isLater(_ a: UInt32, _ b: UInt32) -> Bool {
      size[Int(a)] != size[Int(b)] ? size[Int(a)] < size[Int(b)] : a > b
    }
    var numbers = [UInt32](repeating: 0, count: count)
    var stack = roots.sorted(by: isLater)
    var next: UInt32 = 0
    while let node = stack.popLast() {
      numbers[Int(node)] = next
      next += 1
      stack += children[Int(firstChild[Int(node)])..<Int(firstChild[Int(node) + 1])].sorted(
        by: isLater)
    }
    return numbers
  }
}
