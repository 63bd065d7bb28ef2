// From node to node by labels: the least sum over the ancestors that both share. Pure functions on the current epoch.

import CHujiaKernels
import HujiaRoads

struct LabelQuery: BitwiseCopyable {
  let hierarchy: Hierarchy
  let labels: LayerView.Labels
  let ancestors: CommonAncestors.View
  /// What the processor can do, for the kernels.
  let level: Int32

  /// Travel time from node to node, `Cost.unreachable_ms` or more when there is none. O(depth).
  @inline(__always) func time_ms(from: UInt32, to: UInt32) -> UInt32 {
    hjk_least_sum(
      labels.labelUp + hierarchy.row(from), labels.labelDown + hierarchy.row(to),
      ancestors.count(from, to), level)
  }

  /// Time and, among the fastest ways, the least length, with the ancestor over which that way leads.
  func way(from: UInt32, to: UInt32) -> (cost: Cost, depth: UInt32) {
    let shared = ancestors.count(from, to)
    let rowUp = labels.labelUp + hierarchy.row(from)
    let rowDown = labels.labelDown + hierarchy.row(to)
    let least_ms = hjk_least_sum(rowUp, rowDown, shared, level)
    guard least_ms < Cost.unreachable_ms else { return (.unreachable, 0) }
    var best: (cost: Cost, depth: UInt32) = (.unreachable, 0)
    var depth = hjk_find_sum(rowUp, rowDown, 0, shared, least_ms)
    while depth < shared {
      let cost = Cost(
        time_ms: least_ms,
        length_mm: saturatingSum(
          length_mm(from: from, upTo: depth), length_mm(downFrom: depth, to: to)))
      if cost < best.cost { best = (cost, depth) }
      depth = hjk_find_sum(rowUp, rowDown, depth + 1, shared, least_ms)
    }
    return best
  }

  @inline(__always) func saturatingSum(_ a: UInt32, _ b: UInt32) -> UInt32 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  /// Length of the way that the label stands for. O(arcs of the hierarchy on it).
  func length_mm(from start: UInt32, upTo depth: UInt32) -> UInt32 {
    var node = start
    var total: UInt32 = 0
    while UInt32(hierarchy.depth[Int(node)]) != depth {
      let arc = arcUp(from: node, towards: depth)
      total = saturatingSum(total, Cost(bits: labels.up[arc].bits).length_mm)
      node = hierarchy.upHead[arc]
    }
    return total
  }

  func length_mm(downFrom depth: UInt32, to end: UInt32) -> UInt32 {
    var node = end
    var total: UInt32 = 0
    while UInt32(hierarchy.depth[Int(node)]) != depth {
      let arc = arcDown(to: node, from: depth)
      total = saturatingSum(total, Cost(bits: labels.down[arc].bits).length_mm)
      node = hierarchy.upHead[arc]
    }
    return total
  }

  /// The arc with which the way from a node up to its ancestor at `depth` begins.
  @inline(__always) func arcUp(from node: UInt32, towards depth: UInt32) -> Int {
    let via = labels.viaUp[hierarchy.row(node) + Int(depth)]
    let first = Int(hierarchy.upFirst[Int(node)])
    if via != Via.look { return first + Int(via) }
    return look(node, depth, labels.up, labels.labelUp) { length_mm(from: $0, upTo: depth) }
  }

  /// The arc with which the way down from the ancestor at `depth` ends.
  @inline(__always) func arcDown(to node: UInt32, from depth: UInt32) -> Int {
    let via = labels.viaDown[hierarchy.row(node) + Int(depth)]
    let first = Int(hierarchy.upFirst[Int(node)])
    if via != Via.look { return first + Int(via) }
    return look(node, depth, labels.down, labels.labelDown) {
      length_mm(downFrom: depth, to: $0)
    }
  }

  /// Nodes with 255 arcs and more: every arc beyond is tried.
  @inline(never)
  private func look(
    _ node: UInt32, _ depth: UInt32, _ arcs: UnsafePointer<ArcCost>,
    _ rows: UnsafePointer<UInt32>, _ rest_mm: (UInt32) -> UInt32
  ) -> Int {
    let wanted = rows[hierarchy.row(node) + Int(depth)]
    let first = Int(hierarchy.upFirst[Int(node)]) + Int(Via.look)
    var best = (length_mm: UInt32.max, arc: first)
    var isFound = false
    for arc in first..<Int(hierarchy.upFirst[Int(node) + 1])
    where UInt32(hierarchy.upDepth[arc]) >= depth {
      let head = hierarchy.upHead[arc]
      let cost = Cost(bits: arcs[arc].bits)
      guard cost.time_ms + rows[hierarchy.row(head) + Int(depth)] == wanted else { continue }
      let total = saturatingSum(cost.length_mm, rest_mm(head))
      if !isFound || total < best.length_mm { best = (total, arc) }
      isFound = true
    }
    return best.arc
  }
}
