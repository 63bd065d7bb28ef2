// Waiting for room in the ring of posts (`hj_incident_post_within`): asleep until the thread that empties the ring
// wakes those who slept longest, the caller's time is up, or the engine closes. The protocol is checked by `spin`
// (Tests/Protocol/room.pml). Must never: make a thread wait that nobody could wake, wake anybody while nobody waits.

import CHujiaBaton
import HujiaEngine
import Synchronization

/// A count of the times that room was made, to sleep on, and how many look at it. Who waits says so first and then
/// looks at the ring; who makes room counts first and then looks whether anybody waits: one of them sees the other.
final class PostRoom: @unchecked Sendable {
  /// [0] the count, [16] how many look at it, [32] whether the engine closes: a line of the cache each.
  private let words: UnsafeMutablePointer<UInt32>

  init() {
    words = .allocate(capacity: 48)
    words.initialize(repeating: 0, count: 48)
  }

  deinit { words.deallocate() }

  private func atomic(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
    UnsafeMutableRawPointer(words + index).assumingMemoryBound(to: Atomic<UInt32>.self)
  }

  private var turn: UnsafeMutablePointer<Atomic<UInt32>> { atomic(0) }
  private var waiting: UnsafeMutablePointer<Atomic<UInt32>> { atomic(16) }
  private var closed: UnsafeMutablePointer<Atomic<UInt32>> { atomic(32) }

  /// The ring's consumer, after it took `count` out.
  func made(_ count: Int) {
    turn.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    guard waiting.pointee.load(ordering: .sequentiallyConsistent) > 0 else { return }
    hujia_wake_some(words, UInt32(clamping: count))
  }

  /// Sends everybody home; nobody waits any more from here on.
  func close() {
    closed.pointee.store(1, ordering: .sequentiallyConsistent)
    turn.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    hujia_wake_some(words, UInt32(Int32.max))
  }

  /// Tries until `body` is true, for at most `most_ns`.
  func wait(_ most_ns: Int64, _ body: () -> Bool) -> Status {
    waiting.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { waiting.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    let start_ns = Clock.now_ns()
    while true {
      let seen = turn.pointee.load(ordering: .sequentiallyConsistent)
      if closed.pointee.load(ordering: .sequentiallyConsistent) != 0 { return .stale }
      // Tried also when the time is up: who was woken and did not look would leave the room unused and others asleep.
      if body() { return .ok }
      let left_ns = most_ns &- (Clock.now_ns() &- start_ns)
      if left_ns <= 0 { return .full }
      hujia_sleep_for(words, seen, left_ns)
    }
  }
}

extension EngineDriver {
  /// As `post`, and waits at most `most_ns` for room.
  package func post(_ report: IncidentReport, within most_ns: Int64) -> Status {
    if post(report) { return .ok }
    guard most_ns > 0 else { return .full }
    // Threads that the engine needs for making room.
    if loop?.isOwnThread() == true || (mode == .hostLoop && loop?.isHome() == true) || baton.isMine
    {
      return .deadlock
    }
    return room.wait(most_ns) { post(report) }
  }
}
