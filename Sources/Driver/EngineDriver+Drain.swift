// The end of a shift: the engine takes no more, decides what was posted, fires what is due, and then stands still. So
// its events are finite, and a host can read the last of them before it closes.

import CHujiaBaton
import HujiaEngine
import Synchronization

/// How far a drain has come.
enum DrainStage {
  static let open: UInt32 = 0
  /// Nothing is taken any more; what was taken is being decided.
  static let draining: UInt32 = 1
  /// Time stands still: nothing happens by itself any more.
  static let atRest: UInt32 = 2
}

extension EngineDriver {
  /// Whether what changes something is refused. A call that must be sure asks under the baton: `submit` does.
  @inline(__always) package var isDrained: Bool {
    drainStage.load(ordering: .relaxed) != DrainStage.open
  }
  var isAtRest: Bool { drainStage.load(ordering: .relaxed) == DrainStage.atRest }

  /// See `hj_engine_drain`. Whichever thread comes first finishes; all that call meanwhile help.
  package func drain() -> Status {
    if baton.isMine { return .deadlock }
    // First: a post that is accepted from here on would be decided by nobody.
    posts.pointee.close()
    room.close(.state)
    while true {
      switch turnHere({ _, turn in drainSlice(&turn) }) {
      case .more: continue
      case .unfinished:
        // A thread has its place in the ring and was put to sleep before it wrote the report: a short rest for it.
        var word: UInt32 = 0
        hujia_sleep_for(&word, 0, 50_000)
      case .done:
        loop?.wake()  // it puts its timers away
        awaitShown()
        return .ok
      case .before:
        awaitShown()
        return .unchanged
      }
    }
  }

  private enum Drained { case more, unfinished, done, before }

  private func drainSlice(_ turn: inout Turn) -> Drained {
    if isAtRest { return .before }
    drainStage.store(DrainStage.draining, ordering: .relaxed)
    if decideSlice(&turn).hasMore { return .more }
    if posts.pointee.count > 0 { return .unfinished }
    drainStage.store(DrainStage.atRest, ordering: .relaxed)
    readsClock = false
    return .done
  }

  /// Under the baton: a slice of what is due and of what was posted, for the loop's turn and for a drain. In slices, so
  /// that a call that waits for the baton gets it in between.
  func decideSlice(_ turn: inout Turn) -> (fired: Int, hasMore: Bool) {
    var budget = Budget()
    budget.fired = Self.fireSlice
    budget.posts = Self.postSlice
    // One slice of offers a turn, whatever freed the units.
    budget.worksInBackground = true
    let done = work(budget, &turn)
    let hasMore =
      done.fired == Self.fireSlice || done.decided == Self.postSlice
      || core.pointee.hasBackgroundWork || isMoreDue
    return (done.fired, hasMore)
  }

  /// Steps fired, and posts decided, before the baton is offered to others. A caller may have to do them for the loop.
  /// Of the steps, so many that search for a unit.
  static var fireSlice: Int { 64 }
  static var decisionSlice: Int { 16 }
  static var postSlice: Int { 16 }
}
