// What a stress run measured, and whether its books agree with the engine's.

import CHujia
import Histogram

package struct LaneResult {
  package var lane: Lane
  var threads = 0
  var rate: Rate
  var batch = 1
  package var sum = Outcome()
  var unsent = 0
  var busy_ns: Int64 = 0
  package var response = LaneRecord.histogram(.three)
  var service = LaneRecord.histogram(.three)
  package var seconds: [SecondRow] = []

  init(_ lane: Lane, rate: Rate) {
    self.lane = lane
    self.rate = rate
  }

  mutating func add(_ record: LaneRecord, seconds count: Int) {
    threads += 1
    sum.add(record.sum)
    response.add(record.response)
    service.add(record.service)
    for index in 0..<count {
      if seconds.count <= index { seconds.append(SecondRow()) }
      guard let row = record.second(index) else { continue }
      seconds[index].offered += row.offered
      seconds[index].p99_ns = max(seconds[index].p99_ns, row.p99_ns)
      seconds[index].worst_ns = max(seconds[index].worst_ns, row.worst_ns)
    }
  }

  package func response_us(_ percentile: Double) -> Double {
    response.totalCount == 0 ? 0 : Double(response.valueAtPercentile(percentile)) / 1e3
  }

  func service_us(_ percentile: Double) -> Double {
    service.totalCount == 0 ? 0 : Double(service.valueAtPercentile(percentile)) / 1e3
  }
}

/// Two ways to count one thing that must agree.
package struct BookCheck {
  var what: String
  var ours: Int
  var engine: Int
  package var holds: Bool { ours == engine }
}

package struct StressResult {
  package var settings: StressSettings
  package var lanes: [LaneResult] = []
  var before = hj_stats()
  package var after = hj_stats()
  package var elapsed_s = 0.0
  package var gaps = Gaps()
  var processBusy_s = 0.0
  package var cores = 1
  package var memory = MemorySamples()
  var eventsTaken = 0
  /// Chains of silence that began, and the incidents that they led to, as events told; the watches there at the end.
  package var absences = 0
  package var watchIncidents = 0
  var watchesLeft = 0
  /// What was written of the run, in words; nil where it was not recorded.
  package var recorded: String?
  package var checks: [BookCheck] = []
  package var mapNodes = 0

  package var holds: Bool { checks.allSatisfy(\.holds) }
  package func lane(_ lane: Lane) -> LaneResult? { lanes.first { $0.lane == lane } }

  func delta(_ counter: KeyPath<hj_stats, Int64>) -> Int {
    Int(after[keyPath: counter] - before[keyPath: counter])
  }

  package var decisionsPerSecond: Double { Double(delta(\.decisions)) / max(elapsed_s, 0.001) }

  /// Accepted + refused = offered, by our books and by the engine's.
  mutating func check(_ events: EventSums) {
    func sum(_ lane: Lane) -> Outcome { self.lane(lane)?.sum ?? Outcome() }
    func hold(_ what: String, _ ours: Int, _ engine: Int) {
      checks.append(BookCheck(what: what, ours: ours, engine: engine))
    }
    for lane in lanes where Lane.offered.contains(lane.lane) {
      hold(
        "\(lane.lane.rawValue): offered = accepted + refused + HJ_FULL", lane.sum.offered,
        lane.sum.accepted + lane.sum.refused + lane.sum.full)
    }
    let (positions, calls, posts) = (sum(.positions), sum(.calls), sum(.posts))
    hold("positions accepted", positions.accepted, delta(\.positions_accepted))
    hold("positions refused", positions.refused, delta(\.positions_refused))
    hold("posts accepted", posts.accepted, delta(\.posts))
    hold("street times accepted", sum(.traffic).accepted, delta(\.traffic_reports))
    hold("street times refused", sum(.traffic).refused, delta(\.traffic_refused))
    hold("heartbeats accepted", sum(.watches).accepted, delta(\.watch_beats))
    hold("heartbeats refused", sum(.watches).refused, delta(\.watch_beats_refused))
    // Where a full ring kept one from being put, what is to be changed next is not there.
    if sum(.changes).full == 0 {
      hold("no change of a watch was refused", 0, sum(.changes).refused)
    }
    hold("watches at the end", watchesLeft, Int(after.watches))
    // Escalations are never lost.
    hold("silences told", events.absences, delta(\.absences))
    hold(
      "calls, accepted posts and silences = reports",
      calls.offered + posts.accepted + events.watchIncidents + events.watchRefusals,
      delta(\.reports))
    hold(
      "incidents closed", sum(.closes).accepted + events.closed, delta(\.incidents_closed))
    hold("no end was refused", 0, sum(.closes).refused + events.closesRefused)
    // What was lost cannot be counted; the engine says how much that is.
    if events.lost == 0 {
      hold("posts answered by an event", posts.accepted, events.postsDecided + events.postsRefused)
      hold("acks accepted = moves told as events", sum(.acks).accepted, events.moves)
      hold(
        "incidents opened", calls.accepted + events.postsDecided + events.watchIncidents,
        delta(\.incidents_opened))
      hold(
        "calls refused or HJ_FULL",
        calls.refused + calls.full + events.postsRefused + events.watchRefusals,
        delta(\.refused))
    }
    hold("events lost", events.lost, delta(\.events_lost))
  }
}
