// Wakes the loop by the clock that counts a suspend. libuv's timers stand still while the machine sleeps; this
// descriptor is due by CLOCK_BOOTTIME, so after a resume the loop turns at once and fires what became due meanwhile. It
// is also exact to the nanosecond, where libuv counts milliseconds. Decides nothing: what is due is the core's to say.

import CHujiaBaton
import CLibUV
import Glibc

/// One timer descriptor and the libuv handle that polls it. Any thread arms it, under the baton: that wakes no thread
/// before its time. The rest is the loop's thread's. The descriptor lives until every call has left the engine.
final class BootAlarm {
  private let descriptor: Int32
  private let poll: UnsafeMutablePointer<uv_poll_t>
  /// What it is set to, so that an unchanged time costs no system call. The baton's.
  private var set_ns: Int64 = .max

  enum Refusal: Error {
    /// The system has no such timer.
    case unknown
    /// It has none for us: descriptors or memory have run out.
    case exhausted
  }

  /// `data` and `ring` are the handle's.
  init(
    loop: UnsafeMutablePointer<uv_loop_t>, data: UnsafeMutableRawPointer, ring: uv_poll_cb
  ) throws(Refusal) {
    descriptor = timerfd_create(
      Clock.elapsed, Int32(HUJIA_TFD_CLOEXEC | HUJIA_TFD_NONBLOCK))
    guard descriptor >= 0 else {
      throw [EMFILE, ENFILE, ENOMEM].contains(errno) ? .exhausted : .unknown
    }
    poll = .allocate(capacity: 1)
    guard uv_poll_init(loop, poll, descriptor) == 0 else {
      poll.deallocate()
      close(descriptor)
      throw .exhausted
    }
    poll.pointee.data = data
    // The handle is stopped only by closing: a loop of ours lives by its async handle anyway.
    uv_poll_start(poll, Int32(UV_READABLE.rawValue), ring)
  }

  /// Under the baton: rings at `due_ns` on `Clock.now_ns`, at once when that has passed; `Int64.max` = never.
  /// `hasRung`: it has fallen silent since it was set last, so that it is set anew whatever it was set to.
  func set(_ due_ns: Int64, hasRung: Bool = false) {
    guard due_ns != set_ns || hasRung else { return }
    set_ns = due_ns
    var time = itimerspec()
    if due_ns != .max {
      // All zeros would disarm it.
      let at_ns = max(due_ns, 1)
      time.it_value.tv_sec = time_t(at_ns / 1_000_000_000)
      time.it_value.tv_nsec = Int(at_ns % 1_000_000_000)
    }
    timerfd_settime(descriptor, Int32(HUJIA_TFD_ABSTIME), &time, nil)
  }

  /// It rang: silent until it is set again. (A thread that sets it meanwhile has begun anew: there is nothing to read
  /// then, or it rang again, and the turn that follows sees to that.)
  func silence() { hujia_hush(descriptor) }

  func closeHandle(_ closed: uv_close_cb) {
    UnsafeMutableRawPointer(poll).withMemoryRebound(to: uv_handle_t.self, capacity: 1) {
      if uv_is_closing($0) == 0 { uv_close($0, closed) }
    }
  }

  /// After the handle has closed.
  func release() {
    close(descriptor)
    poll.deallocate()
  }
}
