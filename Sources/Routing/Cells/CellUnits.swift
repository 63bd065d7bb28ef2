// Which units stand in which cell, by class of level. Independent of travel times.

import HujiaContainers

/// What is in a cell and below it, as the search reads it: the children of a cell in two cache lines.
struct CellTally: BitwiseCopyable {
  var total: UInt32 = 0
  /// The numbers of all units, exclusive-ored: with one unit, its number.
  var mixed: UInt32 = 0
  /// At least the capabilities of the units.
  var capabilities: UInt64 = 0
}

/// Lists of a cell's own units, and counts and capabilities of everything below. Slot = class · cells + cell.
struct CellUnits: ~Copyable {
  private let firstUnit: Block<UInt32>
  private let nextUnit: Block<UInt32>
  private let previousUnit: Block<UInt32>
  /// By slot.
  let tallies: Block<CellTally>
  /// The slot where a unit hangs, plus one; 0: in no cell.
  private let slotOfUnit: Block<UInt32>
  let cells: Int

  init(cells: Int, unitCapacity: Int, memory: Memory) throws(OutOfMemory) {
    let slots = cells * UnitTraits.classes
    let firstUnit = try Block<UInt32>(memory, count: slots, filledWith: .max)
    let nextUnit = try Block<UInt32>(memory, count: unitCapacity)
    let previousUnit = try Block<UInt32>(memory, count: unitCapacity)
    let tallies = try Block<CellTally>(memory, count: slots)
    let slotOfUnit = try Block<UInt32>(memory, count: unitCapacity)
    self.firstUnit = firstUnit
    self.nextUnit = nextUnit
    self.previousUnit = previousUnit
    self.tallies = tallies
    self.slotOfUnit = slotOfUnit
    self.cells = cells
  }

  /// The slot where a unit hangs; `.max`: in no cell.
  @inline(__always) func slot(of unit: UInt32) -> UInt32 { slotOfUnit[unit] &- 1 }
  @inline(__always) func units(at slot: Int) -> UInt32 { firstUnit[slot] }
  @inline(__always) func unit(after unit: UInt32) -> UInt32 { nextUnit[unit] }

  mutating func insert(_ unit: UInt32, cell: UInt32, levelClass: Int, _ map: borrowing CellMap) {
    assert(slotOfUnit[unit] == 0)
    let slot = UInt32(levelClass * cells) + cell
    let next = firstUnit[slot]
    nextUnit[unit] = next
    previousUnit[unit] = .max
    if next != .max { previousUnit[next] = unit }
    firstUnit[slot] = unit
    slotOfUnit[unit] = slot + 1
    count(unit, cell, levelClass, 1, map)
  }

  mutating func remove(_ unit: UInt32, _ map: borrowing CellMap) {
    let slot = slot(of: unit)
    assert(slot != .max)
    let next = nextUnit[unit]
    let previous = previousUnit[unit]
    if next != .max { previousUnit[next] = previous }
    if previous == .max { firstUnit[slot] = next } else { nextUnit[previous] = next }
    slotOfUnit[unit] = 0
    let levelClass = Int(slot) / cells
    count(unit, slot - UInt32(levelClass * cells), levelClass, -1, map)
  }

  private func count(
    _ unit: UInt32, _ start: UInt32, _ levelClass: Int, _ step: Int32, _ map: borrowing CellMap
  ) {
    var cell = start
    while cell != .max {
      let slot = levelClass * cells + Int(cell)
      tallies[slot].total = UInt32(bitPattern: Int32(bitPattern: tallies[slot].total) + step)
      tallies[slot].mixed ^= unit
      cell = map.parent[cell]
    }
  }
}
