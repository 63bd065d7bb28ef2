// Read first. One open engine: the core, the baton that guards it, the clock, the queue of posts, the loop that wakes
// it and the descriptor that wakes the host. Decides nothing about dispatch; moves commands in and events out.

import Glibc
import CHujiaBaton
import CHujiaKernels
import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaRoads
import Synchronization

/// Owner of everything an engine has. Freed when its handle is removed and its loop has ended.
package final class EngineDriver: @unchecked Sendable {
  package let mode: RunMode
  package let map: RoadMap
  package let snapLimit_mm: UInt32
  package let datum: Int32
  package let outputDatum: Int32
  let allocator: Allocator
  package let baton: Baton
  let mapOwner: MapOwner
  let core: UnsafeMutablePointer<EngineCore>
  /// Where any thread writes positions, and whence the core's feed takes them.
  let positions: UnsafeMutablePointer<PositionTable>
  /// On the heap like the core, so that `deinit` gives its memory back before the allocator goes.
  let posts: UnsafeMutablePointer<SharedRing<IncidentReport>>
  let ingest: UnsafeMutablePointer<Counters>
  /// The wall time of the last poll, for reporters that do not hold the baton.
  let polledWall_us = Atomic<Int64>(0)
  /// The engine's own time of the last poll.
  let polled_ns = Atomic<Int64>(0)
  let postsHigh = Atomic<Int>(0)
  /// `DrainStage`: moved on under the baton, read by any thread.
  let drainStage = Atomic<UInt32>(DrainStage.open)
  let room = PostRoom()
  let eventDescriptor: Int32
  /// A loop that turns later than this was stalled; nil = not looked for.
  let stallLimit_ns: Int64?
  var loop: EngineLoop?
  let trafficUse: TrafficUse
  let trafficSlot = TrafficSlot()

  // Owned by the baton's holder
  var origin_ns: Int64
  var hasTime: Bool
  var lastPoll_ns: Int64 = 0
  /// Each turn has the time of now: not in poll mode, and no more once the engine was drained.
  var readsClock: Bool
  private var isSignalled = false
  /// The earliest deadline for which the loop will turn, internal time; `Int64.max` = none.
  var wake_ns: Int64 = .max

  init(
    mode: RunMode, mapOwner: MapOwner, core: UnsafeMutablePointer<EngineCore>,
    positions: UnsafeMutablePointer<PositionTable>,
    posts: UnsafeMutablePointer<SharedRing<IncidentReport>>,
    ingest: UnsafeMutablePointer<Counters>, allocator: Allocator, eventDescriptor: Int32,
    stallLimit_ns: Int64?, snapLimit_mm: UInt32, datum: Int32, outputDatum: Int32,
    traffic: TrafficUse
  ) {
    self.mode = mode
    self.mapOwner = mapOwner
    self.map = mapOwner.map
    self.core = core
    self.positions = positions
    baton = Baton(guarding: core)
    self.posts = posts
    self.ingest = ingest
    self.allocator = allocator
    self.eventDescriptor = eventDescriptor
    self.stallLimit_ns = stallLimit_ns
    self.snapLimit_mm = snapLimit_mm
    self.datum = datum
    self.outputDatum = outputDatum
    trafficUse = traffic
    origin_ns = mode == .poll ? 0 : Clock.now_ns()
    hasTime = mode != .poll
    readsClock = mode != .poll
    core.pointee.feed = .live(positions)
    if mode != .poll { core.pointee.time = Moment(now_ns: 0, wall_us: Clock.wall_us()) }
  }

  deinit {
    trafficSlot.empty()
    while let plans = core.pointee.removePlans() { PlanStore.free(plans) }
    core.deinitialize(count: 1)
    core.deallocate()
    positions.deinitialize(count: 1)
    positions.deallocate()
    posts.deinitialize(count: 1)
    posts.deallocate()
    ingest.deinitialize(count: 1)
    ingest.deallocate()
    if eventDescriptor >= 0 { Glibc.close(eventDescriptor) }
  }

  /// Runs one command under the baton, with the time of now: on this thread, or, when the baton is held, on that of its
  /// holder while this one waits.
  @inline(__always)
  package func turn<Result>(_ body: (inout EngineCore) -> Result) -> Result {
    if baton.takeIfFree() {
      let result = command(body)
      baton.give()
      return result
    }
    var result: Result?
    baton.ask { _ in result = command(body) }
    return result.unsafelyUnwrapped
  }

  /// As `turn`, always on this thread: for what is long, or allocates.
  package func turnHere<Result>(_ body: (inout EngineCore) -> Result) -> Result {
    baton.take()
    let result = command(body)
    baton.give()
    return result
  }

  /// As `turn`, and says how long `body` took (0 in poll mode, where no clock is read).
  @inline(__always)
  package func timedTurn<Result>(_ body: (inout EngineCore, () -> Int64) -> Result) -> Result {
    if baton.takeIfFree() {
      let result = timedCommand(body)
      baton.give()
      return result
    }
    var result: Result?
    baton.ask { _ in result = timedCommand(body) }
    return result.unsafelyUnwrapped
  }

  @inline(__always)
  private func command<Result>(_ body: (inout EngineCore) -> Result) -> Result {
    let start_ns = begin()
    let result = body(&core.pointee)
    finish(start_ns)
    return result
  }

  @inline(__always)
  private func timedCommand<Result>(
    _ body: (inout EngineCore, () -> Int64) -> Result
  ) -> Result {
    let start_ns = begin()
    let readsClock = readsClock
    let result = body(&core.pointee) { readsClock ? max(Clock.now_ns() &- start_ns, 1) : 0 }
    finish(start_ns)
    return result
  }

  @inline(__always)
  func begin() -> Int64 {
    core.pointee.counters.add(Counter.turns)
    core.pointee.takePositions(most: mode == .poll ? .max : Self.takenBefore)
    guard readsClock else { return 0 }
    let now_ns = Clock.now_ns()
    // Deadlines live on the monotonic clock; a step of the wall clock moves none.
    core.pointee.time = Moment(now_ns: now_ns &- origin_ns, wall_us: Clock.wall_us())
    return now_ns
  }

  @inline(__always)
  func finish(_ start_ns: Int64) {
    if core.pointee.outbox.count > 0, !isSignalled { signal() }
    guard readsClock else { return }
    core.pointee.counters.raise(Counter.longestTurn_ns, to: Clock.now_ns() &- start_ns)
    if positions.pointee.hasFresh { takePositionsAfter() }
    if core.pointee.hasBackgroundWork { loop?.wake() }
    if core.pointee.nextDue_ns < wake_ns, !core.pointee.isEscalationBlocked {
      wake_ns = core.pointee.nextDue_ns
      loop?.turn(at: wake_ns &+ origin_ns)
    }
  }

  /// A few of those that came meanwhile; the loop is woken for more.
  @inline(never) private func takePositionsAfter() {
    core.pointee.takePositions(most: Self.takenAfter) { false }
    if positions.pointee.hasFresh { loop?.wake() }
  }

  private func signal() {
    isSignalled = true
    core.pointee.counters.set(Counter.eventsWaiting, Int64(core.pointee.outbox.count))
    hujia_ring(eventDescriptor)
  }

  /// Under the baton: the last event was taken, so the descriptor falls silent.
  private func silence() {
    guard isSignalled else { return }
    isSignalled = false
    hujia_hush(eventDescriptor)
  }

  /// Takes up to `capacity` events out, oldest first, and fires deadlines that waited for the room. In slices: other
  /// calls and deadlines come in between.
  package func takeEvents(_ capacity: Int, _ body: (Int, Event) -> Void) -> Int {
    var taken = 0
    while taken < capacity {
      let first = taken
      let most = min(capacity - first, Self.eventSlice)
      let count = turn { core in
        var count = 0
        while count < most, let event = core.popEvent() {
          body(first + count, event)
          count += 1
        }
        if core.isEscalationBlocked {
          var offerSteps = EngineCore.offerSlice
          _ = core.fireDue(
            most: max(count, 1), decisions: Self.decisionSlice, offerSteps: &offerSteps)
        }
        if core.outbox.count == 0 { silence() }
        return count
      }
      taken += count
      if count < most { break }
    }
    return taken
  }

  /// Events handed over in one turn, and as many deadlines fired into their room.
  static let eventSlice = 256

  /// Queues a checked report; full when the queue is. Any thread.
  package func post(_ report: IncidentReport) -> Status {
    guard posts.pointee.append(report) else { return posts.pointee.isClosed ? .state : .full }
    fetchPostsAhead()
    let waiting = posts.pointee.count
    if waiting > postsHigh.load(ordering: .relaxed) {
      postsHigh.store(waiting, ordering: .relaxed)
    }
    loop?.wake()
    return .ok
  }

  /// A large queue has left the cache by the time it comes round, and a post waited 40 ns for its two lines.
  @inline(__always) private func fetchPostsAhead() {
    let next = posts.pointee.addresses(ahead: 4)
    hjk_prefetch(next.turn)
    hjk_prefetch_span(next.element, 128)
  }

  /// Under the baton: decides what was posted, at most `most`; returns how many.
  func decidePosts(most: Int) -> Int {
    var decided = 0
    while decided < most, var report = posts.pointee.popFirst() {
      report.place = snap((report.lat_e7, report.lon_e7))
      let status = core.pointee.report(report)
      if status != .ok && status != .manual && status != .held {
        core.pointee.answerPost(report, status)
      }
      decided += 1
    }
    if decided > 0 { room.made(decided) }
    return decided
  }

  static var blockedPause_ns: Int64 { 100_000_000 }
}
