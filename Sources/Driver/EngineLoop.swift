// libuv wakes the engine: one timer armed for the earliest deadline (and the alarm that counts a suspend, BootAlarm),
// one async handle for posts and changes. The loop is the engine's own (a thread) or the host's; the code is the same.

import CHujiaBaton
import CLibUV
import Glibc
import HujiaEngine
import HujiaIngest
import Synchronization

/// The libuv handles of one engine, and the thread in `RunMode.thread`.
final class EngineLoop: @unchecked Sendable {
  private unowned let driver: EngineDriver
  private let loop: UnsafeMutablePointer<uv_loop_t>
  private let ownsLoop: Bool
  private let async: UnsafeMutablePointer<uv_async_t>
  private let timer: UnsafeMutablePointer<uv_timer_t>
  private var alarm: BootAlarm?
  private var thread = pthread_t()
  private let isStopping = Atomic<Bool>(false)
  private var auditTimer: AuditTimer?
  private var openHandles = 2
  /// Holds the driver until libuv has let go of the handles (host's loop).
  private var whenClosed: (() -> Void)?
  /// The thread whose loop this is; set when the loop is attached.
  private(set) var home: pthread_t

  /// After a turn that fired, what falls due within this time comes together: ten thousand deadlines a second are a
  /// thousand visits, and one alone is still exact.
  static var pause_ns: Int64 { 1_000_000 }
  /// The shortest slice that Linux takes.
  static var slice_ns: UInt64 { 100_000 }
  /// When the timer was to fire, `Clock` time; `Int64.max` = not armed.
  private var armed_ns = Int64.max
  /// Whether the async handle was told and its turn has not begun: threads that wake the loop meanwhile need not.
  private let isWoken = Atomic<Bool>(false)
  /// How often the loop was woken for something that no timer brings.
  let wakings = Atomic<Int64>(0)

  /// nil when libuv refuses. With `host` nil a loop of our own is made; start it with `startThread`.
  init?(driver: EngineDriver, host: UnsafeMutableRawPointer?) {
    self.driver = driver
    home = pthread_self()
    async = .allocate(capacity: 1)
    timer = .allocate(capacity: 1)
    if let host {
      loop = host.assumingMemoryBound(to: uv_loop_t.self)
      ownsLoop = false
    } else {
      loop = .allocate(capacity: 1)
      ownsLoop = true
      guard uv_loop_init(loop) == 0 else {
        release()
        return nil
      }
    }
    let asyncStatus = uv_async_init(loop, async) { handle in
      guard let loop = handle.map({ EngineLoop.of($0.pointee.data) }) else { return }
      // Before the turn looks for what there is to do: what comes after it wakes the loop again.
      loop.isWoken.store(false, ordering: .sequentiallyConsistent)
      // What the turn reads without order could still come before that store.
      hujia_fence()
      loop.turn()
    }
    guard asyncStatus == 0, uv_timer_init(loop, timer) == 0 else {
      if ownsLoop { uv_loop_close(loop) }
      release()
      return nil
    }
    let me = Unmanaged.passUnretained(self).toOpaque()
    async.pointee.data = me
    timer.pointee.data = me
    do throws(BootAlarm.Refusal) {
      alarm = try BootAlarm(loop: loop, data: me) { handle, _, _ in
        guard let loop = handle.map({ EngineLoop.of($0.pointee.data) }) else { return }
        loop.alarm?.silence()
        loop.turn(hasRung: true)
      }
      openHandles += 1
    } catch {
      // A system without such a timer has libuv's alone. A timer refused for want of a resource is a failure.
      guard error == .unknown else {
        abandon()
        return nil
      }
    }
    auditTimer = AuditTimer(loop: loop, data: me) { handle in
      handle.map { EngineLoop.of($0.pointee.data) }?.audit()
    }
    if auditTimer != nil { openHandles += 1 }
  }

  private func release() {
    async.deallocate()
    timer.deallocate()
    alarm?.release()
    alarm = nil
    auditTimer?.release()
    auditTimer = nil
    if ownsLoop { loop.deallocate() }
  }

  private static func of(_ data: UnsafeMutableRawPointer) -> EngineLoop {
    Unmanaged<EngineLoop>.fromOpaque(data).takeUnretainedValue()
  }

  /// From any thread, for what no timer brings: posts, positions left over, more to do. Wakings that are not answered
  /// yet are one.
  func wake() {
    // What the caller published must be seen by a turn that clears the flag after it was read here.
    hujia_fence()
    if isWoken.load(ordering: .relaxed) { return }
    if isWoken.exchange(true, ordering: .acquiringAndReleasing) { return }
    wakings.wrappingAdd(1, ordering: .relaxed)
    // libuv writes to a descriptor, which is a cancellation point. A thread that ended there would leave the handle
    // half told, and the loop spins until it is.
    Cancellation.off { _ = uv_async_send(async) }
  }

  /// Under the baton, from any thread: the loop turns at `due_ns` (`Clock` time), if it does not turn before. The alarm
  /// is armed from here, which wakes nobody; a loop without one must be woken to arm its timer.
  func turn(at due_ns: Int64) {
    guard let alarm else { return wake() }
    alarm.set(due_ns)
  }

  /// A first turn, on the thread that opens: what the Swift runtime does once for it is done before any fork (WarmUp).
  func warmUp() {
    WarmUp.once(.loop) {
      if ownsLoop {
        wake()
        uv_run(loop, UV_RUN_NOWAIT)
      }
      turn()
      audit()
      return true
    }
  }

  /// Runs the loop on a thread of its own with all signals blocked. False when the system refuses the thread.
  func startThread() -> Bool {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let me = Unmanaged.passUnretained(self).toOpaque()
    let status = pthread_create(
      &thread, nil,
      { raw in
        guard let raw else { return nil }
        let me = Unmanaged<EngineLoop>.fromOpaque(raw).takeUnretainedValue()
        hujia_ask_for_short_slices(EngineLoop.slice_ns)
        uv_run(me.loop, UV_RUN_DEFAULT)
        return nil
      }, me)
    return status == 0
  }

  /// One visit of the loop: deadlines that are due, posts, the timer for the next. On the loop's thread.
  private func turn(hasRung: Bool = false) {
    if ownsLoop, isStopping.load(ordering: .acquiring) {
      closeHandles()
      return
    }
    noticeStall()
    if work(hasRung) { wake() }
  }

  /// The timer is never armed for later than a part of the limit, so a loop that turns late was kept from running: the
  /// process was stopped, the machine slept, or the host's loop was blocked.
  private func noticeStall() {
    guard let limit_ns = driver.stallLimit_ns, armed_ns != .max else { return }
    let late_ns = Clock.now_ns() &- armed_ns
    guard late_ns > limit_ns else { return }
    let driver = driver
    driver.ingest.pointee.addShared(IngestCounter.stalls)
    driver.ingest.pointee.raise(IngestCounter.longestStall_ns, to: late_ns)
    withBlank(Decision.self) { decision in
      _ = driver.submitOwn(.stall(late_ns: late_ns), into: &decision)
    }
  }

  /// True when there is more to do; in slices, so that a caller waiting for the baton gets it in between.
  private func work(_ hasRung: Bool) -> Bool {
    var visit = Visit(loop: Unmanaged.passUnretained(self), hasRung: hasRung)
    driver.visit(&visit)
    guard !visit.isAtRest else {
      armed_ns = .max
      uv_timer_stop(timer)
      return false
    }
    arm(next_ns: visit.next_ns, now_ns: visit.now_ns)
    return visit.hasMore || driver.positions.pointee.hasFresh
  }

  /// One turn of the loop, and what became of it: on the loop's stack, carried out by the baton's holder.
  struct Visit: BitwiseCopyable {
    let loop: Unmanaged<EngineLoop>
    let hasRung: Bool
    var isAtRest = false
    var hasMore = false
    var next_ns = Int64.max
    var now_ns: Int64 = 0

    init(loop: Unmanaged<EngineLoop>, hasRung: Bool) {
      self.loop = loop
      self.hasRung = hasRung
    }

    /// Under the baton.
    mutating func carryOut(_ driver: EngineDriver, _ turn: inout Turn) {
      let alarm = loop._withUnsafeGuaranteedRef { $0.alarm }
      guard !driver.isAtRest else {
        alarm?.set(.max)
        isAtRest = true
        return
      }
      let fired: Int
      (fired, hasMore) = driver.decideSlice(&turn)
      let due_ns = driver.core.pointee.nextDue_ns
      driver.wake_ns = due_ns
      now_ns = turn.moment.now_ns
      let pause_ns =
        driver.core.pointee.isEscalationBlocked
        ? EngineDriver.blockedPause_ns : fired > 0 ? EngineLoop.pause_ns : 0
      next_ns = due_ns == .max ? .max : max(due_ns, now_ns &+ pause_ns)
      // Here, under the baton: a caller that arms it for something earlier comes before or after this, never between.
      alarm?.set(next_ns == .max ? .max : next_ns &+ driver.origin_ns, hasRung: hasRung)
    }
  }

  /// The engine's self-audit: slices, so that a caller waiting for the baton gets it in between. What it finds is due
  /// at once: the end of the turn arms the alarm for it, or wakes a loop that has none.
  private func audit() {
    withBlank(Decision.self) { decision in
      var isFirst = true
      repeat {
        guard
          driver.submitOwn(.audit(isWanted: isFirst), into: &decision) == .ok
        else { return }
        isFirst = false
      } while decision.slice.hasMore
    }
  }

  /// libuv counts whole milliseconds from its cached time and may fire early when that is stale: refresh it first and
  /// round up; whether something is due is decided by the core's own clock.
  private func arm(next_ns: Int64, now_ns: Int64) {
    var next_ns = next_ns
    if let limit_ns = driver.stallLimit_ns { next_ns = min(next_ns, now_ns &+ limit_ns / 4) }
    guard next_ns != .max else {
      armed_ns = .max
      uv_timer_stop(timer)
      return
    }
    uv_update_time(loop)
    let wait_ms = max(0, (next_ns &- now_ns &+ 999_999) / 1_000_000)
    armed_ns = driver.origin_ns &+ now_ns &+ wait_ms &* 1_000_000
    uv_timer_start(
      timer,
      { handle in
        handle.map { EngineLoop.of($0.pointee.data) }?.turn()
      }, UInt64(wait_ms), 0)
  }

  // Stopping

  /// Own thread: asks the loop to end and waits for it.
  func stopThread() {
    isStopping.store(true, ordering: .releasing)
    wake()
    pthread_join(thread, nil)
    uv_loop_close(loop)
    release()
  }

  func isOwnThread() -> Bool { ownsLoop && pthread_equal(pthread_self(), thread) != 0 }
  func isHome() -> Bool { pthread_equal(pthread_self(), home) != 0 }

  /// Host's loop, on its thread: the handles close in the loop's next turn, then `done` runs.
  func detach(_ done: @escaping () -> Void) {
    whenClosed = done
    _ = Unmanaged.passRetained(self)
    closeHandles()
  }

  /// Gives back what was begun: no thread of ours runs the loop. The host's lets go of the handles in its next turn.
  func abandon() {
    guard ownsLoop else { return detach {} }
    closeHandles()
    uv_run(loop, UV_RUN_DEFAULT)
    uv_loop_close(loop)
    release()
  }

  private func closeHandles() {
    let closed: uv_close_cb = { handle in
      guard let handle else { return }
      EngineLoop.of(handle.pointee.data).handleClosed()
    }
    UnsafeMutableRawPointer(async).withMemoryRebound(to: uv_handle_t.self, capacity: 1) {
      if uv_is_closing($0) == 0 { uv_close($0, closed) }
    }
    UnsafeMutableRawPointer(timer).withMemoryRebound(to: uv_handle_t.self, capacity: 1) {
      if uv_is_closing($0) == 0 { uv_close($0, closed) }
    }
    alarm?.closeHandle(closed)
    auditTimer?.closeHandle(closed)
  }

  private func handleClosed() {
    openHandles -= 1
    guard openHandles == 0, let done = whenClosed else { return }
    whenClosed = nil
    release()
    done()
    Unmanaged.passUnretained(self).release()
  }
}
