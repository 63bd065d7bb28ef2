// What one producer saw: two histograms, its sums, and a row a second. Written by the producer alone; the rows that are
// published may be read by the progress line while it runs, the rest when it is done.

import Histogram
import Synchronization

/// What a stress run does at once. Named as the table shows it.
package enum Lane: String, CaseIterable, Sendable {
  case positions, calls, acks, posts, traffic, watches
  /// Follow from others: an incident's end after its call; the answer to a post, as an event; what becomes of a watch
  /// after heartbeats; a thread that waits and works like a caller and never touches the engine.
  case closes, answers, changes, scheduler

  package static let offered: [Lane] = [.positions, .calls, .acks, .posts, .traffic, .watches]

  package var does: String {
    switch self {
    case .positions: "hj_positions_report"
    case .calls: "hj_incident_report"
    case .acks: "hj_assignment_advance"
    case .posts: "hj_incident_post"
    case .traffic: "hj_traffic_report"
    case .watches: "hj_watch_beats"
    case .changes: "hj_watch_put, _remove, _pause, _resume"
    case .closes: "hj_incident_close"
    case .answers: "post to its event"
    case .scheduler: "no engine at all"
    }
  }
}

/// What became of the items of one act.
package struct Outcome: Equatable {
  package var offered = 0
  var accepted = 0
  var refused = 0
  var full = 0

  mutating func add(_ other: Outcome) {
    offered += other.offered
    accepted += other.accepted
    refused += other.refused
    full += other.full
  }

  static let taken = Outcome(offered: 1, accepted: 1)
  static let refusal = Outcome(offered: 1, refused: 1)
  static let fullness = Outcome(offered: 1, full: 1)
}

/// One second of a producer.
package struct SecondRow {
  package var offered = 0
  package var p99_ns: UInt64 = 0
  var worst_ns: UInt64 = 0
}

final class LaneRecord: @unchecked Sendable {
  static let longest_ns: UInt64 = 600_000_000_000

  /// From the intended start, and from the call itself, to its return.
  private(set) var response = LaneRecord.histogram(.three)
  private(set) var service = LaneRecord.histogram(.three)
  private(set) var sum = Outcome()
  private var window = LaneRecord.histogram(.two)
  private var row = SecondRow()
  private var second = 0
  private var start_ns: Int64 = 0
  private let rows: UnsafeMutablePointer<SecondRow>
  private let capacity: Int
  private let published = Atomic<Int>(0)

  static func histogram(_ digits: SignificantDigits) -> Histogram<UInt64> {
    Histogram(highestTrackableValue: longest_ns, numberOfSignificantValueDigits: digits)
  }

  init(seconds: Int) {
    capacity = seconds + 2
    rows = .allocate(capacity: capacity)
    rows.initialize(repeating: SecondRow(), count: capacity)
  }

  deinit { rows.deallocate() }

  /// Before the producer's thread starts.
  func begin(_ span: Span) { start_ns = span.start_ns }

  func record(_ outcome: Outcome, due_ns: Int64, begin_ns: Int64, end_ns: Int64) {
    turnPage(at_ns: end_ns)
    let late_ns = Self.bounded(end_ns - due_ns)
    response.record(late_ns)
    service.record(Self.bounded(end_ns - begin_ns))
    window.record(late_ns)
    row.worst_ns = max(row.worst_ns, late_ns)
    row.offered += outcome.offered
    sum.add(outcome)
  }

  private static func bounded(_ time_ns: Int64) -> UInt64 {
    min(UInt64(max(time_ns, 0)), longest_ns)
  }

  private func turnPage(at_ns: Int64) {
    let now = Int(max(at_ns - start_ns, 0) / 1_000_000_000)
    guard now > second else { return }
    if second < capacity {
      row.p99_ns = window.totalCount > 0 ? window.valueAtPercentile(99) : 0
      rows[second] = row
      published.store(min(now, capacity), ordering: .releasing)
    }
    row = SecondRow()
    window.reset()
    second = now
  }

  /// The producer is done: its last, begun second counts too.
  func finish() { turnPage(at_ns: start_ns + Int64(second + 1) * 1_000_000_000) }

  /// A second that is over; nil when it is not yet, or nothing happened after it.
  func second(_ index: Int) -> SecondRow? {
    index < published.load(ordering: .acquiring) ? rows[index] : nil
  }
}
