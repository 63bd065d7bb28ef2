// One epoch's rows, as questions read them. Pure functions. Rows may come straight from a map file that nobody has
// verified yet: whatever they say, no index here is taken from them, and no walk goes on for ever (arcs lead up the
// tree, which was verified).

import CHujiaKernels

struct LabelQuery: BitwiseCopyable {
  let hierarchy: Hierarchy
  let labels: LayerView.Labels
  let ancestors: CommonAncestors.View
  /// Rows from the nodes of units that have none in the metric, and how far a row's lengths are from its times:
  /// `UnitRows`.
  let unitRows: UnsafePointer<UInt32>
  let toLengths: Int
  /// What the processor can do, for the kernels.
  let level: Int32

  /// The row that a unit's record names: a node's own, or one worked out for the unit.
  @inline(__always) func row(_ reference: UInt32) -> UnsafePointer<UInt32> {
    let place = Int(reference & ~UnitRows.mark) * Hierarchy.rowStep
    return reference & UnitRows.mark == 0 ? labels.up.times + place : unitRows + place
  }

  /// An entry of that row.
  @inline(__always) func length(_ reference: UInt32, _ depth: UInt32) -> UnsafePointer<UInt32> {
    let place = Int(reference & ~UnitRows.mark) * Hierarchy.rowStep + Int(depth)
    return reference & UnitRows.mark == 0
      ? labels.up.lengths + place : unitRows + place + toLengths
  }

  /// Asks for the first lines of both rows: most scans end within them.
  @inline(__always)
  func prefetchRows(_ ends: UnitEnds) {
    hjk_prefetch_span(row(ends.firstRow), 256)
    hjk_prefetch_span(row(ends.secondRow), 256)
  }

  /// Asks for no more than the first `entries` of each.
  @inline(__always)
  func prefetchRows(_ ends: UnitEnds, entries: UInt32) {
    let first = min(entries, UInt32(ends.firstEntries))
    hjk_prefetch_span(row(ends.firstRow), first * 4)
    let second = min(first, UInt32(ends.secondEntries))
    hjk_prefetch_span(row(ends.secondRow), second * 4)
  }

  /// The exact time between two places whose nodes have rows; `toRows`: those to the second place's nodes.
  /// `Cost.unreachable_ms` or more when there is no way. O(depth).
  @inline(__always)
  func time_ms(from a: UnitEnds, to b: UnitEnds) -> UInt32 {
    guard a.firstNode != .max, b.firstNode != .max else { return Cost.unreachable_ms }
    let upFirst = row(a.firstRow)
    let upSecond = row(a.secondRow)
    let downFirst = labels.down.times + Int(b.firstRow) * Hierarchy.rowStep
    let downSecond = labels.down.times + Int(b.secondRow) * Hierarchy.rowStep
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
    let first = row(ends.firstRow)
    let common = min(common, UInt32(ends.firstEntries))
    let both = min(common, UInt32(ends.secondEntries))
    let least_ms = hjk_least_sum2(
      first, ends.firstRest_ms, row(ends.secondRow), ends.secondRest_ms, goal, both, level)
    guard both < common else { return least_ms }
    let rest_ms = hjk_least_sum(first + Int(both), goal + Int(both), common - both, level)
    return min(least_ms, ends.firstRest_ms &+ min(rest_ms, Cost.unreachable_ms))
  }
}
