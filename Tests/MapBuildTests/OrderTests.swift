import HujiaTestSupport
import Testing

@testable import HujiaMapBuild

@Suite struct OrderTests {
  @Test func everyNodeOnceAndShallow() throws {
    for side in [1, 2, 3, 7, 20] {
      let draft = Invented.grid(seed: UInt64(side), side: side)
      let order = NestedDissection.order(draft, parallel: sequential)
      #expect(order.sorted() == (0..<UInt32(side * side)).map { $0 })
    }
  }

  /// Removing the separator must leave no way from one side to the other, and none smaller may exist.
  @Test func separatorsSeparateAndAreSmallest() throws {
    for seed in 1...UInt64(Scale.count(200, full: 3_000)) {
      let graph = DissectionGraph(Invented.draft(seed: seed, mostNodes: 12))
      guard graph.nodeCount >= 4 else { continue }
      var flow = SeparatorFlow(graph)
      let line = (0..<UInt32(graph.nodeCount)).map { $0 }
      let end = graph.nodeCount / 4
      let sources = line[..<end]
      let sinks = line[(graph.nodeCount - end)...]
      let answer = flow.cut(sources: sources, sinks: sinks, most: .max)
      let cut = try #require(answer)
      let removed = cut.side.indices.filter { cut.side[$0] == 2 }
      #expect(removed.count == cut.separator)
      #expect(!connects(graph, sources, sinks, without: Set(removed.map { UInt32($0) })))
      #expect(smallest(graph, sources, sinks) == cut.separator, "seed \(seed)")
    }
  }

  private func connects(
    _ graph: DissectionGraph, _ sources: ArraySlice<UInt32>, _ sinks: ArraySlice<UInt32>,
    without removed: Set<UInt32>
  ) -> Bool {
    var seen = removed
    var waiting = sources.filter { seen.insert($0).inserted }
    while let node = waiting.popLast() {
      if sinks.contains(node) { return true }
      for place in graph.first[Int(node)]..<graph.first[Int(node) + 1] {
        let other = graph.neighbours[Int(place)]
        if seen.insert(other).inserted { waiting.append(other) }
      }
    }
    return false
  }

  /// By trying every set of nodes.
  private func smallest(
    _ graph: DissectionGraph, _ sources: ArraySlice<UInt32>, _ sinks: ArraySlice<UInt32>
  ) -> Int {
    var best = graph.nodeCount
    for set in 0..<(1 << graph.nodeCount) where set.nonzeroBitCount < best {
      let removed = Set((0..<UInt32(graph.nodeCount)).filter { set & (1 << Int($0)) != 0 })
      if !connects(graph, sources, sinks, without: removed) { best = set.nonzeroBitCount }
    }
    return best
  }
}
