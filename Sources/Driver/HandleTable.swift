// Engine handles are tokens: looked up here (index, generation) before anything is dereferenced, so a closed or
// invented handle answers HJ_E_STALE while any number of threads race.

import CHujiaBaton
import HujiaEngine
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
    /// Generations up to this one are handles of a process that this one was forked from.
    var inherited: UInt64 {
      get { line.pointee.inherited }
      nonmutating set { line.pointee.inherited = newValue }
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

  /// A slot that is taken and lets nobody in yet.
  struct Claim {
    fileprivate let index: Int
    fileprivate let state: UInt64
  }

  /// Takes a free slot; nil when there is none.
  static func claim() -> Claim? {
    for index in 0..<limit {
      let slot = Slot(index)
      let state = slot.state.pointee.load(ordering: .relaxed)
      guard state >> 32 & 1 == 0, state & (closing | userMask) == 0 else { continue }
      // Closing bit on, generation odd.
      let claimed = (state >> 32 &+ 1) << 32 | closing
      if slot.state.pointee.compareExchange(
        expected: state, desired: claimed, ordering: .acquiringAndReleasing
      ).exchanged {
        return Claim(index: index, state: claimed)
      }
    }
    return nil
  }

  /// Files an open engine in the slot; its handle.
  static func file(_ engine: EngineDriver, _ claim: Claim) -> UInt {
    let slot = Slot(claim.index)
    slot.engine = .passRetained(engine)
    _ = slot.state.pointee.bitwiseAnd(~closing, ordering: .releasing)
    return token(claim.index, claim.state)
  }

  /// The engine was not opened after all.
  static func giveBack(_ claim: Claim) { remove(token(claim.index, claim.state)) }

  /// Whether a slot in this state is the engine of `token`, open.
  @inline(__always)
  private static func isOpen(_ state: UInt64, _ token: UInt) -> Bool {
    state & closing == 0 && state >> 32 & 1 == 1 && UInt(state >> 32) == token >> 16
  }

  /// Runs `body` with the engine of `token`, which cannot close meanwhile; nil when it is stale.
  @inline(__always)
  static func with<Result>(
    _ token: UInt, _ body: (EngineDriver) -> Result
  ) -> Result? {
    guard let index = index(token) else { return nil }
    let slot = Slot(index)
    // Check first, count second. Threads that keep calling a closed handle are never counted, so `close` waits only
    // for calls already inside.
    guard isOpen(slot.state.pointee.load(ordering: .relaxed), token) else { return nil }
    let entered = slot.state.pointee.wrappingAdd(1, ordering: .acquiring).newValue
    defer { leave(slot) }
    guard isOpen(entered, token), let engine = slot.engine else { return nil }
    return engine._withUnsafeGuaranteedRef(body)
  }

  @inline(__always)
  private static func leave(_ slot: Slot) {
    let left = slot.state.pointee.wrappingSubtract(1, ordering: .releasing).newValue
    if left & (closing | userMask) == closing { wakeCloser(slot) }
  }

  /// Counts a call out that a hook of the host has left in its midst; 0 is no call.
  static func leaveAbandoned(_ token: UInt) {
    if let index = index(token) { leave(Slot(index)) }
  }

  /// The half of the state that a closing thread sleeps on: closing << 31 | users.
  private static func door(_ slot: Slot) -> UnsafeMutablePointer<UInt32> {
    let half = UInt32(littleEndian: 1) == 1 ? 0 : 4
    return (UnsafeMutableRawPointer(slot.line) + half).assumingMemoryBound(to: UInt32.self)
  }

  @inline(never) private static func wakeCloser(_ slot: Slot) { hujia_wake(door(slot)) }

  /// Shuts the door of `token`: nobody new gets in. False when it is stale or another close came first. The caller is
  /// inside by `with`, and has made sure that it may wait: a door that is shut is never opened again.
  static func beginClosing(_ token: UInt) -> Bool {
    guard let index = index(token) else { return false }
    let slot = Slot(index)
    var state = slot.state.pointee.load(ordering: .relaxed)
    while true {
      guard isOpen(state, token) else { return false }
      let (won, seen) = slot.state.pointee.compareExchange(
        expected: state, desired: state | closing, ordering: .acquiringAndReleasing)
      if won { return true }
      state = seen
    }
  }

  /// Sleeps until no call is inside. The door is shut by this caller; the last one out wakes it.
  static func awaitUsers(_ token: UInt) {
    guard let index = index(token) else { return }
    let slot = Slot(index)
    while true {
      let state = slot.state.pointee.load(ordering: .acquiring)
      if state & userMask == 0 { return }
      hujia_sleep(door(slot), UInt32(truncatingIfNeeded: state))
    }
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

  // Forked children

  /// What a token is that opens nothing: a handle of a process that this one was forked from, or a stale one.
  static func absence(_ token: UInt) -> Status {
    guard let index = index(token) else { return .stale }
    let generation = UInt64(token >> 16)
    return generation & 1 == 1 && generation <= Slot(index).inherited ? .forked : .stale
  }

  /// The first call in a forked child: every slot becomes free, and what was in it stays untouched. Its threads are not
  /// here and its locks may be held, so it is neither used nor given back.
  static func settleAfterFork() {
    // A fork out of a hook: the call around the hook goes on here, and counts itself out of its slot.
    let isInsideCall = hujia_is_in_hook(nil) != 0
    for index in 0..<limit {
      let slot = Slot(index)
      let state = slot.state.pointee.load(ordering: .relaxed)
      let generation = state >> 32
      guard state != 0 else { continue }
      slot.inherited = generation
      let next = generation &+ (generation & 1)
      slot.engine = nil
      slot.state.pointee.store(
        next << 32 | (isInsideCall ? state & userMask : 0), ordering: .releasing)
    }
  }
}
