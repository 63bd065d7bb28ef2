// Rows after a few of the hierarchy's arcs changed: only the rows they reach, from the root's side down. The result
// equals a full sweep's to the last bit: rows hold times and lengths, so a row is the same when its numbers are.

import CHujiaKernels
import HujiaContainers

struct LabelMending: @unchecked Sendable {
  let rows: LabelRows
  let scratch: MendingScratch
  /// `MendingScratch.up` or `.down`.
  let direction: UInt8
  /// More rows than this are swept, all of them.
  let limit: Int
  private let row: RowScratch
  private let index: ArcIndex

  init(_ rows: LabelRows, _ build: BuildScratch, _ scratch: MendingScratch, direction: UInt8) {
    limit = build.upperCount / scratch.rowsForOne
    index = build.index
    self.rows = rows
    self.scratch = scratch
    self.direction = direction
    row = direction == MendingScratch.up ? scratch.upRow : scratch.downRow
  }

  private var hierarchy: Hierarchy { rows.hierarchy }

  /// After `CostMending`.
  func run() {
    for place in 0..<scratch.touchedCount {
      let arc = Int(scratch.touched[place])
      let tail = Int(index.tail[arc])
      if scratch.marks[arc] & direction != 0, hierarchy.isUpper(tail) { row.nodes.insert(tail) }
    }
    var cursor = 0
    var count = 0
    while let node = row.nodes.takeLowest(&cursor) {
      count += 1
      if count > limit {
        row.nodes.removeAll()
        rows.sweep()
        return
      }
      let changed = mend(node)
      if changed > 0 { spread(node, changed) }
    }
  }

  /// The node's row from its ancestors' rows, written where it differs. Returns how many entries did, which `row` lists
  /// then with what they were.
  private func mend(_ node: Int) -> Int {
    let depth = Int(hierarchy.depth[node])
    let costs = row.costs.base
    costs.update(repeating: Cost.unreachable.bits, count: depth + 1)
    for arc in Int(hierarchy.upFirst[node])..<Int(hierarchy.upFirst[node + 1])
    where rows.costs[arc] < Cost.unreachable.bits {
      let start = hierarchy.row(hierarchy.upHead[arc])
      hjk_merge_apart(
        costs, rows.times + start, rows.lengths + start, rows.costs[arc],
        UInt32(hierarchy.upDepth[arc]) + 1, rows.level)
    }
    let start = hierarchy.row(UInt32(node))
    var count = 0
    for entry in 0..<depth {
      let new = Cost.clamped(costs[entry])
      let old = cost(start + entry)
      if new.bits == old.bits { continue }
      row.changed[count] = RowScratch.Change(
        old: old.bits, new: new.bits, entry: UInt32(entry))
      count += 1
      rows.times[start + entry] = new.time_ms
      rows.lengths[start + entry] = new.length_mm
    }
    return count
  }

  @inline(__always) private func cost(_ place: Int) -> Cost {
    Cost(bits: UInt64(rows.times[place]) << 33 | UInt64(rows.lengths[place]))
  }

  /// Puts on the agenda the nodes with an arc to this one whose row could be another now: one of the changed entries
  /// was as good as what they have, or is better.
  private func spread(_ node: Int, _ count: Int) {
    for place in Int(index.downFirst[node])..<Int(index.downFirst[node + 1]) {
      let arc = Int(index.downArc[place])
      let below = Int(index.tail[arc])
      if !hierarchy.isUpper(below) || row.nodes.contains(below) { continue }
      let over = Cost(bits: rows.costs[arc])
      if !over.isReachable { continue }
      let start = hierarchy.row(UInt32(below))
      for entry in 0..<count {
        let change = row.changed[entry]
        let known = cost(start + Int(change.entry))
        if known == over + Cost(bits: change.old) || over + Cost(bits: change.new) < known {
          row.nodes.insert(below)
          break
        }
      }
    }
  }
}
