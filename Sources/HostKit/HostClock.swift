// The clocks of the system, as the tool reads them. The engine never does.

import Glibc

package enum HostClock {
  package static var now_ns: Int64 { read_ns(CLOCK_MONOTONIC) }
  /// UTC microseconds since 1970.
  package static var wall_us: Int64 { read_ns(CLOCK_REALTIME) / 1_000 }

  /// What this thread has used of a core.
  package static var threadBusy_ns: Int64 { read_ns(CLOCK_THREAD_CPUTIME_ID) }

  /// What all threads of the process have used.
  package static var processBusy_s: Double { Double(read_ns(CLOCK_PROCESS_CPUTIME_ID)) / 1e9 }

  /// Seconds since a moment that `now_ns` gave.
  package static func since_s(_ start_ns: Int64) -> Double { Double(now_ns - start_ns) / 1e9 }

  private static func read_ns(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  package static func sleep(until_ns: Int64) {
    var time = timespec()
    time.tv_sec = Int(until_ns / 1_000_000_000)
    time.tv_nsec = Int(until_ns % 1_000_000_000)
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }

  /// Sleeps are to be exact: without this the kernel may add 50 microseconds to each. Best effort.
  package static func askForExactSleeps() {
    // "1234/task/1240": this thread's number, which Swift's view of the C library does not offer.
    var link = [CChar](repeating: 0, count: 64)
    guard readlink("/proc/thread-self", &link, link.count - 1) > 0,
      let thread = link.prefix(while: { $0 != 0 }).split(separator: 0x2f).last
    else { return }
    let number = String(decoding: thread.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let file = fopen("/proc/\(number)/timerslack_ns", "w") else { return }
    fputs("1", file)
    fclose(file)
  }
}
