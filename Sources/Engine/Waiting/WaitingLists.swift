// Read first for what waits. Incidents that still want units, by what they need: each need has one list in order of
// receipt, and where the plan names a radius one list for each cell of the ground besides. So a unit that becomes free
// looks at needs and cells, not at incidents that it cannot serve.

import HujiaContainers

struct WaitingLists: ~Copyable {
  static var none: UInt32 { .max }
  /// Needs told apart at once; incidents beyond share one that says "any unit".
  static var needLimit: Int { 1_024 }

  struct NeedEntry: BitwiseCopyable {
    var need: Need
    var cells: ReachCells
    var root: UInt32
    var count: UInt32
    /// In the bucket, or among the unused.
    var next: UInt32
    /// In the ring of its tier's needs, which the entry "any unit" begins; only needs that wait are in it.
    var previousInTier: UInt32
    var nextInTier: UInt32
  }

  struct CellEntry: BitwiseCopyable {
    var cell: ReachCells.Cell
    var need: UInt32
    var root: UInt32
    var next: UInt32
  }

  private let inPlace = InPlace()

  // By incident
  private let keys: Block<WaitingKey>
  private let needOf: Block<UInt32>
  private let cellOf: Block<UInt32>
  private let needLinks: Block<TreapLinks>
  private let cellLinks: Block<TreapLinks>
  private let needTree: WaitingTree
  private let cellTree: WaitingTree

  /// The first five say "any unit", one a tier.
  private let needs: Block<NeedEntry>
  private var needsUsed = Tier.allCases.count
  private var unusedNeed = WaitingLists.none
  private let needBuckets: Block<UInt32>  // entry + 1

  private let cells: Block<CellEntry>
  private var cellsUsed: UInt32 = 0
  private var unusedCell = WaitingLists.none
  private let cellBuckets: Block<UInt32>  // entry + 1
  private let cellMask: UInt64

  /// Where the walk of one unit stands in each list that it can serve: a heap by key.
  private let cursors: Block<Cursor>
  private var cursorCount = 0

  struct Cursor: BitwiseCopyable {
    var incident: UInt32
    var isCell: Bool
  }

  private var serial: UInt64 = 0
  private(set) var count = 0

  /// 72 to 76 bytes an incident.
  init(_ memory: Memory, incidents: Int) throws(OutOfMemory) {
    let tiers = Tier.allCases.count
    var buckets = 4
    while buckets < incidents { buckets <<= 1 }
    let keys = try Block<WaitingKey>(memory, count: incidents)
    let needOf = try Block<UInt32>(memory, count: incidents)
    let cellOf = try Block<UInt32>(memory, count: incidents)
    let needLinks = try Block<TreapLinks>(memory, count: incidents)
    let cellLinks = try Block<TreapLinks>(memory, count: incidents)
    let needs = try Block<NeedEntry>(memory, count: tiers + Self.needLimit)
    let needBuckets = try Block<UInt32>(memory, count: Self.needLimit * 2)
    let cells = try Block<CellEntry>(memory, count: incidents)
    let cellBuckets = try Block<UInt32>(memory, count: buckets)
    let cursors = try Block<Cursor>(memory, count: (tiers + Self.needLimit) * Self.cellsAround)
    for tier in Tier.allCases {
      needs.base[Int(tier.rawValue)] = NeedEntry(
        need: .anything(tier), cells: ReachCells(reach_dm: 0), root: Self.none, count: 0,
        next: Self.none, previousInTier: UInt32(tier.rawValue), nextInTier: UInt32(tier.rawValue))
    }
    needTree = WaitingTree(needLinks.base, keys.base)
    cellTree = WaitingTree(cellLinks.base, keys.base)
    self.keys = keys
    self.needOf = needOf
    self.cellOf = cellOf
    self.needLinks = needLinks
    self.cellLinks = cellLinks
    self.needs = needs
    self.needBuckets = needBuckets
    self.cells = cells
    self.cellBuckets = cellBuckets
    cellMask = UInt64(buckets - 1)
    self.cursors = cursors
  }

  /// Three rows: five columns each in the cities, twenty in all beside a pole.
  private static var cellsAround: Int { 32 }

  func key(of incident: UInt32) -> WaitingKey { keys[incident] }

  // In and out

  /// A new place at the end of those with the same receipt. O(log n).
  mutating func insert(
    _ incident: UInt32, _ need: Need, received_ns: Int64, lat_e7: Int32, lon_e7: Int32,
    reach_dm: UInt64
  ) {
    serial += 1
    keys[incident] = WaitingKey(received_ns: received_ns, serial: serial)
    file(incident, need, lat_e7, lon_e7, reach_dm)
    count += 1
  }

  /// O(log n).
  mutating func remove(_ incident: UInt32) {
    takeOut(incident)
    count -= 1
  }

  /// Whether an incident is listed under this need, or under "any unit".
  func isFiled(_ incident: UInt32, under need: Need) -> Bool {
    needs[needOf[incident]].need == need
  }

  /// The same incident at its own place in the list of another need. O(log n).
  mutating func refile(
    _ incident: UInt32, _ need: Need, lat_e7: Int32, lon_e7: Int32, reach_dm: UInt64
  ) {
    takeOut(incident)
    file(incident, need, lat_e7, lon_e7, reach_dm)
  }

  private mutating func file(
    _ incident: UInt32, _ need: Need, _ lat_e7: Int32, _ lon_e7: Int32, _ reach_dm: UInt64
  ) {
    file(incident, in: entry(for: need, reach_dm), lat_e7, lon_e7)
  }

  private mutating func file(
    _ incident: UInt32, in entry: UInt32, _ lat_e7: Int32, _ lon_e7: Int32
  ) {
    needOf[incident] = entry
    needTree.insert(incident, root: &needs[entry].root)
    needs[entry].count += 1
    cellOf[incident] = Self.none
    guard needs[entry].need.radius_dm > 0 else { return }
    let cell = cellEntry(needs[entry].cells.cell(lat_e7, lon_e7), entry)
    cellOf[incident] = cell
    cellTree.insert(incident, root: &cells[cell].root)
  }

  private mutating func takeOut(_ incident: UInt32) {
    let cell = cellOf[incident]
    if cell != Self.none {
      cellTree.remove(incident, root: &cells[cell].root)
      if cells[cell].root == Self.none { forget(cell: cell) }
    }
    let entry = needOf[incident]
    needTree.remove(incident, root: &needs[entry].root)
    needs[entry].count -= 1
    if needs[entry].count == 0 { forget(need: entry) }
  }

  // Needs

  private func bucket(_ need: Need) -> Int {
    Int(truncatingIfNeeded: need.hash) & (needBuckets.count - 1)
  }

  private mutating func entry(for need: Need, _ reach_dm: UInt64) -> UInt32 {
    let bucket = bucket(need)
    var entry = needBuckets[bucket] &- 1
    while entry != Self.none {
      if needs[entry].need == need { return entry }
      entry = needs[entry].next
    }
    if unusedNeed != Self.none {
      entry = unusedNeed
      unusedNeed = needs[entry].next
    } else {
      guard needsUsed < needs.count else { return UInt32(need.tier.rawValue) }
      entry = UInt32(needsUsed)
      needsUsed += 1
    }
    let first = UInt32(need.tier.rawValue)
    needs[entry] = NeedEntry(
      need: need, cells: ReachCells(reach_dm: reach_dm), root: Self.none, count: 0,
      next: needBuckets[bucket] &- 1, previousInTier: first, nextInTier: needs[first].nextInTier)
    needs[needs[first].nextInTier].previousInTier = entry
    needs[first].nextInTier = entry
    needBuckets[bucket] = entry &+ 1
    return entry
  }

  private mutating func forget(need entry: UInt32) {
    guard entry >= Tier.allCases.count else { return }
    let bucket = bucket(needs[entry].need)
    let next = needs[entry].next
    if needBuckets[bucket] == entry &+ 1 {
      needBuckets[bucket] = next &+ 1
    } else {
      var before = needBuckets[bucket] &- 1
      while needs[before].next != entry { before = needs[before].next }
      needs[before].next = next
    }
    needs[needs[entry].previousInTier].nextInTier = needs[entry].nextInTier
    needs[needs[entry].nextInTier].previousInTier = needs[entry].previousInTier
    needs[entry].next = unusedNeed
    unusedNeed = entry
  }

  // In a state

  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x7469_6157)
    coder.code(&serial, 0...1 << 62)
  }

  /// One that waits, at its place. Read, it is filed under its need, or in its tier's list where the table of needs was
  /// full then: a need of "any unit" has an entry of its own, and taking one for those would leave another need without.
  mutating func code(
    _ incident: UInt32, _ need: Need, lat_e7: Int32, lon_e7: Int32, reach_dm: UInt64,
    _ coder: inout StateCoder
  ) {
    keys[incident].code(&coder)
    var isOfTier = coder.isReading ? false : needOf[incident] < UInt32(Tier.allCases.count)
    coder.code(&isOfTier)
    guard coder.isReading, coder.isGood else { return }
    let entry = isOfTier ? UInt32(need.tier.rawValue) : entry(for: need, reach_dm)
    file(incident, in: entry, lat_e7, lon_e7)
    count += 1
  }

  // For `validate`

  var needsInUse: Int { needsUsed }
  func needEntry(_ entry: Int) -> NeedEntry { needs[entry] }
  func needCount(_ entry: Int) -> Int? { needTree.consistentCount(root: needs[entry].root) }
  func isIndexed(_ entry: Int) -> Bool {
    var other = needBuckets[bucket(needs[entry].need)] &- 1
    while other != Self.none, other != UInt32(entry) { other = needs[other].next }
    return other != Self.none
  }
  /// Whether the incident is in a need's list, and in the list of a cell exactly where the need has a radius.
  func isListed(_ incident: UInt32) -> Bool {
    let entry = needs[needOf[incident]]
    return entry.count > 0 && (cellOf[incident] != Self.none) == (entry.need.radius_dm > 0)
  }

  // Cells

  private func bucket(_ cell: ReachCells.Cell, _ need: UInt32) -> Int {
    let place = UInt64(UInt32(bitPattern: cell.row)) << 32 | UInt64(UInt32(bitPattern: cell.column))
    return Int(Spread.mix(Spread.mix(place) ^ UInt64(need)) & cellMask)
  }

  private func find(_ cell: ReachCells.Cell, _ need: UInt32) -> UInt32 {
    var entry = cellBuckets[bucket(cell, need)] &- 1
    while entry != Self.none, cells[entry].need != need || cells[entry].cell != cell {
      entry = cells[entry].next
    }
    return entry
  }

  private mutating func cellEntry(_ cell: ReachCells.Cell, _ need: UInt32) -> UInt32 {
    var entry = find(cell, need)
    if entry != Self.none { return entry }
    if unusedCell != Self.none {
      entry = unusedCell
      unusedCell = cells[entry].next
    } else {
      entry = cellsUsed
      cellsUsed += 1
    }
    let bucket = bucket(cell, need)
    cells[entry] = CellEntry(
      cell: cell, need: need, root: Self.none, next: cellBuckets[bucket] &- 1)
    cellBuckets[bucket] = entry &+ 1
    return entry
  }

  private mutating func forget(cell entry: UInt32) {
    let bucket = bucket(cells[entry].cell, cells[entry].need)
    let next = cells[entry].next
    if cellBuckets[bucket] == entry &+ 1 {
      cellBuckets[bucket] = next &+ 1
    } else {
      var before = cellBuckets[bucket] &- 1
      while cells[before].next != entry { before = cells[before].next }
      cells[before].next = next
    }
    cells[entry].next = unusedCell
    unusedCell = entry
  }

  // The walk of one unit

  /// Begins a walk over the incidents of one tier whose need a unit serves, from `bound` on. Where the unit's place is
  /// unknown no radius leaves anything out. Returns the steps it took. O(needs that wait in the tier · log n).
  mutating func beginWalk(
    _ tier: Tier, _ unit: UnitRecord, from bound: WaitingKey, isPlaced: Bool
  ) -> Int {
    cursorCount = 0
    var steps = 0
    let anyUnit = UInt32(tier.rawValue)
    if needs[anyUnit].count > 0 { steps += begin(anyUnit, unit, bound, isPlaced) }
    var entry = needs[anyUnit].nextInTier
    while entry != anyUnit {
      steps += begin(entry, unit, bound, isPlaced)
      entry = needs[entry].nextInTier
    }
    return steps
  }

  private mutating func begin(
    _ entry: UInt32, _ unit: UnitRecord, _ bound: WaitingKey, _ isPlaced: Bool
  ) -> Int {
    guard needs[entry].need.serves(unit) else { return 1 }
    guard isPlaced, needs[entry].need.radius_dm > 0 else {
      add(needTree.first(from: bound, root: needs[entry].root), isCell: false)
      return 1
    }
    var steps = 1
    let around = needs[entry].cells
    around.around(unit.place.lat_e7, unit.place.lon_e7) { cell in
      steps += 1
      let list = find(cell, entry)
      if list != Self.none {
        add(cellTree.first(from: bound, root: cells[list].root), isCell: true)
      }
    }
    return steps
  }

  /// The next incident of the walk; it stays the next until `passOver`.
  var walked: UInt32 { cursorCount == 0 ? Self.none : cursors[0].incident }

  mutating func passOver() {
    let next =
      cursors[0].isCell
      ? cellTree.next(after: cursors[0].incident) : needTree.next(after: cursors[0].incident)
    if next == Self.none {
      cursorCount -= 1
      cursors[0] = cursors[cursorCount]
    } else {
      cursors[0].incident = next
    }
    sink()
  }

  private mutating func add(_ incident: UInt32, isCell: Bool) {
    guard incident != Self.none else { return }
    var index = cursorCount
    cursorCount += 1
    let own = keys[incident]
    while index > 0, own < keys[cursors[(index - 1) / 2].incident] {
      cursors[index] = cursors[(index - 1) / 2]
      index = (index - 1) / 2
    }
    cursors[index] = Cursor(incident: incident, isCell: isCell)
  }

  private mutating func sink() {
    var index = 0
    while index * 2 + 1 < cursorCount {
      var child = index * 2 + 1
      if child + 1 < cursorCount,
        keys[cursors[child + 1].incident] < keys[cursors[child].incident]
      {
        child += 1
      }
      guard keys[cursors[child].incident] < keys[cursors[index].incident] else { return }
      let other = cursors[child]
      cursors[child] = cursors[index]
      cursors[index] = other
      index = child
    }
  }
}
