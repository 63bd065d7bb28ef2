// Read first in this folder. Where incidents are open, by cells of the ground: what a call may repeat is looked for
// in a few cells, so fifty thousand open incidents cost no more than those nearby. Must never: decide, touch a record.

import HujiaContainers

/// Open and merged incidents that have a place, each in one of a fixed number of lists, newest first.
struct OpenGrid: ~Copyable {
  private let inPlace = InPlace()
  private let entries: Block<Entry>
  /// Each list holds the cells that share it: an entry is looked at by its place, never by its list alone.
  private let heads: Block<UInt32>
  private let shift: UInt64
  private(set) var count = 0

  /// One incident, by its slot. Links are kept one higher, so that fresh memory links nothing.
  struct Entry: BitwiseCopyable {
    var lat_e7: Int32 = 0
    var lon_e7: Int32 = 0
    /// When it came to be here: never before its receipt.
    var filed_ns: Int64 = 0
    private var previousUp: UInt32 = 0
    private var nextUp: UInt32 = 0
    private var listUp: UInt32 = 0
    var isFiled: Bool { listUp != 0 }
    var list: UInt32 { listUp &- 1 }
    var previous: UInt32 {
      get { previousUp &- 1 }
      set { previousUp = newValue &+ 1 }
    }
    var next: UInt32 {
      get { nextUp &- 1 }
      set { nextUp = newValue &+ 1 }
    }
    init() {}
    init(_ lat_e7: Int32, _ lon_e7: Int32, _ filed_ns: Int64, list: UInt32) {
      self.lat_e7 = lat_e7
      self.lon_e7 = lon_e7
      self.filed_ns = filed_ns
      listUp = list &+ 1
    }
  }

  init(_ memory: Memory, incidents: Int) throws(OutOfMemory) {
    var lists = 16
    while lists < incidents { lists *= 2 }
    let entries = try Block<Entry>(memory, count: incidents)
    let heads = try Block<UInt32>(memory, count: lists)
    shift = 64 - UInt64(lists.trailingZeroBitCount)
    self.entries = entries
    self.heads = heads
  }

  /// Cells are as wide as the distance of most plans, so that nine are looked at.
  static let cells = ReachCells(reach_dm: 4_000)
  static let cell_dm: Int64 = 4_000

  @inline(__always) func list(_ cell: ReachCells.Cell) -> UInt32 {
    let key = UInt64(UInt32(bitPattern: cell.row)) << 32 | UInt64(UInt32(bitPattern: cell.column))
    // Fibonacci hashing (Knuth, The Art of Computer Programming, 3, 6.4).
    return UInt32((key &* 0x9e37_79b9_7f4a_7c15) >> shift)
  }

  @inline(__always) subscript(slot: UInt32) -> Entry { entries[slot] }
  @inline(__always) func first(_ list: UInt32) -> UInt32 { heads[list] &- 1 }

  /// Behind all that came later. O(1) for what comes now.
  mutating func file(_ slot: UInt32, lat_e7: Int32, lon_e7: Int32, at_ns: Int64) {
    assert(!entries[slot].isFiled)
    let list = list(Self.cells.cell(lat_e7, lon_e7))
    var before = IncidentRecord.none
    var after = first(list)
    while after != IncidentRecord.none, entries[after].filed_ns > at_ns {
      before = after
      after = entries[after].next
    }
    entries[slot] = Entry(lat_e7, lon_e7, at_ns, list: list)
    entries[slot].previous = before
    entries[slot].next = after
    if before == IncidentRecord.none { heads[list] = slot + 1 } else { entries[before].next = slot }
    if after != IncidentRecord.none { entries[after].previous = slot }
    count += 1
  }

  /// Nothing where it is not here.
  mutating func remove(_ slot: UInt32) {
    let own = entries[slot]
    guard own.isFiled else { return }
    if own.previous == IncidentRecord.none {
      heads[own.list] = own.next &+ 1
    } else {
      entries[own.previous].next = own.next
    }
    if own.next != IncidentRecord.none { entries[own.next].previous = own.previous }
    entries[slot] = Entry()
    count -= 1
  }

  /// Every list leads forward and back, newest first, and holds what belongs into it.
  func validate(_ invariants: inout Invariants) {
    var listed = 0
    for list in 0..<UInt32(heads.count) {
      var (before, here) = (IncidentRecord.none, first(list))
      while here != IncidentRecord.none, listed <= entries.count {
        let entry = entries[here]
        invariants.hold(
          entry.list == list && entry.previous == before
            && self.list(Self.cells.cell(entry.lat_e7, entry.lon_e7)) == list,
          "an incident is in the list of its cell, forward and back", here)
        invariants.hold(
          before == IncidentRecord.none || entries[before].filed_ns >= entry.filed_ns,
          "the newest incidents of a cell come first", here)
        (before, here) = (here, entry.next)
        listed += 1
      }
    }
    invariants.hold(listed == count, "the lists of open incidents hold all of them", listed)
  }
}
