// How late deadlines fire: the worst of them, how many were later than a second, and the distribution, of which the
// statistics show the median and the 99th percentile. Must never: be used to decide anything.

import HujiaContainers

extension EngineCore {
  /// Later than this after its due time, a deadline counts as late.
  static var late_ns: Int64 { 1_000_000_000 }

  /// Files one firing. O(1), and a walk over the buckets each time the number of firings has grown by a 64th: the
  /// statistics are read without the baton, so what they show is worked out here.
  mutating func noteLateness(_ late_ns: Int64) {
    if late_ns > Self.late_ns { counters.add(Counter.lateDeadlines) }
    counters.raise(Counter.worstLateness_ns, to: late_ns)
    lateness.record(late_ns / 1_000, row: 0)
    let count = lateness.summary(row: 0).count
    guard count > latenessShown + latenessShown / 64 else { return }
    latenessShown = count
    counters.set(Counter.latenessP50_ns, lateness.percentile(500, row: 0) &* 1_000)
    counters.set(Counter.latenessP99_ns, lateness.percentile(990, row: 0) &* 1_000)
  }
}
