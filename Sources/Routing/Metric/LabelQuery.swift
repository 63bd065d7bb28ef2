// One epoch's labels, direction by direction: which arc of the hierarchy a label stands for, and how long its way is.
// Pure functions. Labels may come straight from a map file that nobody has verified yet: whatever they say, no index
// here leaves its table and no walk goes on for ever (arcs lead up the tree, which was verified).

import CHujiaKernels

/// From a node up to its ancestors, or from them down to it.
struct LabelSide: BitwiseCopyable {
  let arcs: UnsafePointer<ArcCost>
  let rows: UnsafePointer<UInt32>
  let vias: UnsafePointer<UInt8>
  let lengths: UnsafePointer<UInt32>
}

struct LabelQuery: BitwiseCopyable {
  let hierarchy: Hierarchy
  let labels: LayerView.Labels
  let ancestors: CommonAncestors.View
  /// What the processor can do, for the kernels.
  let level: Int32

  var up: LabelSide {
    LabelSide(
      arcs: labels.up, rows: labels.labelUp, vias: labels.viaUp, lengths: labels.lengthUp)
  }
  var down: LabelSide {
    LabelSide(
      arcs: labels.down, rows: labels.labelDown, vias: labels.viaDown, lengths: labels.lengthDown)
  }

  /// The arc between `node` and the next node of the way that joins it with its ancestor at `depth`; nil: a damaged
  /// map says nothing sensible. O(1).
  @inline(__always)
  func arc(_ side: LabelSide, _ node: UInt32, _ depth: UInt32) -> Int? {
    let arc = arcNumber(side, node, depth)
    return leads(arc, from: node, to: depth) ? arc : nil
  }

  /// The same in two reads, of which the second waits for the first: `leads` says whether it makes sense.
  @inline(__always)
  func arcNumber(_ side: LabelSide, _ node: UInt32, _ depth: UInt32) -> Int {
    let via = side.vias[Int(ancestors.facts(node).rowStart) * Hierarchy.rowStep + Int(depth)]
    return via == Via.look
      ? look(side, node, depth) : Int(hierarchy.upFirst[Int(node)]) + Int(via)
  }

  @inline(__always)
  func leads(_ arc: Int, from node: UInt32, to depth: UInt32) -> Bool {
    arc < Int(hierarchy.upFirst[Int(node) + 1]) && UInt32(hierarchy.upDepth[arc]) >= depth
  }

  /// The length from `node` to the ancestor when it is written down: at the ancestor, or in a row of lengths. O(1).
  @inline(__always)
  func knownLength_mm(_ side: LabelSide, _ node: UInt32, _ depth: UInt32) -> UInt32? {
    let start = ancestors.facts(node).lengthStart
    return start == .max ? nil : side.lengths[Int(start) * Hierarchy.rowStep + Int(depth)]
  }

  /// Nodes with 255 arcs and more: every arc beyond is tried.
  @inline(never)
  private func look(_ side: LabelSide, _ node: UInt32, _ depth: UInt32) -> Int {
    var found = Lengths(below: UInt32(hierarchy.depth[Int(node)]))
    return best(side, node, depth, &found).arc
  }

  /// Lengths found while one node looks: those of its ancestors that look too. Without them ways of equal time would be
  /// followed once for each of their combinations. Nodes without a row of lengths are few in a line.
  private struct Lengths {
    let below: UInt32
    private var known = InlineArray<48, UInt64>(repeating: .max)

    init(below: UInt32) { self.below = below }

    subscript(depth: UInt32) -> UInt64 {
      get { known[Int(below - depth)] }
      set { known[Int(below - depth)] = newValue }
    }
    func hasRoom(_ depth: UInt32) -> Bool { below >= depth && below - depth < 48 }
  }

  private func best(
    _ side: LabelSide, _ node: UInt32, _ depth: UInt32, _ found: inout Lengths
  ) -> (length_mm: UInt64, arc: Int) {
    let wanted = side.rows[hierarchy.row(node) + Int(depth)]
    let first = Int(hierarchy.upFirst[Int(node)]) + Int(Via.look)
    let end = Int(hierarchy.upFirst[Int(node) + 1])
    var best = (length_mm: UInt64.max, arc: end)
    for arc in stride(from: first, to: end, by: 1) where UInt32(hierarchy.upDepth[arc]) >= depth {
      let head = hierarchy.upHead[arc]
      let cost = Cost(bits: side.arcs[arc].bits)
      guard cost.time_ms &+ side.rows[hierarchy.row(head) + Int(depth)] == wanted else { continue }
      let total = UInt64(cost.length_mm) + length_mm(side, head, depth, &found)
      if total < best.length_mm { best = (total, arc) }
    }
    return best
  }

  /// Length of the way that the label stands for; beyond 32 bits on a damaged map. O(arcs of the hierarchy on it).
  private func length_mm(
    _ side: LabelSide, _ start: UInt32, _ depth: UInt32, _ found: inout Lengths
  ) -> UInt64 {
    var node = start
    var total: UInt64 = 0
    while UInt32(hierarchy.depth[Int(node)]) != depth {
      if let rest = knownLength_mm(side, node, depth) { return total + UInt64(rest) }
      let facts = ancestors.facts(node)
      let via = side.vias[Int(facts.rowStart) * Hierarchy.rowStep + Int(depth)]
      if via == Via.look {
        let here = UInt32(facts.depth)
        guard found.hasRoom(here) else { return .max / 4 }
        if found[here] == .max {
          found[here] = min(best(side, node, depth, &found).length_mm, .max / 4)
        }
        return min(total + found[here], .max / 4)
      }
      let arc = Int(hierarchy.upFirst[Int(node)]) + Int(via)
      guard leads(arc, from: node, to: depth) else { return .max / 4 }
      total += UInt64(Cost(bits: side.arcs[arc].bits).length_mm)
      node = hierarchy.upHead[arc]
    }
    return total
  }
}

extension LabelQuery {
  /// Asks for the first lines of both rows: most scans end within them.
  @inline(__always)
  func prefetchRows(_ rows: UnsafePointer<UInt32>, _ ends: UnitEnds) {
    hjk_prefetch_span(rows + Int(ends.firstRow) * Hierarchy.rowStep, 256)
    hjk_prefetch_span(rows + Int(ends.secondRow) * Hierarchy.rowStep, 256)
  }

  /// Asks for no more than the first `entries` of each.
  @inline(__always)
  func prefetchRows(_ rows: UnsafePointer<UInt32>, _ ends: UnitEnds, entries: UInt32) {
    let first = min(entries, UInt32(ends.firstEntries))
    hjk_prefetch_span(rows + Int(ends.firstRow) * Hierarchy.rowStep, first * 4)
    let second = min(first, UInt32(ends.secondEntries))
    hjk_prefetch_span(rows + Int(ends.secondRow) * Hierarchy.rowStep, second * 4)
  }

  /// The exact time between two places by their nodes, `Cost.unreachable_ms` or more when there is no way. O(depth).
  @inline(__always)
  func time_ms(from a: UnitEnds, to b: UnitEnds) -> UInt32 {
    guard a.firstNode != .max, b.firstNode != .max else { return Cost.unreachable_ms }
    let upFirst = labels.labelUp + Int(a.firstRow) * Hierarchy.rowStep
    let upSecond = labels.labelUp + Int(a.secondRow) * Hierarchy.rowStep
    let downFirst = labels.labelDown + Int(b.firstRow) * Hierarchy.rowStep
    let downSecond = labels.labelDown + Int(b.secondRow) * Hierarchy.rowStep
    let common = ancestors.count(a.firstNode, b.firstNode)
    let both = min(common, UInt32(a.secondEntries), UInt32(b.secondEntries))
    var least_ms = hjk_least_sum4(
      upFirst, a.firstRest_ms, upSecond, a.secondRest_ms, downFirst, b.firstRest_ms, downSecond,
      b.secondRest_ms, both, level)
    if both < common {
      // Ancestors of the deeper nodes only, and of one of the others.
      func over(
        _ up: UnsafePointer<UInt32>, _ down: UnsafePointer<UInt32>, _ count: UInt32, _ rest: UInt32
      ) {
        guard count > both else { return }
        let found_ms = hjk_least_sum(up + Int(both), down + Int(both), count - both, level)
        least_ms = min(least_ms, rest &+ min(found_ms, Cost.unreachable_ms))
      }
      over(upFirst, downFirst, common, a.firstRest_ms &+ b.firstRest_ms)
      over(
        upSecond, downFirst, min(common, UInt32(a.secondEntries)),
        a.secondRest_ms &+ b.firstRest_ms)
      over(
        upFirst, downSecond, min(common, UInt32(b.secondEntries)),
        a.firstRest_ms &+ b.secondRest_ms)
    }
    return least_ms
  }

  /// The same to a destination whose row has been written out. `common`: how many ancestors the deeper nodes share;
  /// where a unit's deeper node is closed to it, those of its cell, which may be more than its open node has.
  @inline(__always)
  func time_ms(from ends: UnitEnds, toRow goal: UnsafePointer<UInt32>, common: UInt32) -> UInt32 {
    let first = labels.labelUp + Int(ends.firstRow) * Hierarchy.rowStep
    let common = min(common, UInt32(ends.firstEntries))
    let both = min(common, UInt32(ends.secondEntries))
    let least_ms = hjk_least_sum2(
      first, ends.firstRest_ms, labels.labelUp + Int(ends.secondRow) * Hierarchy.rowStep,
      ends.secondRest_ms, goal, both, level)
    guard both < common else { return least_ms }
    let rest_ms = hjk_least_sum(first + Int(both), goal + Int(both), common - both, level)
    return min(least_ms, ends.firstRest_ms &+ min(rest_ms, Cost.unreachable_ms))
  }
}
