// The timer of the engine's self-audit, beside the one that is armed for deadlines: whatever goes wrong there, this one
// comes around.

import CLibUV
import HujiaEngine

/// A repeating libuv timer. Its handle closes with the loop's others.
final class AuditTimer {
  private let timer: UnsafeMutablePointer<uv_timer_t>

  /// nil when libuv refuses.
  init?(
    loop: UnsafeMutablePointer<uv_loop_t>, data: UnsafeMutableRawPointer,
    _ body: @escaping uv_timer_cb
  ) {
    timer = .allocate(capacity: 1)
    guard uv_timer_init(loop, timer) == 0 else {
      timer.deallocate()
      return nil
    }
    timer.pointee.data = data
    let period_ms = UInt64(EngineCore.auditPeriod_ns / 1_000_000)
    uv_timer_start(timer, body, period_ms, period_ms)
  }

  func closeHandle(_ closed: @escaping uv_close_cb) {
    UnsafeMutableRawPointer(timer).withMemoryRebound(to: uv_handle_t.self, capacity: 1) {
      if uv_is_closing($0) == 0 { uv_close($0, closed) }
    }
  }

  /// After its handle has closed.
  func release() { timer.deallocate() }
}
