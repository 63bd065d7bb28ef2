// From a place up to its ancestors, or from them down to it, where its nodes have no rows: a walk up its cell, a few
// nodes, then over the rows of the nodes through which one leaves the cell (`RowLimits`). Exact, lengths included.
// Where the place's nodes have rows it is over these.

import CHujiaKernels
import HujiaContainers

/// One place at a time: what `begin` leaves behind, the other calls read. Lives in `Climbs`.
struct Climb: BitwiseCopyable {
  /// Costs to the nodes of the cell and to its exits, by depth.
  private let reached: UnsafeMutablePointer<UInt64>
  /// Ways over nodes with rows, the deepest first: these nodes, where their rows start, the cost to each.
  private let node: UnsafeMutablePointer<UInt32>
  private let start: UnsafeMutablePointer<UInt32>
  private let cost: UnsafeMutablePointer<UInt64>
  private let depth: UnsafeMutablePointer<UInt32>
  private let time: UnsafeMutablePointer<UInt32>
  private let times: UnsafeMutablePointer<UnsafePointer<UInt32>?>
  private let lengths: UnsafeMutablePointer<UnsafePointer<UInt32>?>
  private var count = 0
  /// Entries of the place's row that the ways give; those from there up to `entries` are in `reached`.
  private var upper: UInt32 = 0
  /// How many ancestors the deeper node has, itself included; 0: no node is open.
  private(set) var entries: UInt32 = 0
  private(set) var deeper: UInt32 = .max
  private var root: UInt32 = .max
  private var first = Start()
  private var second = Start()

  /// A node of the place and what it costs to get there.
  struct Start: BitwiseCopyable {
    var node: UInt32 = .max
    var cost = Cost.unreachable
    /// Which of the place's ends it is.
    var end = 0
  }

  /// Words of room for a climb.
  static func words(_ hierarchy: Hierarchy) -> Int { hierarchy.deepest + 1 + ways(hierarchy) * 5 }

  /// How many ways there may be, made even.
  private static func ways(_ hierarchy: Hierarchy) -> Int {
    (max(hierarchy.limits.mostExits, 2) + 1) / 2 * 2
  }

  init(_ hierarchy: Hierarchy, room: UnsafeMutablePointer<UInt64>) {
    let ways = Self.ways(hierarchy)
    var next = UnsafeMutableRawPointer(room)
    func take<Element>(_ count: Int, _: Element.Type) -> UnsafeMutablePointer<Element> {
      defer { next += count * MemoryLayout<Element>.stride }
      return next.bindMemory(to: Element.self, capacity: count)
    }
    reached = take(hierarchy.deepest + 1, UInt64.self)
    cost = take(ways, UInt64.self)
    times = take(ways, UnsafePointer<UInt32>?.self)
    lengths = take(ways, UnsafePointer<UInt32>?.self)
    node = take(ways, UInt32.self)
    start = take(ways, UInt32.self)
    depth = take(ways, UInt32.self)
    time = take(ways, UInt32.self)
  }

  /// From a place with these ends; one of two is an ancestor of the other. `finish` goes on: between the two, what it
  /// reads is on its way from memory.
  @inline(__always)
  mutating func aim(_ ends: Ends, _ query: LabelQuery, _ side: LabelSide) {
    first = Start()
    second = Start()
    guard ends.count > 0 else { return }
    let deepest = ends.count < 2 || ends[0].node > ends[1].node ? 0 : 1
    first = Start(node: ends[deepest].node, cost: ends[deepest].cost, end: deepest)
    if ends.count > 1 {
      second = Start(node: ends[1 - deepest].node, cost: ends[1 - deepest].cost, end: 1 - deepest)
    }
    prefetch(query, side)
  }

  /// From one node.
  @inline(__always)
  mutating func begin(at node: UInt32, _ query: LabelQuery, _ side: LabelSide) {
    first = Start(node: node, cost: .zero, end: 0)
    second = Start()
    prefetch(query, side)
    finish(query, side)
  }

  @inline(__always)
  private func prefetch(_ query: LabelQuery, _ side: LabelSide) {
    let nodes = query.ancestors.nodes
    let facts = nodes[Int(first.node)]
    if facts.isUpper {
      hjk_prefetch_span(side.times + Int(facts.link) * Hierarchy.rowStep, Self.firstBytes)
      return
    }
    let root = Int(first.node) - Int(facts.offset)
    let exits = query.ancestors.exits + Int(nodes[root].link)
    let count = Int(nodes[root + 1].upFirst - nodes[root].upFirst)
    let end = Int(nodes[Int(first.node) + 1].upFirst)
    let arcs = min(end - Int(nodes[root].upFirst), Self.mostArcs)
    hjk_prefetch_span(side.costs + (end - arcs), UInt32(arcs) * 8)
    hjk_prefetch_span(query.hierarchy.upDepth + (end - arcs), UInt32(arcs) * 2)
    for exit in 0..<count {
      hjk_prefetch_span(side.times + Int(exits[exit]) * Hierarchy.rowStep, Self.firstBytes)
    }
  }

  private static var firstBytes: UInt32 { 192 }
  private static var mostArcs: Int { 128 }

  /// The ways over nodes with rows, for the calls below. O(arcs of the way up the cell).
  @inline(__always)
  mutating func finish(_ query: LabelQuery, _ side: LabelSide) {
    entries = 0
    count = 0
    deeper = first.node
    if first.node == .max { return }
    let nodes = query.ancestors.nodes
    let facts = nodes[Int(first.node)]
    entries = UInt32(facts.depth) + 1
    if facts.isUpper {
      upper = entries
      root = .max
      add(first.node, facts.link, UInt32(facts.depth), first.cost, side)
      if second.node != .max {
        let above = nodes[Int(second.node)]
        add(second.node, above.link, UInt32(above.depth), second.cost, side)
      }
      return
    }
    finishCell(query, side, facts)
  }

  private mutating func finishCell(_ query: LabelQuery, _ side: LabelSide, _ facts: NodeFacts) {
    let nodes = query.ancestors.nodes
    root = first.node - UInt32(facts.offset)
    let top = nodes[Int(root)]
    upper = UInt32(top.depth)
    let firstExit = Int(top.upFirst)
    let exits = Int(nodes[Int(root) + 1].upFirst) - firstExit
    let starts = query.ancestors.exits + Int(top.link)
    let depths = query.hierarchy.upDepth
    for exit in 0..<exits { reached[Int(depths[firstExit + exit])] = Cost.unreachable.bits }
    for depth in Int(upper)..<Int(facts.depth) { reached[depth] = Cost.unreachable.bits }
    reached[Int(facts.depth)] = first.cost.bits
    if second.node != .max {
      reached[Int(nodes[Int(second.node)].depth)] = second.cost.bits
    }
    walk(query, side, facts)
    var exit = exits
    while exit > 0 {
      exit -= 1
      let depth = depths[firstExit + exit]
      let cost = Cost(bits: reached[Int(depth)])
      if cost.isReachable {
        add(query.hierarchy.upHead[firstExit + exit], starts[exit], UInt32(depth), cost, side)
      }
    }
  }

  /// From the deeper node to the root of its cell, arc by arc.
  @inline(__always)
  private func walk(_ query: LabelQuery, _ side: LabelSide, _ facts: NodeFacts) {
    let nodes = query.ancestors.nodes
    let depths = query.hierarchy.upDepth
    var node = first.node
    var here = facts
    while true {
      let known = Cost(bits: reached[Int(here.depth)])
      if known.isReachable {
        for arc in Int(here.upFirst)..<Int(nodes[Int(node) + 1].upFirst) {
          let sum = known + Cost(bits: side.costs[arc])
          let depth = Int(depths[arc])
          if sum.bits < reached[depth] { reached[depth] = sum.bits }
        }
      }
      if node == root { return }
      node = here.link
      here = nodes[Int(node)]
    }
  }

  @inline(__always)
  private mutating func add(
    _ node: UInt32, _ start: UInt32, _ depth: UInt32, _ cost: Cost, _ side: LabelSide
  ) {
    guard cost.isReachable else { return }
    self.node[count] = node
    self.start[count] = start
    self.cost[count] = cost.bits
    self.depth[count] = depth
    time[count] = cost.time_ms
    times[count] = side.times + Int(start) * Hierarchy.rowStep
    lengths[count] = side.lengths + Int(start) * Hierarchy.rowStep
    count += 1
  }

  /// The first `limit` entries of the place's row of times, or all; up to 15 more are written.
  @inline(__always)
  func write(into target: UnsafeMutablePointer<UInt32>, limit: UInt32, _ level: Int32) {
    let end = min(entries, limit)
    hjk_least_rows(
      target, times, time, depth, UInt32(count), min(upper, end),
      Cost.unreachable_ms, level)
    var entry = upper
    while entry < end {
      target[Int(entry)] = UInt32(truncatingIfNeeded: reached[Int(entry)] >> 33)
      entry += 1
    }
  }

  /// The same with lengths, all entries; up to 7 more of each are written.
  func write(
    times target: UnsafeMutablePointer<UInt32>, lengths: UnsafeMutablePointer<UInt32>,
    _ level: Int32
  ) {
    hjk_least_rows_apart(
      target, lengths, times, self.lengths, cost, depth, UInt32(count),
      min(upper, entries), level)
    var entry = Int(upper)
    while entry < Int(entries) {
      let cost = Cost(bits: reached[entry])
      target[entry] = cost.time_ms
      lengths[entry] = cost.length_mm
      entry += 1
    }
  }

  /// The cost to the ancestor at `depth`, or from there. O(exits).
  @inline(__always) func cost(at depth: UInt32, _ side: LabelSide) -> Cost {
    if depth >= upper { return Cost(bits: reached[Int(depth)]) }
    var best = Cost.unreachable
    for way in 0..<count where self.depth[way] >= depth {
      let sum = Cost(bits: cost[way]) + side.cost(start[way], depth)
      if sum < best { best = sum }
    }
    return best
  }

  /// Asks for what `cost` reads.
  @inline(__always) func prefetch(at depth: UInt32, _ side: LabelSide) {
    for way in 0..<count where self.depth[way] >= depth {
      hjk_prefetch(side.lengths + Int(start[way]) * Hierarchy.rowStep + Int(depth))
    }
  }
}

/// Two climbs and their room, apart from the router, which is moved about while it is opened.
struct Climbs: ~Copyable {
  private let room: Block<UInt64>
  private let both: Block<UInt8>
  /// From the unit or the start under way.
  let start: UnsafeMutablePointer<Climb>
  /// To the destination.
  let goal: UnsafeMutablePointer<Climb>

  init(_ hierarchy: Hierarchy, memory: Memory) throws(OutOfMemory) {
    let words = Climb.words(hierarchy)
    let room = try Block<UInt64>(memory, count: words * 2)
    let both = try Block<UInt8>(memory, count: MemoryLayout<Climb>.stride * 2)
    start = UnsafeMutableRawPointer(both.base).bindMemory(to: Climb.self, capacity: 2)
    goal = start + 1
    start.initialize(to: Climb(hierarchy, room: room.base))
    goal.initialize(to: Climb(hierarchy, room: room.base + words))
    self.room = room
    self.both = both
  }
}

// The way itself: the first arc, in their order, that accounts for what a row says.
extension Climb {
  /// Writes the hierarchy's arcs between the place and its ancestor at `depth`, from the place on, and says how many
  /// and which end of the place they start at. nil: a damaged map says nothing sensible. O(arcs of the nodes on the
  /// way).
  func trace(
    _ query: LabelQuery, _ side: LabelSide, _ depth: UInt32,
    into arcs: UnsafeMutablePointer<WayArc>
  ) -> (count: Int, end: Int)? {
    if depth >= upper {
      return traceCell(query, side, depth, into: arcs)
    }
    let whole = cost(at: depth, side)
    guard
      let way = (0..<count).first(where: {
        self.depth[$0] >= depth
          && Cost(bits: cost[$0]) + side.cost(start[$0], depth) == whole
      })
    else { return nil }
    guard let found = traceCell(query, side, self.depth[way], into: arcs) else { return nil }
    var written = found.count
    var node = node[way]
    var facts = query.ancestors.facts(node)
    while UInt32(facts.depth) != depth {
      let rest = side.cost(facts.link, depth)
      var arc = Int(facts.upFirst)
      let end = Int(query.ancestors.facts(node + 1).upFirst)
      while true {
        guard arc < end else { return nil }
        let head = query.hierarchy.upHead[arc]
        let above = query.ancestors.facts(head)
        if UInt32(above.depth) >= depth,
          Cost(bits: side.costs[arc]) + side.cost(above.link, depth) == rest
        {
          arcs[written] = WayArc(arc: UInt32(arc), tail: node)
          written += 1
          node = head
          facts = above
          break
        }
        arc += 1
      }
    }
    return (written, found.end)
  }

  /// The same to a node of the cell or an exit, backwards from there.
  private func traceCell(
    _ query: LabelQuery, _ side: LabelSide, _ depth: UInt32,
    into arcs: UnsafeMutablePointer<WayArc>
  ) -> (count: Int, end: Int)? {
    func isStart(_ start: Start, _ depth: UInt32) -> Bool {
      guard start.node != .max, UInt32(query.ancestors.facts(start.node).depth) == depth else {
        return false
      }
      return root == .max || reached[Int(depth)] == start.cost.bits
    }
    var written = 0
    var target = depth
    while true {
      let start = isStart(first, target) ? first : isStart(second, target) ? second : Start()
      if start.node != .max {
        for place in 0..<written / 2 { swap(&arcs[place], &arcs[written - 1 - place]) }
        return (written, start.end)
      }
      guard root != .max, let arc = arc(query, side, into: target) else { return nil }
      arcs[written] = arc
      written += 1
      target = UInt32(query.ancestors.facts(arc.tail).depth)
    }
  }

  /// The arc from a deeper node of the cell that accounts for the cost to the node at `depth`.
  private func arc(_ query: LabelQuery, _ side: LabelSide, into depth: UInt32) -> WayArc? {
    var node = first.node
    while true {
      let facts = query.ancestors.facts(node)
      if UInt32(facts.depth) <= depth { return nil }
      let end = Int(query.ancestors.facts(node + 1).upFirst)
      if let arc = query.hierarchy.arc(to: UInt16(depth), Int(facts.upFirst), end) {
        let sum = Cost(bits: reached[Int(facts.depth)]) + Cost(bits: side.costs[arc])
        if sum.isReachable, sum.bits == reached[Int(depth)] {
          return WayArc(arc: UInt32(arc), tail: node)
        }
      }
      if node == root { return nil }
      node = facts.link
    }
  }
}
