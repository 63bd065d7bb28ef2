// The latest broken promises: which clock of which incident, when it was due, and by how much it was missed.

import HujiaContainers

package struct Breach: BitwiseCopyable {
  package var incidentID: UInt64
  package var assignmentID: UInt64
  package var unitID: UInt64
  package var due_ns: Int64
  package var dueWall_us: Int64
  /// When the clock was stopped; `Int64.max` while the promise is still open.
  package var ended_ns: Int64
  package var clock: ClockKind
  package var tier: Tier
  package var type: UInt32
}

/// A ring of the newest breaches. Note, end, read: O(1).
package struct BreachList: ~Copyable {
  private let ring: Block<Breach>
  /// How many were ever noted; breach number n is at (n - 1) % capacity.
  private var noted: UInt32 = 0
  /// Where the numbers begin that a reset has left.
  private var first: UInt32 = 0
  /// By clock slot: the number of its open breach, 0 = none.
  private let open: Block<UInt32>

  init(_ memory: Memory, capacity: Int, clocks: Int) throws(OutOfMemory) {
    let ring = try Block<Breach>(memory, count: max(capacity, 1))
    let open = try Block<UInt32>(memory, count: clocks)
    self.ring = ring
    self.open = open
  }

  private func place(_ number: UInt32) -> Int { Int(number - 1) % ring.count }
  private func isKept(_ number: UInt32) -> Bool {
    number > first && Int(noted - number) < ring.count
  }

  /// O(1). After four thousand million breaches the list begins anew.
  mutating func note(_ breach: Breach, clock slot: UInt32) {
    if noted == .max { reset() }
    noted += 1
    ring[place(noted)] = breach
    open[slot] = noted
  }

  mutating func end(clock slot: UInt32, now_ns: Int64) {
    let number = open[slot]
    guard number != 0 else { return }
    open[slot] = 0
    if isKept(number) { ring[place(number)].ended_ns = now_ns }
  }

  /// A promise that another slot keeps from now on takes its breach along.
  mutating func move(from old: UInt32, to new: UInt32) {
    open[new] = open[old]
    open[old] = 0
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
    if noted > .max / 2 {
      noted = 0
      open.base.update(repeating: 0, count: open.count)
    }
    first = noted
  }
}
