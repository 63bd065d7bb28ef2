// The latest broken promises: which clock of which incident, when it was due, and by how much it was missed.

import HujiaContainers

package struct Breach: BitwiseCopyable {
  package var incidentID: UInt64
  package var assignmentID: UInt64
  package var unitID: UInt64
  package var due_ns: Int64
  package var dueWall_us: Int64
  /// When the promise ended, as it really was; `Int64.max` while it is open.
  package var ended_ns: Int64
  package var clock: ClockKind
  package var tier: Tier
  package var type: UInt32
  /// It was kept after all: what kept it was told late.
  package var wasKept = false
  /// Its incident was written on paper.
  package var isCatchUp = false
  /// The host's own number of the incident.
  package var reference = Reference()
}

/// A ring of the newest breaches. Note, settle, read: O(1).
package struct BreachList: ~Copyable {
  private let inPlace = InPlace()
  private let ring: Block<Breach>
  /// How many were ever noted; breach number n is at (n - 1) % capacity.
  private var noted: UInt32 = 0
  /// Where the numbers begin that a reset has left.
  private var first: UInt32 = 0
  /// By clock slot: the number of the breach of its promise, 0 = none, and two marks.
  private let open: Block<UInt32>
  private static var over: UInt32 { 1 << 31 }
  private static var kept: UInt32 { 1 << 30 }
  private static var numbers: UInt32 { kept - 1 }

  init(_ memory: Memory, capacity: Int, clocks: Int) throws(OutOfMemory) {
    let ring = try Block<Breach>(memory, count: max(capacity, 1))
    let open = try Block<UInt32>(memory, count: clocks)
    self.ring = ring
    self.open = open
  }

  private func place(_ number: UInt32) -> Int { Int(number - 1) % ring.count }
  private func isKept(_ number: UInt32) -> Bool {
    number > first && number <= noted && Int(noted - number) < ring.count
  }

  /// O(1). After a thousand million breaches the list begins anew.
  mutating func note(_ breach: Breach, clock slot: UInt32) {
    if noted == Self.numbers { reset() }
    noted += 1
    ring[place(noted)] = breach
    open[slot] = noted
  }

  /// The slot's promise has a breach, which may be over.
  func isNoted(clock slot: UInt32) -> Bool { open[slot] != 0 }
  func isOpen(clock slot: UInt32) -> Bool { open[slot] != 0 && open[slot] & Self.over == 0 }

  /// Says how a breach ended, perhaps anew. Returns by how many breaches there are more or fewer that stand.
  mutating func settle(clock slot: UInt32, ended_ns: Int64, isKept wasKept: Bool) -> Int64 {
    let before = open[slot]
    guard before != 0 else { return 0 }
    let number = before & Self.numbers
    open[slot] =
      number | (ended_ns == .max ? 0 : Self.over) | (wasKept ? Self.kept : 0)
    if isKept(number) {
      ring[place(number)].ended_ns = ended_ns
      ring[place(number)].wasKept = wasKept
    }
    return (before & Self.kept != 0 ? 1 : 0) - (wasKept ? 1 : 0)
  }

  /// The breach of a slot and how it stands, to be put back; the slot has none then.
  mutating func take(clock slot: UInt32) -> UInt32 {
    let taken = open[slot]
    open[slot] = 0
    return taken
  }

  /// Puts a breach back that was taken.
  mutating func put(_ taken: UInt32, clock slot: UInt32) { open[slot] = taken }

  /// A breach that was taken is that of the slot's promise again, and open. Returns as `settle`.
  mutating func reopen(_ taken: UInt32, clock slot: UInt32) -> Int64 {
    open[slot] = taken
    return settle(clock: slot, ended_ns: .max, isKept: false)
  }

  /// A promise that another slot keeps from now on takes its breach along.
  mutating func move(from old: UInt32, to new: UInt32) {
    open[new] = open[old]
    open[old] = 0
  }

  // In a state

  /// How many there were, and the newest of them; of a shorter list only so many fit.
  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x6361_7242)
    var kept = count
    coder.code(&noted, 0...Self.numbers)
    coder.code(count: &kept, most: Int(noted))
    if coder.isReading { first = noted - UInt32(kept) }
    for index in stride(from: kept - 1, through: 0, by: -1) {
      let number = noted - UInt32(index)
      guard coder.isReading else {
        ring[place(number)].code(&coder)
        continue
      }
      var breach = Breach.blank
      breach.code(&coder)
      guard coder.isGood else { return }
      if index < ring.count { ring[place(number)] = breach }
    }
  }

  /// The breach of a clock's promise, and how it stands.
  mutating func code(clock slot: UInt32, _ coder: inout StateCoder) {
    coder.code(&open[slot])
    coder.demand(open[slot] & Self.numbers <= noted, "a clock names a breach that never was")
  }

  package var count: Int { min(Int(noted - first), ring.count) }

  /// Newest first, 0 ..< count.
  package func breach(_ index: Int) -> Breach { ring[place(noted - UInt32(index))] }

  /// The number of the newest, to read from there on while newer ones come. O(1).
  package var newest: UInt32 { noted }

  /// A breach by its number; nil when it has made room for newer ones, or a reset has left it. O(1).
  package func breach(number: UInt32) -> Breach? {
    number <= noted && isKept(number) ? ring[place(number)] : nil
  }

  mutating func reset() {
    if noted > Self.numbers / 2 {
      noted = 0
      open.base.update(repeating: 0, count: open.count)
    }
    first = noted
  }

  // What is true between two commands

  func validate(_ invariants: inout Invariants) {
    invariants.hold(first <= noted, "breaches are numbered upwards", noted)
    for slot in 0..<open.count where open[slot] != 0 {
      let number = open[slot] & Self.numbers
      invariants.hold(
        number > 0 && number <= noted, "a promise that was broken has its number", slot)
      guard number > 0, isKept(number) else { continue }
      let breach = ring[place(number)]
      invariants.hold(
        (breach.ended_ns != .max) == (open[slot] & Self.over != 0)
          && breach.wasKept == (open[slot] & Self.kept != 0),
        "a breach is listed as its promise knows it", slot)
    }
  }
}
