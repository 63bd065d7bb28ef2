// The loop that all producers share: wait until an act is due, act, write down what became of it and when.

import HujiaHostKit
import Synchronization

/// One thread of a lane. Everything but `isDone` and the published seconds of `record` belongs to that thread until it
/// is done.
class Producer: @unchecked Sendable {
  let lane: Lane
  let pacing: Pacing
  let host: Host
  private(set) var start_ns: Int64 = 0
  private(set) var end_ns: Int64 = 0
  let record: LaneRecord
  /// Acts that were due and had not begun when time was up: the producer or the engine was too slow.
  private(set) var unsent = 0
  private(set) var gaps = Gaps()
  private(set) var busy_ns: Int64 = 0
  private(set) var ended_ns: Int64 = 0
  private let isDone = Atomic<Bool>(false)

  init(_ lane: Lane, _ pacing: Pacing, _ host: Host, seconds: Int) {
    self.lane = lane
    self.pacing = pacing
    self.host = host
    record = LaneRecord(seconds: seconds)
  }

  /// One act of the lane.
  func act() -> Outcome { Outcome() }
  /// What follows from it and is measured by itself.
  func afterwards() {}
  /// Other lanes that this thread writes.
  var others: [(lane: Lane, record: LaneRecord)] { [] }

  func begin(_ span: Span) throws(Failed) {
    start_ns = span.start_ns
    end_ns = span.end_ns
    record.begin(span)
    for other in others { other.record.begin(span) }
    try HostThread.start("stress \(lane.rawValue)") { [self] in
      HostClock.askForExactSleeps()
      let before_ns = HostClock.threadBusy_ns
      run()
      record.finish()
      for other in others { other.record.finish() }
      busy_ns = HostClock.threadBusy_ns - before_ns
      isDone.store(true, ordering: .releasing)
    }
  }

  var hasEnded: Bool { isDone.load(ordering: .acquiring) }

  func run() {
    var number = 0
    var gaps = Gaps()
    HostClock.sleep(until_ns: start_ns)
    while true {
      var now_ns = HostClock.now_ns
      let due_ns = pacing.due_ns(number).map { $0 == .max ? .max : start_ns + $0 } ?? now_ns
      guard due_ns < end_ns, now_ns < end_ns else { break }
      if due_ns > now_ns {
        pacing.wait(until_ns: due_ns, gaps: &gaps)
        now_ns = HostClock.now_ns
      }
      let outcome = act()
      record.record(outcome, due_ns: due_ns, begin_ns: now_ns, end_ns: HostClock.now_ns)
      afterwards()
      number += 1
    }
    self.gaps = gaps
    ended_ns = HostClock.now_ns
    unsent = max(pacing.acts(before_ns: end_ns - start_ns) - number, 0) * pacing.batch
  }
}

/// When a run begins and ends, on the monotonic clock.
struct Span {
  var start_ns: Int64
  var seconds: Int
  var end_ns: Int64 { start_ns + Int64(seconds) * 1_000_000_000 }
}
