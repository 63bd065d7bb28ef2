// The fewest nodes that part one end of a network from the other: a maximum flow in which every node carries at most
// one path (Menger), found by Dinic's phases. Offline only.

/// Scratch for flows on one graph. Each node has two states, entered (2v) and left (2v + 1).
struct SeparatorFlow {
  private static var none: UInt32 { .max }
  private static var source: UInt32 { .max - 1 }

  let graph: DissectionGraph
  /// The node before it on the path through a node; `none` without a path, `source` at its start.
  private var previous: [UInt32]
  private var endsHere: [Bool]
  private var level: [UInt32]
  private var queue: [UInt32]
  private var isSource: [Bool]
  private var isSink: [Bool]
  private var used: [Bool]
  private var position: [UInt32]
  private var path: [UInt32] = []
  private var sources: [UInt32] = []

  init(_ graph: DissectionGraph) {
    self.graph = graph
    let count = graph.nodeCount
    previous = Array(repeating: Self.none, count: count)
    endsHere = Array(repeating: false, count: count)
    level = Array(repeating: .max, count: count * 2)
    queue = Array(repeating: 0, count: count * 2)
    isSource = Array(repeating: false, count: count)
    isSink = Array(repeating: false, count: count)
    used = Array(repeating: false, count: count * 2)
    position = Array(repeating: 0, count: count)
  }

  /// What parts the sources from the sinks: 0 = the sources' side, 1 = the other, 2 = separator.
  struct Cut {
    var side: [UInt8]
    var separator: Int
    var smaller: Int
    /// Lower is better: the separator's size against what it cuts off.
    func isBetter(than other: Cut) -> Bool {
      let a = separator * other.smaller
      let b = other.separator * smaller
      return a != b ? a < b : smaller > other.smaller
    }
  }

  /// nil as soon as more than `most` nodes are needed.
  mutating func cut(sources: ArraySlice<UInt32>, sinks: ArraySlice<UInt32>, most: Int) -> Cut? {
    let count = graph.nodeCount
    for node in 0..<count {
      previous[node] = Self.none
      endsHere[node] = false
      isSource[node] = false
      isSink[node] = false
    }
    self.sources = Array(sources)
    for node in sources { isSource[Int(node)] = true }
    for node in sinks { isSink[Int(node)] = true }
    var flow = 0
    while setLevels() {
      let added = augment()
      if added == 0 { break }
      flow += added
      if flow > most { return nil }
    }
    return bestSide(flow)
  }

  /// Breadth first over what is left; false when the sinks are out of reach.
  private mutating func setLevels() -> Bool {
    for state in 0..<level.count { level[state] = .max }
    var tail = 0
    for node in sources {
      level[Int(node) * 2] = 0
      queue[tail] = node * 2
      tail += 1
    }
    var head = 0
    var reached = false
    while head < tail {
      let state = queue[head]
      head += 1
      let node = Int(state >> 1)
      let next = level[Int(state)] + 1
      if state & 1 == 0 {
        visit(leaving: previous[node], from: node, next, &tail)
        continue
      }
      if isSink[node] && !endsHere[node] { reached = true }
      if previous[node] != Self.none { visit(state & ~1, next, &tail) }
      for place in graph.first[node]..<graph.first[node + 1] {
        visit(graph.neighbours[Int(place)] * 2, next, &tail)
      }
    }
    return reached
  }

  /// Only nodes limit the flow, so an arc between two nodes is always open; what is left of a node is decided here.
  @inline(__always)
  private mutating func visit(
    leaving before: UInt32, from node: Int, _ next: UInt32, _ tail: inout Int
  ) {
    if before == Self.none {
      visit(UInt32(node) * 2 + 1, next, &tail)
    } else if before != Self.source {
      visit(before * 2 + 1, next, &tail)
    }
  }

  @inline(__always)
  private mutating func visit(_ state: UInt32, _ next: UInt32, _ tail: inout Int) {
    if level[Int(state)] == .max {
      level[Int(state)] = next
      queue[tail] = state
      tail += 1
    }
  }

  /// Paths along rising levels, no state twice.
  private mutating func augment() -> Int {
    for state in 0..<used.count { used[state] = false }
    for node in 0..<graph.nodeCount { position[node] = 0 }
    var added = 0
    for node in sources where previous[Int(node)] != Self.source && !used[Int(node) * 2] {
      if findPath(from: node * 2) {
        apply()
        added += 1
      }
    }
    return added
  }

  private mutating func findPath(from start: UInt32) -> Bool {
    path.removeAll(keepingCapacity: true)
    path.append(start)
    used[Int(start)] = true
    while let state = path.last {
      let node = Int(state >> 1)
      if state & 1 == 1, isSink[node], !endsHere[node] { return true }
      let next = nextState(after: state)
      if next == Self.none {
        path.removeLast()
      } else {
        used[Int(next)] = true
        path.append(next)
      }
    }
    return false
  }

  private mutating func nextState(after state: UInt32) -> UInt32 {
    let node = Int(state >> 1)
    let wanted = level[Int(state)] + 1
    if state & 1 == 0 {
      let before = previous[node]
      if before == Self.source { return Self.none }
      let next = before == Self.none ? state + 1 : before * 2 + 1
      return level[Int(next)] == wanted && !used[Int(next)] ? next : Self.none
    }
    let degree = graph.first[node + 1] - graph.first[node]
    while position[node] < degree {
      let other = graph.neighbours[Int(graph.first[node] + position[node])]
      position[node] += 1
      if level[Int(other) * 2] == wanted, !used[Int(other) * 2] { return other * 2 }
    }
    let back = state - 1
    if previous[node] != Self.none, level[Int(back)] == wanted, !used[Int(back)] { return back }
    return Self.none
  }

  /// Lets one more path through: new stretches are added, stretches walked backwards are given up.
  private mutating func apply() {
    var before = Self.source
    for index in 0..<path.count {
      let state = path[index]
      let node = Int(state >> 1)
      if state & 1 == 0 {
        previous[node] = before
      } else if index + 1 == path.count {
        endsHere[node] = true
      } else {
        let next = path[index + 1]
        before = next == state - 1 ? Self.none : UInt32(node)
      }
    }
  }

  /// After the last phase the reached states show the separator nearest to the sources.
  private func bestSide(_ flow: Int) -> Cut {
    var side = [UInt8](repeating: 1, count: graph.nodeCount)
    var near = 0
    var separator = 0
    for node in 0..<graph.nodeCount {
      if level[node * 2 + 1] != .max {
        side[node] = 0
        near += 1
      } else if level[node * 2] != .max {
        side[node] = 2
        separator += 1
      }
    }
    assert(separator == flow)
    return Cut(
      side: side, separator: separator,
      smaller: min(near, graph.nodeCount - near - separator))
  }
}
