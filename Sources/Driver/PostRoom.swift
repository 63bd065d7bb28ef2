// Waiting for room in the ring of posts (`hj_incident_post_within`): asleep until the thread that empties the ring
// wakes the longest sleepers, the caller's time is up, or the engine closes. The protocol is checked by `spin`
// (Tests/Protocol/room.pml). Invariant: a sleeping thread can always be woken; no wake-up while nobody sleeps.

import CHujiaBaton
import HujiaEngine
import Synchronization

/// A count of the times that room was made, to sleep on, and how many look at it. A waiter says so first and then
/// looks at the ring; the consumer counts first and then looks whether anybody waits: one of them sees the other.
final class PostRoom: @unchecked Sendable {
  /// [0] the count, [16] how many look at it, [32] what those that wait are sent home with: a line of the cache each.
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

  /// Sends everybody home with an error; nobody waits any more from here on.
  func close(_ status: Status) {
    closed.pointee.store(
      UInt32(bitPattern: status.rawValue), ordering: .sequentiallyConsistent)
    turn.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    hujia_wake_some(words, UInt32(Int32.max))
  }

  /// Tries until `body` answers anything but full, for at most `most_ns`.
  func wait(_ most_ns: Int64, _ body: () -> Status) -> Status {
    waiting.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { waiting.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    let start_ns = Clock.now_ns()
    while true {
      let seen = turn.pointee.load(ordering: .sequentiallyConsistent)
      let sentHome = closed.pointee.load(ordering: .sequentiallyConsistent)
      if sentHome != 0 { return Status(rawValue: Int32(bitPattern: sentHome)) }
      // Tried also when the time is up: a woken waiter that did not look would leave the room unused and others asleep.
      let status = body()
      guard status == .full else { return status }
      let left_ns = most_ns &- (Clock.now_ns() &- start_ns)
      if left_ns <= 0 { return .full }
      hujia_sleep_for(words, seen, left_ns)
    }
  }
}

extension EngineDriver {
  /// As `post`, and waits at most `most_ns` for room.
  package func post(
    _ report: UnsafePointer<IncidentReport>, act: Act = Act(), within most_ns: Int64
  ) -> Status {
    let status = post(report, act: act)
    guard status == .full, most_ns > 0 else { return status }
    // Threads that the engine needs for making room.
    if loop?.isOwnThread() == true || (mode == .hostLoop && loop?.isHome() == true) || baton.isMine
    {
      return .deadlock
    }
    return room.wait(most_ns) { post(report, act: act) }
  }
}
