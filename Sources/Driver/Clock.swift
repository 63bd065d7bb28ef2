// The only place that asks the operating system what time it is.

import Glibc

enum Clock {
  /// Elapsed nanoseconds since the machine started, the time it slept included; no one can set it. Where there is no
  /// such clock (other systems than Linux) the monotonic one, which stands still while the machine sleeps.
  static func now_ns() -> Int64 {
    var time = timespec()
    clock_gettime(elapsed, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  static var elapsed: clockid_t { CLOCK_BOOTTIME }

  /// UTC in microseconds since 1970.
  static func wall_us() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1_000
  }
}
