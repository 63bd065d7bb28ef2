// Engine handles are tokens: looked up here (index, generation) before anything is dereferenced, so a closed or
// invented handle answers HJ_E_STALE while any number of threads race.

import CHujiaBaton
import Synchronization

/// Up to 256 open engines. Enter and leave: one atomic add each; a slot whose engine is closing lets nobody in.
package enum HandleTable {
  static let limit = Int(HUJIA_SLOTS)

  /// One line of the static table (`hujia_slots`): the state, and the engine that it guards.
  private struct Slot {
    let line: UnsafeMutablePointer<hujia_slot>
    @inline(__always) init(_ index: Int) { line = hujia_slot_at(UInt32(index)) }

    /// generation << 32 | closing << 31 | users
    @inline(__always) var state: UnsafeMutablePointer<Atomic<UInt64>> {
      UnsafeMutableRawPointer(line).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
    @inline(__always) var engine: Unmanaged<EngineDriver>? {
      get { line.pointee.engine.map { Unmanaged.fromOpaque($0) } }
      nonmutating set { line.pointee.engine = newValue?.toOpaque() }
    }
  }

  private static let closing: UInt64 = 1 << 31
  private static let userMask: UInt64 = closing - 1

  private static func token(_ index: Int, _ state: UInt64) -> UInt {
    // Never nil, never an address: odd, with index and generation.
    UInt(state >> 32) << 16 | UInt(index) << 1 | 1
  }

  private static func index(_ token: UInt) -> Int? {
    guard token & 1 == 1 else { return nil }
    let index = Int(token >> 1 & 0x7fff)
    return index < limit ? index : nil
  }

  /// Files an open engine; nil when the table is full.
  static func insert(_ engine: EngineDriver) -> UInt? {
    for index in 0..<limit {
      let slot = Slot(index)
      let state = slot.state.pointee.load(ordering: .relaxed)
      guard state >> 32 & 1 == 0, state & (closing | userMask) == 0 else { continue }
      // Claim it (closing bit on, generation odd) before the pointer is written.
      let claimed = (state >> 32 &+ 1) << 32 | closing
      guard
        slot.state.pointee.compareExchange(
          expected: state, desired: claimed, ordering: .acquiringAndReleasing
        ).exchanged
      else { continue }
      slot.engine = .passRetained(engine)
      _ = slot.state.pointee.bitwiseAnd(~closing, ordering: .releasing)
      return token(index, claimed)
    }
    return nil
  }

  /// Runs `body` with the engine of `token`, which cannot close meanwhile; nil when it is stale.
  @inline(__always)
  static func with<Result>(
    _ token: UInt, _ body: (EngineDriver) -> Result
  ) -> Result? {
    guard let index = index(token) else { return nil }
    let slot = Slot(index)
    let entered = slot.state.pointee.add(1, ordering: .acquiring).newValue
    defer { slot.state.pointee.subtract(1, ordering: .releasing) }
    guard entered & closing == 0, entered >> 32 & 1 == 1,
      UInt(entered >> 32) == token >> 16, let engine = slot.engine
    else { return nil }
    return engine._withUnsafeGuaranteedRef(body)
  }

  /// Shuts the door of `token`: nobody new gets in. False when it is stale or another close came first.
  static func beginClosing(_ token: UInt) -> Bool {
    guard let index = index(token) else { return false }
    let slot = Slot(index)
    var state = slot.state.pointee.load(ordering: .relaxed)
    while true {
      guard state & closing == 0, state >> 32 & 1 == 1, UInt(state >> 32) == token >> 16 else {
        return false
      }
      let (won, seen) = slot.state.pointee.compareExchange(
        expected: state, desired: state | closing, ordering: .acquiringAndReleasing)
      if won { return true }
      state = seen
    }
  }

  /// Opens the door again (closing was refused).
  static func cancelClosing(_ token: UInt) {
    guard let index = index(token) else { return }
    _ = Slot(index).state.pointee.bitwiseAnd(~closing, ordering: .releasing)
  }

  /// How many calls are inside.
  static func users(_ token: UInt) -> Int {
    guard let index = index(token) else { return 0 }
    return Int(Slot(index).state.pointee.load(ordering: .acquiring) & userMask)
  }

  /// The engine of a slot whose door is shut by this caller.
  static func engine(_ token: UInt) -> EngineDriver? {
    guard let index = index(token) else { return nil }
    return Slot(index).engine?.takeUnretainedValue()
  }

  /// Empties a slot whose door is shut and whose users are gone; the next generation may use it.
  static func remove(_ token: UInt) {
    guard let index = index(token) else { return }
    let slot = Slot(index)
    let engine = slot.engine
    slot.engine = nil
    var state = slot.state.pointee.load(ordering: .relaxed)
    while true {
      // Callers with stale tokens may be passing through: keep their count.
      let next = (state >> 32 &+ 1) << 32 | state & userMask
      let (won, seen) = slot.state.pointee.compareExchange(
        expected: state, desired: next, ordering: .acquiringAndReleasing)
      if won { break }
      state = seen
    }
    engine?.release()
  }
}
