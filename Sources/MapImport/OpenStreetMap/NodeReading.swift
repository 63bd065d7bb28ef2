// Second pass: where the nodes of roads are, and which of them are barriers. Other nodes are passed over.

/// Nodes of roads by number: ids ascending, and for each way's node its number.
struct NodeSelection {
  let ids: [Int64]
  /// Like the nodes that it was made of.
  let numbers: [UInt32]

  /// O(n log n).
  init(_ nodes: [Int64]) {
    var sorted = nodes
    sorted.sort()
    var ids: [Int64] = []
    for id in sorted where ids.last != id { ids.append(id) }
    self.ids = ids
    numbers = nodes.map { id in
      var low = 0
      var high = ids.count
      while low < high {
        let middle = (low + high) / 2
        if ids[middle] < id { low = middle + 1 } else { high = middle }
      }
      return UInt32(low)
    }
  }
}

final class NodeReading: ExtractSink {
  private let rules: RoadRules
  private let roads: RoadReading
  private var done = 0
  private(set) var wanted: WantedNodes
  /// Barriers that somebody may not pass, by the number of their node.
  private(set) var barriers: [UInt32: ByProfile<Passage>] = [:]
  private(set) var counts = ExtractFile.Counts()

  init(_ ids: [Int64], rules: RoadRules, after roads: RoadReading) {
    self.rules = rules
    self.roads = roads
    wanted = WantedNodes(ids: ids)
  }

  func readNodes(_ file: ExtractFile) throws(ImportError) {
    try file.readNodes(self, &wanted, &counts)
    done += 1
  }

  func progress(_ share: Double) { roads.progress(share, after: done) }
  func take(way: borrowing ExtractObject) {}
  func take(relation: borrowing ExtractObject) {}

  func take(node index: Int, _ tags: WayTags) {
    barriers[UInt32(index)] = nil
    guard let barrier = tags["barrier"] else { return }
    let passage = ByProfile(
      normal: rules.passage(ofBarrier: barrier, tags, .normal),
      response: rules.passage(ofBarrier: barrier, tags, .response))
    if passage.normal == .closed || passage.response == .closed {
      barriers[UInt32(index)] = passage
    }
  }
}
