// The host's reader of events: sleeps on the descriptor, takes what waits, counts it, and ends what posts and silences
// opened.

import CHujia
import Glibc
import HujiaHostKit
import Synchronization

/// What the events said, summed.
struct EventSums {
  var taken = 0
  var lost = 0
  /// Moves of assignments that the acks lane makes.
  var moves = 0
  var escalations = 0
  var postsDecided = 0
  var postsRefused = 0
  /// Incidents of posts and of silences that the reader of events ended.
  var closed = 0
  var closesRefused = 0
  /// Chains of silence: their first steps; the incidents that their last ones opened, or had no room for.
  var absences = 0
  var watchIncidents = 0
  var watchRefusals = 0
}

final class EventTaker: @unchecked Sendable {
  private let host: Host
  private let moments: [PostMoments]
  let answers: LaneRecord
  private(set) var sums = EventSums()
  private let decided = Atomic<Int>(0)
  private let isWanted = Atomic<Bool>(true)
  private let isDone = Atomic<Bool>(false)
  private var room = Host.roomForEvents(256)

  /// By watch: the incident that its silence opened last.
  private var silences: [UInt64]

  init(_ host: Host, moments: [PostMoments], watches: Int = 0, _ span: Span) {
    self.host = host
    silences = Array(repeating: 0, count: watches + 1)
    self.moments = moments
    answers = LaneRecord(seconds: span.seconds)
    answers.begin(span)
  }

  func start() throws(Failed) {
    try HostThread.start("stress events") { [self] in
      let descriptor = host.eventsDescriptor
      while isWanted.load(ordering: .acquiring) {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&waiting, 1, 20)
        take()
      }
      take()
      answers.finish()
      isDone.store(true, ordering: .releasing)
    }
  }

  /// Posts that were answered so far, for the thread that waits for the last ones.
  var answered: Int { decided.load(ordering: .acquiring) }

  func end() {
    isWanted.store(false, ordering: .releasing)
    while !isDone.load(ordering: .acquiring) { usleep(1_000) }
  }

  /// Takes all that waits; before the run, what the preparation left.
  func take() {
    // The room is lent, so that what is noted may write to this object.
    var lent = room
    room = []
    _ = host.takeEvents(&lent) { note($0) }
    room = lent
  }

  /// Forgets what was counted: the run begins.
  func reset() { sums = EventSums() }

  private func note(_ event: hj_event) {
    sums.taken += 1
    let isPost = event.key_high & ~0xffff_ffff == PostProducer.tag
    switch event.kind {
    case HJ_EVENT_OVERFLOW: sums.lost += Int(event.step)
    case HJ_EVENT_ESCALATION:
      sums.escalations += 1
      if event.clock == HJ_CLOCK_ABSENCE { silence(event) }
    case HJ_EVENT_ASSIGNMENT:
      if event.state >= HJ_ASSIGNMENT_ACKNOWLEDGED, event.state <= HJ_ASSIGNMENT_ON_SCENE {
        sums.moves += 1
      }
    case HJ_EVENT_DECIDED where isPost: answered(event)
    case HJ_EVENT_REFUSED where isPost:
      sums.postsRefused += 1
      decided.add(1, ordering: .releasing)
    default: break
    }
  }

  /// The last step opens an incident, which a person would look into and end.
  private func silence(_ event: hj_event) {
    if event.step == 1 { sums.absences += 1 }
    guard event.action == HJ_STEP_OPEN_INCIDENT else { return }
    guard event.reason != HJ_REASON_TABLE_FULL else {
      sums.watchRefusals += 1
      return
    }
    let watch = Int(event.watch_id)
    guard silences[watch] != event.incident_id else { return }
    silences[watch] = event.incident_id
    sums.watchIncidents += 1
    close(event.incident_id)
  }

  private func close(_ incident: UInt64) {
    if host.close(incident) == HJ_OK {
      sums.closed += 1
    } else {
      sums.closesRefused += 1
    }
  }

  private func answered(_ event: hj_event) {
    sums.postsDecided += 1
    let producer = Int(event.key_high & 0xffff_ffff)
    if producer < moments.count {
      let posted_ns = moments[producer].time_ns(event.key_low)
      answers.record(
        .taken, due_ns: posted_ns, begin_ns: posted_ns, end_ns: HostClock.now_ns)
    }
    close(event.incident_id)
    decided.add(1, ordering: .releasing)
  }
}
