// The order in which the contraction hierarchy takes the nodes: separators last, found by inertial flow on the
// coordinates (Schild, Sommer, "On balanced separators in road networks", 2015). Independent of travel times.
// Offline only: allocates freely, and may use as many threads as its caller's `Parallel` has.

/// One array's elements, each written by one job only.
struct SharedSlots<Element>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  let count: Int
  init(_ count: Int, _ value: Element) {
    base = .allocate(capacity: max(count, 1))
    base.initialize(repeating: value, count: count)
    self.count = count
  }
  func take() -> [Element] {
    let result = Array(UnsafeBufferPointer(start: base, count: count))
    base.deinitialize(count: count)
    base.deallocate()
    return result
  }
}

enum NestedDissection {
  /// The nodes, first contracted first. O(√n · n log n) on road networks.
  static func order(_ draft: MapDraft, parallel: Parallel) -> [UInt32] {
    let order = SharedSlots<UInt32>(draft.nodes.count, 0)
    var pieces = [Piece(graph: DissectionGraph(draft), end: draft.nodes.count)]
    // Cut the largest piece, its directions at once, until there is work for every thread.
    let least = max(2_000, draft.nodes.count / 24)
    while let largest = pieces.indices.max(by: {
      pieces[$0].graph.nodeCount < pieces[$1].graph.nodeCount
    }),
      pieces[largest].graph.nodeCount > least
    {
      let piece = pieces.remove(at: largest)
      pieces += split(piece, order, parallel)
    }
    let jobs = pieces.sorted { $0.graph.nodeCount > $1.graph.nodeCount }
    parallel(jobs.count) { job in dissect(jobs[job], order) }
    return order.take()
  }

  /// A part whose nodes take the places that end at `end`.
  struct Piece {
    var graph: DissectionGraph
    var end: Int
  }

  private static func dissect(_ piece: Piece, _ order: SharedSlots<UInt32>) {
    var waiting = [piece]
    while let next = waiting.popLast() {
      waiting += split(next, order, sequential)
    }
  }

  /// Places a separator and returns what it leaves.
  private static func split(_ piece: Piece, _ order: SharedSlots<UInt32>, _ parallel: Parallel)
    -> [Piece]
  {
    let graph = piece.graph
    let count = graph.nodeCount
    if count <= 2 {
      for node in 0..<count { order.base[piece.end - count + node] = graph.names[node] }
      return []
    }
    let parts = components(graph)
    if parts.count > 1 { return pieces(of: piece, parts) }
    if isComplete(graph) {
      for node in 0..<count { order.base[piece.end - count + node] = graph.names[node] }
      return []
    }
    let side = bestCut(graph, parallel)
    var end = piece.end
    var near: [UInt32] = []
    var far: [UInt32] = []
    for node in 0..<count {
      switch side[node] {
      case 0: near.append(UInt32(node))
      case 1: far.append(UInt32(node))
      default:
        end -= 1
        order.base[end] = graph.names[node]
      }
    }
    return pieces(of: Piece(graph: graph, end: end), [near, far].filter { !$0.isEmpty })
  }

  private static func pieces(of piece: Piece, _ parts: [[UInt32]]) -> [Piece] {
    var numbers = [UInt32](repeating: .max, count: piece.graph.nodeCount)
    var end = piece.end
    return parts.map { part in
      defer { end -= part.count }
      return Piece(graph: piece.graph.part(part, &numbers), end: end)
    }
  }

  private static func isComplete(_ graph: DissectionGraph) -> Bool {
    graph.neighbours.count == graph.nodeCount * (graph.nodeCount - 1)
  }

  private static func components(_ graph: DissectionGraph) -> [[UInt32]] {
    var parts: [[UInt32]] = []
    var seen = [Bool](repeating: false, count: graph.nodeCount)
    for start in 0..<graph.nodeCount where !seen[start] {
      seen[start] = true
      var part = [UInt32(start)]
      var next = 0
      while next < part.count {
        let node = Int(part[next])
        next += 1
        for place in graph.first[node]..<graph.first[node + 1] {
          let other = Int(graph.neighbours[Int(place)])
          if !seen[other] {
            seen[other] = true
            part.append(UInt32(other))
          }
        }
      }
      if start == 0 && part.count == graph.nodeCount {
        return [(0..<UInt32(graph.nodeCount)).map { $0 }]
      }
      part.sort()
      parts.append(part)
    }
    return parts
  }

  /// Directions in the plane, as multiples of x and y. The first four are those of the original.
  private static let directions: [(x: Int64, y: Int64)] = [
    (1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2),
  ]

  /// The best of the cuts across several directions. A quarter of the nodes at each end is pulled apart.
  private static func bestCut(_ graph: DissectionGraph, _ parallel: Parallel) -> [UInt8] {
    let count = graph.nodeCount
    let tried = count < 64 ? 4 : directions.count
    let results = SharedSlots<SeparatorFlow.Cut?>(tried, nil)
    parallel(tried) { job in
      let direction = directions[job]
      let line = (0..<UInt32(count)).sorted { a, b in
        let at = direction.x * Int64(graph.x[Int(a)]) + direction.y * Int64(graph.y[Int(a)])
        let bt = direction.x * Int64(graph.x[Int(b)]) + direction.y * Int64(graph.y[Int(b)])
        return at != bt ? at < bt : a < b
      }
      let end = max(1, count / 4)
      var flow = SeparatorFlow(graph)
      results.base[job] = flow.cut(
        sources: line[..<end], sinks: line[(count - end)...], most: count)
    }
    let cuts = results.take().compactMap { $0 }
    var best = cuts[0]
    for cut in cuts.dropFirst() where cut.isBetter(than: best) { best = cut }
    return best.side
  }
}
