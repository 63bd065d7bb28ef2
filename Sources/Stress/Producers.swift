// The lanes: positions in batches, calls and their ends, signatures, posts; and one that never touches the engine.

import CHujia
import HujiaHostKit

final class PositionProducer: Producer, @unchecked Sendable {
  private let ring: UnsafeMutableBufferPointer<hj_position>
  private let cycle: Int
  private var next = 0

  /// `ring` repeats its first `batch` fixes behind its last.
  init(ring fixes: [hj_position], _ pacing: Pacing, _ host: Host, seconds: Int) {
    ring = .allocate(capacity: fixes.count)
    _ = ring.initialize(from: fixes)
    cycle = fixes.count - pacing.batch
    super.init(.positions, pacing, host, seconds: seconds)
  }

  deinit { ring.deallocate() }

  override func act() -> Outcome {
    let batch = UnsafeBufferPointer(rebasing: ring[next..<next + pacing.batch])
    let (status, taken) = host.positions(batch)
    next = (next + pacing.batch) % cycle
    let accepted = Int(taken)
    if status == HJ_FULL {
      return Outcome(
        offered: pacing.batch, accepted: accepted, full: pacing.batch - accepted)
    }
    return Outcome(
      offered: pacing.batch, accepted: accepted, refused: pacing.batch - accepted)
  }
}

/// Gives each report a key of its own, but every thousandth the key of the one before, with another place.
struct KeyedReports {
  private let reports: [hj_report]
  private let tag: UInt64
  private(set) var count = 0

  init(_ reports: [hj_report], tag: UInt64) {
    self.reports = reports
    self.tag = tag
  }

  mutating func next() -> hj_report {
    count += 1
    let isBroken = count % Feeds.brokenEvery == 0
    var report = reports[count % reports.count]
    report.key_high = tag
    report.key_low = UInt64(isBroken ? count - 1 : count)
    return report
  }
}

final class CallProducer: Producer, @unchecked Sendable {
  private var reports: KeyedReports
  private var answer = hj_dispatch.sized
  private var open: [UInt64]
  private var place = 0
  private let closes: LaneRecord

  /// `openLimit`: after so many calls the oldest is closed after each.
  init(
    reports: KeyedReports, openLimit: Int, _ pacing: Pacing, _ host: Host, seconds: Int
  ) {
    self.reports = reports
    open = Array(repeating: 0, count: openLimit)
    closes = LaneRecord(seconds: seconds)
    super.init(.calls, pacing, host, seconds: seconds)
  }

  override var others: [(lane: Lane, record: LaneRecord)] { [(.closes, closes)] }

  override func act() -> Outcome {
    var report = reports.next()
    let status = host.report(&report, into: &answer)
    if status == HJ_FULL { return .fullness }
    guard status >= 0 else { return .refusal }
    swap(&open[place], &answer.incident_id)
    place = (place + 1) % open.count
    return .taken
  }

  /// The call whose place was taken is over. `incident_id` is 0 when there is none.
  override func afterwards() {
    guard answer.incident_id != 0 else { return }
    close(answer.incident_id)
    answer.incident_id = 0
  }

  private func close(_ incident: UInt64) {
    let begin_ns = HostClock.now_ns
    let status = host.close(incident)
    closes.record(
      status == HJ_OK ? .taken : .refusal, due_ns: begin_ns, begin_ns: begin_ns,
      end_ns: HostClock.now_ns)
  }
}

/// Moves assignments of incidents that stay open: signed, under way, on scene, and (by a person, with a reason) back.
final class AckProducer: Producer, @unchecked Sendable {
  private var assignments: [UInt64] = []
  private var count = 0
  private static let states = [
    HJ_ASSIGNMENT_ACKNOWLEDGED, HJ_ASSIGNMENT_EN_ROUTE, HJ_ASSIGNMENT_ON_SCENE,
  ]

  /// Opens the incidents. Before the run.
  func prepare(_ reports: inout KeyedReports, incidents: Int) throws(Failed) {
    for _ in 0..<incidents {
      var report = reports.next()
      report.type = 1
      let (status, answer) = host.report(report)
      guard status >= 0, let unit = answer.units.first else {
        throw Failed(
          "no unit for the acks lane (\(Host.text(status)))", .give("--units", "a greater number"))
      }
      assignments.append(unit.assignment_id)
    }
  }

  override func act() -> Outcome {
    count += 1
    if count % Feeds.brokenEvery == 0 {
      let stale = assignments[0] &+ (1 << 40)
      return outcome(host.advance(stale, HJ_ASSIGNMENT_ON_SCENE))
    }
    let turn = count - count / Feeds.brokenEvery - 1
    let state = Self.states[turn / assignments.count % Self.states.count]
    let assignment = assignments[turn % assignments.count]
    guard turn >= assignments.count * Self.states.count, state == HJ_ASSIGNMENT_ACKNOWLEDGED else {
      return outcome(host.advance(assignment, state))
    }
    return outcome(host.advance(assignment, state, operator: 7, reason: 1))
  }

  private func outcome(_ status: hj_status) -> Outcome {
    status == HJ_FULL ? .fullness : status == HJ_OK ? .taken : .refusal
  }
}

/// Reports that nobody waits for. Their answers come as events (`EventTaker`), which also ends them.
final class PostProducer: Producer, @unchecked Sendable {
  static let tag: UInt64 = 0x706f_7374 << 32
  private let reports: [hj_report]
  private let moments: PostMoments
  private var count: UInt64 = 0

  init(
    reports: [hj_report], moments: PostMoments, _ pacing: Pacing, _ host: Host,
    seconds: Int
  ) {
    self.reports = reports
    self.moments = moments
    super.init(.posts, pacing, host, seconds: seconds)
  }

  override func act() -> Outcome {
    var report = reports[Int(count) % reports.count]
    report.key_high = Self.tag | UInt64(moments.producer)
    report.key_low = count + 1
    moments.note(count + 1, HostClock.now_ns)
    let status = host.post(report)
    if status == HJ_FULL { return .fullness }
    guard status == HJ_OK else { return .refusal }
    count += 1
    return .taken
  }
}

/// When each post was made. One producer writes; the taker of the event reads, after the engine handed it over.
final class PostMoments: @unchecked Sendable {
  let producer: Int
  private static let capacity: UInt64 = 65_536
  private let times_ns: UnsafeMutablePointer<Int64>

  init(producer: Int) {
    self.producer = producer
    times_ns = .allocate(capacity: Int(Self.capacity))
    times_ns.initialize(repeating: 0, count: Int(Self.capacity))
  }

  deinit { times_ns.deallocate() }

  func note(_ number: UInt64, _ time_ns: Int64) { times_ns[Int(number % Self.capacity)] = time_ns }
  func time_ns(_ number: UInt64) -> Int64 { times_ns[Int(number % Self.capacity)] }
}

/// Waits like a caller, then works as long as a decision takes, and never calls the engine: what this lane shows is
/// the scheduler's alone.
final class SchedulerProbe: Producer, @unchecked Sendable {
  static let work_ns: Int64 = 20_000
  private var rounds = 1_000
  private var sum: UInt64 = 1

  override func run() {
    calibrate()
    super.run()
  }

  private func work() {
    var value = sum
    for _ in 0..<rounds { value = value &* 6_364_136_223_846_793_005 &+ 1 }
    sum = value
  }

  private func calibrate() {
    var least_ns = Int64.max
    for _ in 0..<50 {
      let begin_ns = HostClock.now_ns
      work()
      least_ns = min(least_ns, HostClock.now_ns - begin_ns)
    }
    rounds = max(Int(1_000 * Self.work_ns / max(least_ns, 1)), 1)
  }

  override func act() -> Outcome {
    work()
    return .taken
  }
}
