// The cell tree as a whole: which unit stands where, and how near each cell is, in both profiles.
// A unit that comes lowers rows at once; a unit that goes leaves them too low until they are mended, a few per change.

import CHujiaKernels
import HujiaContainers
import HujiaRoads

struct CellIndex: ~Copyable {
  let map: CellMap
  var units: CellUnits
  private var normal: CellRows
  private var response: CellRows

  init(_ hierarchy: Hierarchy, leafNodes: Int, unitCapacity: Int, memory: Memory)
    throws(OutOfMemory)
  {
    let map = try CellMap(hierarchy, leafNodes: leafNodes, memory: memory)
    let units = try CellUnits(cells: map.count, unitCapacity: unitCapacity, memory: memory)
    let normal = try CellRows(map, memory: memory)
    let response = try CellRows(map, memory: memory)
    self.map = map
    self.units = units
    self.normal = normal
    self.response = response
  }

  /// Cells mended with every change; a change makes about one and a half of them too low.
  static var mendedPerChange: Int { 2 }

  func isValid(_ profile: Profile) -> Bool {
    profile == .normal ? normal.isValid : response.isValid
  }

  @inline(__always)
  func row(cell: Int, levelClass: Int, _ profile: Profile) -> UnsafePointer<UInt32> {
    UnsafePointer(
      profile == .normal
        ? normal.row(cell: cell, levelClass: levelClass, map)
        : response.row(cell: cell, levelClass: levelClass, map))
  }

  /// A new metric: every row is void until `mend` has been over it.
  mutating func voidAll(_ profile: Profile) {
    if profile == .normal { normal.voidAll() } else { response.voidAll() }
  }

  mutating func insert(_ unit: UInt32, at node: UInt32, _ traits: UnitTraits) {
    let levelClass = traits.levelClass
    units.insert(unit, cell: map.ofNode[node], levelClass: levelClass, map)
    var cell = map.ofNode[node]
    while cell != .max {
      units.tallies[levelClass * map.count + Int(cell)].capabilities |= traits.capabilities
      cell = map.parent[cell]
    }
  }

  /// Afterwards its cells' rows are too low. `hasResponse`: that profile has rows of its own.
  mutating func remove(_ unit: UInt32, hasResponse: Bool) {
    let slot = Int(units.slot(of: unit))
    units.remove(unit, map)
    let left = Int(units.tallies[slot].total)
    normal.leave(slot, left: left)
    if hasResponse { response.leave(slot, left: left) }
  }

  private mutating func wait(_ slot: Int, _ profile: Profile) {
    if profile == .normal { normal.wait(slot) } else { response.wait(slot) }
  }

  /// Lets a unit's label rows lower its cell's row and those above, until one is not lowered any more. A cell's first
  /// unit makes its row: rows of empty cells say nothing and are never read.
  func lower(_ slot: Int, by ends: UnitEnds, _ query: LabelQuery, _ profile: Profile) {
    let levelClass = slot / map.count
    var cell = UInt32(slot - levelClass * map.count)
    while cell != .max {
      let target = UnsafeMutablePointer(
        mutating: row(cell: Int(cell), levelClass: levelClass, profile))
      let isFirst = units.tallies[levelClass * map.count + Int(cell)].total == 1
      if isFirst { target.update(repeating: Cost.unreachable_ms, count: Int(map.entries[cell])) }
      if !Self.lower(target, map.entries[cell], ends, query), !isFirst { return }
      cell = map.parent[cell]
    }
  }

  /// As if the unit stood at its nodes: so a report from the same street changes no row, and a row is too low by the
  /// rest of one street at most.
  @inline(__always)
  private static func lower(
    _ row: UnsafeMutablePointer<UInt32>, _ entries: UInt32, _ ends: UnitEnds, _ query: LabelQuery
  ) -> Bool {
    var changed: Int32 = 0
    if ends.firstNode != .max {
      changed |= hjk_lower_row(
        row, query.row(ends.firstRow), 0,
        min(entries, UInt32(ends.firstEntries)), query.level)
    }
    if ends.secondNode != .max {
      changed |= hjk_lower_row(
        row, query.row(ends.secondRow), 0,
        min(entries, UInt32(ends.secondEntries)), query.level)
    }
    return changed != 0
  }

  /// The slot to mend next, or nil.
  mutating func takeWork(_ profile: Profile) -> Int? {
    profile == .normal ? normal.takeWork() : response.takeWork()
  }

  /// Makes one row as high as it may be, from the cell's own units, which the caller lowers `scratch` by in between,
  /// and its children. A cell whose row changes sends its parent to be mended.
  func beginMending(_ slot: Int, _ scratch: UnsafeMutablePointer<UInt32>) {
    scratch.update(repeating: Cost.unreachable_ms, count: Int(map.entries[slot % map.count]))
  }

  @inline(__always)
  func lower(
    _ scratch: UnsafeMutablePointer<UInt32>, of slot: Int, by ends: UnitEnds, _ query: LabelQuery
  ) {
    _ = Self.lower(scratch, map.entries[slot % map.count], ends, query)
  }

  /// `own`: the capabilities of the cell's own units.
  mutating func endMending(
    _ slot: Int, _ scratch: UnsafeMutablePointer<UInt32>, _ own: UInt64, _ profile: Profile,
    _ level: Int32
  ) {
    let levelClass = slot / map.count
    let cell = slot - levelClass * map.count
    let parent = map.parent[cell]
    // Rows of empty cells are never read, so their pages are not touched: the first touch of a large one takes longer
    // than all else that a turn does here.
    guard units.tallies[slot].total > 0 else {
      units.tallies[slot].capabilities = 0
      // In the first pass of a metric the parent's turn comes anyway.
      if parent != .max, isValid(profile) { wait(levelClass * map.count + Int(parent), profile) }
      return
    }
    let entries = map.entries[cell]
    let target = UnsafeMutablePointer(
      mutating: row(cell: cell, levelClass: levelClass, profile))
    var capabilities = own
    for child in Int(map.firstChild[cell])..<Int(map.lastChild[cell])
    where units.tallies[levelClass * map.count + child].total != 0 {
      let below = row(cell: child, levelClass: levelClass, profile)
      _ = hjk_lower_row(scratch, below, 0, entries, level)
      capabilities |= units.tallies[levelClass * map.count + child].capabilities
    }
    let isSame = hjk_copy_row(target, scratch, entries, level) == 0
    let before = units.tallies[slot].capabilities
    units.tallies[slot].capabilities = capabilities
    if parent != .max, !isSame || before != capabilities {
      wait(levelClass * map.count + Int(parent), profile)
    }
  }
}
