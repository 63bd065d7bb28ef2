// The shortest ways by length from the end of one arc to the beginnings of others, within a bound: Dijkstra's search,
// begun anew for each question, its tables cleared by counting questions.

import HujiaRoads

package struct ShortWays {
  private let map: RoadMap
  private var length_mm: [UInt32]
  private var cameBy: [UInt32]
  /// The question that a node's entries belong to.
  private var mark: [UInt32]
  private var isDone: [Bool]
  private var question: UInt32 = 0
  /// The arc that the ways begin behind.
  private var first: UInt32 = 0
  /// Nodes that were reached since the search was made.
  private(set) var looks = 0
  private var heap: [(key_mm: UInt32, node: UInt32)] = []

  package init(_ map: RoadMap) {
    self.map = map
    length_mm = Array(repeating: 0, count: map.nodeCount)
    cameBy = Array(repeating: RoadMap.none, count: map.nodeCount)
    mark = Array(repeating: 0, count: map.nodeCount)
    isDone = Array(repeating: false, count: map.nodeCount)
  }

  /// Searches from the end of an arc until all `targets` are reached, or everything within `most_mm`. No way turns back
  /// on the street that it came by.
  package mutating func search(from first: UInt32, to targets: [UInt32], most_mm: UInt32) {
    self.first = first
    question &+= 1
    if question == 0 {
      for node in mark.indices { mark[node] = 0 }
      question = 1
    }
    heap.removeAll(keepingCapacity: true)
    reach(map.head(first), 0, by: RoadMap.none)
    var open = targets.count
    while open > 0, let (key_mm, node) = pop() {
      let place = Int(node)
      if isDone[place] { continue }
      isDone[place] = true
      looks += 1
      open -= targets.count { $0 == node }
      let out = map.firstOut[place]
      for arc in out..<max(out, map.firstOut[place + 1]) {
        let sum = UInt64(key_mm) + UInt64(map.length_mm(arc: arc))
        if sum <= UInt64(most_mm), !turnsBack(at: node, into: arc) {
          reach(map.head(arc), UInt32(sum), by: arc)
        }
      }
    }
  }

  /// Whether an arc that leaves a reached node goes back along the one that the way came by.
  func turnsBack(at node: UInt32, into arc: UInt32) -> Bool {
    var came = cameBy[Int(node)] == RoadMap.none ? first : cameBy[Int(node)]
    // Where turns are forbidden a link lies between the two.
    if map.isLink(Int(came)) {
      let before = cameBy[Int(map.tail(came))]
      came = before == RoadMap.none ? first : before
    }
    return arc != came && map.arcStreet[Int(arc)] == map.arcStreet[Int(came)]
  }

  /// Nil = not within the bound.
  package func length_mm(to node: UInt32) -> UInt32? {
    mark[Int(node)] == question && isDone[Int(node)] ? length_mm[Int(node)] : nil
  }

  /// The arcs of streets on the way to a node that was reached, in order.
  func arcs(to node: UInt32) -> [UInt32] {
    var arcs: [UInt32] = []
    var node = node
    while cameBy[Int(node)] != RoadMap.none {
      let arc = cameBy[Int(node)]
      if !map.isLink(Int(arc)) { arcs.append(map.streetArc(of: arc)) }
      node = map.tail(cameBy[Int(node)])
    }
    return arcs.reversed()
  }

  private mutating func reach(_ node: UInt32, _ key_mm: UInt32, by arc: UInt32) {
    let place = Int(node)
    if mark[place] == question {
      guard !isDone[place], key_mm < length_mm[place] else { return }
    } else {
      mark[place] = question
      isDone[place] = false
    }
    length_mm[place] = key_mm
    cameBy[place] = arc
    push(key_mm, node)
  }

  private mutating func push(_ key_mm: UInt32, _ node: UInt32) {
    heap.append((key_mm, node))
    var place = heap.count - 1
    while place > 0 {
      let above = (place - 1) / 2
      guard heap[place] < heap[above] else { break }
      heap.swapAt(place, above)
      place = above
    }
  }

  private mutating func pop() -> (key_mm: UInt32, node: UInt32)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var place = 0
    while true {
      var least = place
      for below in [2 * place + 1, 2 * place + 2]
      where below < heap.count && heap[below] < heap[least] {
        least = below
      }
      guard least != place else { return first }
      heap.swapAt(place, least)
      place = least
    }
  }
}
