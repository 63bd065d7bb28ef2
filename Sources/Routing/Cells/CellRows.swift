// For each cell, how near its units are: the element-wise least of their label rows, so that one scan gives the exact
// travel time of the nearest unit in the cell (or, until a cell that units have left is mended, less).
// Must never show more than the truth: a search that trusts a row would miss a unit.

import CHujiaKernels
import HujiaContainers

/// One profile's rows, three classes of them. Slot = class · cells + cell, as in `CellUnits`.
struct CellRows: ~Copyable {
  private let rows: Block<UInt32>
  /// Slots whose row may be lower than it need be, waiting to be mended; at most once each.
  private let waiting: Block<UInt32>
  private let isWaiting: Block<UInt8>
  /// Units that left the slot's leaf since it was mended.
  private let gone: Block<UInt16>
  private var firstWaiting = 0
  private(set) var waitingCount = 0
  private let entriesPerClass: Int
  private let cells: Int
  /// Slots from here on are valid; a new metric makes all of them void, and they are filled from the highest down.
  private(set) var validFrom: Int

  init(_ map: borrowing CellMap, memory: Memory) throws(OutOfMemory) {
    let slots = map.count * UnitTraits.classes
    entriesPerClass = map.rowEntries
    cells = map.count
    let rows = try Block<UInt32>(
      memory, count: map.rowEntries * UnitTraits.classes, isHot: true)
    let waiting = try Block<UInt32>(memory, count: slots)
    let isWaiting = try Block<UInt8>(memory, count: slots)
    let gone = try Block<UInt16>(memory, count: slots)
    self.rows = rows
    self.waiting = waiting
    self.isWaiting = isWaiting
    self.gone = gone
    validFrom = 0
  }

  @inline(__always) var isValid: Bool { validFrom == 0 }

  @inline(__always)
  func row(cell: Int, levelClass: Int, _ map: borrowing CellMap) -> UnsafeMutablePointer<UInt32> {
    rows.base + levelClass * entriesPerClass + map.row(cell)
  }

  mutating func voidAll() { validFrom = cells * UnitTraits.classes }

  /// A unit left the leaf, `left` units stay. Mending looks at each of them, so it waits until an eighth is gone: O(1)
  /// a change, and the row stays a little too low meanwhile.
  mutating func leave(_ slot: Int, left: Int) {
    gone[slot] &+= 1
    if Int(gone[slot]) * 8 > left || gone[slot] == .max { wait(slot) }
  }

  mutating func wait(_ slot: Int) {
    if isWaiting[slot] != 0 { return }
    isWaiting[slot] = 1
    var place = firstWaiting + waitingCount
    if place >= waiting.count { place -= waiting.count }
    waiting[place] = UInt32(slot)
    waitingCount += 1
  }

  /// The slot to mend next: one that waits, else the next void one.
  mutating func takeWork() -> Int? {
    if validFrom > 0 {
      validFrom -= 1
      return validFrom
    }
    guard waitingCount > 0 else { return nil }
    let slot = Int(waiting[firstWaiting])
    firstWaiting += 1
    if firstWaiting == waiting.count { firstWaiting = 0 }
    waitingCount -= 1
    isWaiting[slot] = 0
    gone[slot] = 0
    return slot
  }
}
