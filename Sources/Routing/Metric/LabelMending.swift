// Label rows after a few of the hierarchy's arcs changed: only the rows they reach, from the root's side down. The
// result equals a full sweep's to the last bit. Stored rows hold times, but ways of equal time are told apart by
// length, so besides the numbers it is followed which entries stand for another way than before.

import CHujiaKernels
import HujiaContainers

struct LabelMending: @unchecked Sendable {
  let rows: LabelRows
  let scratch: MendingScratch
  /// `MendingScratch.up` or `.down`.
  let direction: UInt8
  private let path: PathScratch

  init(_ rows: LabelRows, _ scratch: MendingScratch, direction: UInt8) {
    self.rows = rows
    self.scratch = scratch
    self.direction = direction
    path = direction == MendingScratch.up ? scratch.upPath : scratch.downPath
  }

  private var hierarchy: Hierarchy { rows.hierarchy }

  /// After `CostMending`. Where more than `limit` rows are reached, all are swept.
  func run(limit: Int) {
    path.forget()
    for index in 0..<scratch.touchedCount {
      let arc = Int(scratch.touched[index])
      if scratch.marks[arc] & direction != 0 { path.nodes.insert(Int(hierarchy.upTail[arc])) }
    }
    var cursor = 0
    var count = 0
    while let node = path.nodes.takeLowest(&cursor) {
      count += 1
      if count > limit {
        path.nodes.removeAll()
        rows.sweep()
        return
      }
      mend(node)
    }
  }

  /// Rows of costs of the node's ancestors, as far as the last node's are not theirs too.
  private func climb(to node: Int) {
    var above = hierarchy.parent[node]
    var count = 0
    while above != .max {
      let depth = Int(hierarchy.depth[Int(above)])
      if path.node[depth] == above { break }
      path.stack[count] = above
      count += 1
      above = hierarchy.parent[Int(above)]
    }
    while count > 0 {
      count -= 1
      let ancestor = Int(path.stack[count])
      let depth = Int(hierarchy.depth[ancestor])
      rows.fill(ancestor, depth, path.via.base)
      finish(depth)
      path.node[depth] = UInt32(ancestor)
      path.changedCount[depth] = 0
    }
  }

  /// Lengths that left their 32 bits are clamped, as in a sweep.
  @inline(__always) private func finish(_ depth: Int) {
    hjk_finish_costs(rows.row(atDepth: depth), path.times.base, UInt32(depth + 1))
  }

  private func mend(_ node: Int) {
    climb(to: node)
    let depth = Int(hierarchy.depth[node])
    rows.fill(node, depth, path.via.base)
    finish(depth)
    path.node[depth] = UInt32(node)
    let count = store(node, depth)
    path.changedCount[depth] = UInt16(truncatingIfNeeded: count)
    if count > 0 { spread(node, depth, count) }
  }

  /// Writes what changed into the label; returns how many entries stand for another way, listed for this depth.
  private func store(_ node: Int, _ depth: Int) -> Int {
    let start = hierarchy.row(UInt32(node))
    let label = rows.labels + start
    let via = rows.vias + start
    let list = path.changed(depth, rows.stride)
    var count = 0
    for entry in 0..<depth where path.times[entry] != label[entry] || path.via[entry] != via[entry]
    {
      label[entry] = path.times[entry]
      via[entry] = path.via[entry]
      list[count] = UInt16(truncatingIfNeeded: entry)
      path.isListed[entry] = 1
      count += 1
    }
    count = listOthers(node, depth, via, list, count)
    let row = rows.row(atDepth: depth)
    let lengths = rows.lengths(of: node)
    for index in 0..<count {
      let entry = Int(list[index])
      path.isListed[entry] = 0
      lengths?[entry] = Cost(bits: row[entry]).length_mm
    }
    return count
  }

  /// Entries whose numbers are the same but whose way is another, in its first arc or beyond it.
  private func listOthers(
    _ node: Int, _ depth: Int, _ via: UnsafePointer<UInt8>, _ list: UnsafeMutablePointer<UInt16>,
    _ listed: Int
  ) -> Int {
    var count = listed
    func add(_ entry: Int) {
      if path.isListed[entry] != 0 || path.times[entry] >= Cost.unreachable_ms { return }
      path.isListed[entry] = 1
      list[count] = UInt16(truncatingIfNeeded: entry)
      count += 1
    }
    let first = Int(hierarchy.upFirst[node])
    for arc in first..<Int(hierarchy.upFirst[node + 1]) {
      let above = Int(hierarchy.upDepth[arc])
      let mark = UInt8(min(arc - first, Int(Via.look)))
      if scratch.marks[arc] & direction != 0 {
        for entry in 0...above where via[entry] == mark { add(entry) }
      } else {
        let beyond = path.changed(above, rows.stride)
        for index in 0..<Int(path.changedCount[above]) {
          let entry = Int(beyond[index])
          if via[entry] == mark { add(entry) }
        }
      }
    }
    return count
  }

  /// Puts on the agenda the nodes with an arc to this one whose row could be another now: it leads over this node, or
  /// this node is as good as what it has.
  private func spread(_ node: Int, _ depth: Int, _ count: Int) {
    let changed = path.changed(depth, rows.stride)
    for place in Int(hierarchy.downFirst[node])..<Int(hierarchy.downFirst[node + 1]) {
      let arc = Int(hierarchy.downArc[place])
      let below = Int(hierarchy.upTail[arc])
      if path.nodes.contains(below) { continue }
      let over_ms = UInt32(truncatingIfNeeded: rows.arcs[arc].bits >> 33)
      let mark = UInt8(min(arc - Int(hierarchy.upFirst[below]), Int(Via.look)))
      let start = hierarchy.row(UInt32(below))
      let label = rows.labels + start
      let via = rows.vias + start
      for index in 0..<count {
        let entry = Int(changed[index])
        if via[entry] == mark || over_ms + path.times[entry] <= label[entry] {
          path.nodes.insert(below)
          break
        }
      }
    }
  }
}
