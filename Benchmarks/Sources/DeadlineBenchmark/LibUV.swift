// libuv as hosts use it: one timer a deadline.

import CBenchmarkUV

nonisolated(unsafe) var fired = 0
nonisolated(unsafe) var fireRow = Row("", group: 1, capacity: 0)

/// The same delays through `uv_timer_start`, `uv_timer_stop` and one `uv_run` in which all are due.
func measureLibUV(_ work: Workload) -> [Row] {
  let loop = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
  let timers = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: work.count)
  defer {
    timers.deallocate()
    loop.deallocate()
  }
  uv_loop_init(loop)
  for index in 0..<work.count { uv_timer_init(loop, timers + index) }
  uv_update_time(loop)
  // libuv has no clock argument: its cached time is set back, so that after arming everything is
  // overdue.
  loop.pointee.time -= UInt64(work.longest_ns / 1_000_000) + 10_000
  let callback: uv_timer_cb = { _ in
    fired += 1
    if fired % fireRow.group == 0 { fireRow.stamp() }
  }
  func start(_ slot: Int, _ delay_ns: Int64) {
    uv_timer_start(timers + slot, callback, UInt64(delay_ns / 1_000_000), 0)
  }

  var arm = Row("libuv: start", group: Workload.group, capacity: work.count / Workload.group)
  arm.start()
  for (index, slot) in work.order.enumerated() {
    start(Int(slot), work.delays_ns[index])
    if (index + 1) % Workload.group == 0 { arm.stamp() }
  }
  var pair = Row(
    "libuv: stop + start", group: Workload.group, capacity: work.count / Workload.group)
  pair.start()
  for (index, slot) in work.picks.enumerated() {
    uv_timer_stop(timers + Int(slot))
    start(Int(slot), work.delays_ns[index])
    if (index + 1) % Workload.group == 0 { pair.stamp() }
  }
  fireRow = Row("libuv: fire", group: work.turn, capacity: work.count / work.turn)
  fireRow.start()
  uv_run(loop, UV_RUN_NOWAIT)
  precondition(fired == work.count)
  for index in 0..<work.count {
    UnsafeMutableRawPointer(timers + index).withMemoryRebound(to: uv_handle_t.self, capacity: 1) {
      uv_close($0, nil)
    }
  }
  uv_run(loop, UV_RUN_DEFAULT)
  uv_loop_close(loop)
  return [arm, pair, fireRow]
}
