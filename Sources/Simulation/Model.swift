// What must be true: a slow, obvious model of incidents, assignments, units and their deadlines, fed by the commands
// given and the events taken. Whatever the engine says is held against it.

import CHujia
import HujiaHostKit

/// A running clock as the model expects it.
struct ModelClock: Equatable {
  var clock: Int32
  var due_ns: Int64
  /// The step that comes next, 0-based, and how often the last one has been repeated.
  var step = 0
  var cycle: Int32 = 0
  var hasFired = false
  var isRepeating = false

  /// After a step at `now_ns`: the next one is due after the delay from *this* step's due time; the last repeats.
  mutating func next(now_ns: Int64) {
    let steps = SimulationPlan.steps(clock)
    hasFired = true
    if step + 1 < steps.count {
      step += 1
      due_ns += steps[step].after_ms * 1_000_000
      return
    }
    let repeat_ns = SimulationPlan.repeat_ms(clock) * 1_000_000
    let wasRepeat = isRepeating
    isRepeating = true
    cycle += 1
    due_ns += repeat_ns
    // Repeats that were slept through come as one.
    guard due_ns <= now_ns else { return }
    due_ns += (now_ns - due_ns) / repeat_ns * repeat_ns
    // A repeat stands for those after it that were slept through.
    if wasRepeat { due_ns += repeat_ns }
  }
}

struct ModelIncident {
  var id: UInt64
  var tier: Int32
  var type: UInt32
  var isVulnerable: Bool
  var lat_e7: Int32
  var lon_e7: Int32
  var isOpen = true
  var isDispatched = false
  /// All its units left before any had arrived.
  var isUnmanned = false
  var hasArrived = false
  /// What its limits count from, and the number that its pending clock begins with next.
  var pendingFrom_ns: Int64
  var arrivalFrom_ns: Int64 = 0
  var nextCycle: Int32 = 0
  /// A unit declined, did not sign or was cancelled: which units may be asked again is then the engine's to know.
  var wasRefused = false
  /// Units that graver calls took from it.
  var robbed = 0
  var live: [UInt64] = []
  var clocks: [Int32: ModelClock] = [:]
}

struct ModelAssignment {
  var incident: UInt64
  var unit: UInt64
  var state: Int32
  var acknowledge: ModelClock?
}

struct ModelUnit {
  var assignment: UInt64 = 0
}

struct Model {
  var incidents: [UInt64: ModelIncident] = [:]
  /// Open incidents and live assignments, oldest first: no hashing order may ever pick one.
  var open: [UInt64] = []
  var live: [UInt64] = []
  var assignments: [UInt64: ModelAssignment] = [:]
  var units: [UInt64: ModelUnit] = [:]
  /// Posted and not yet decided, by key.
  var posted: [UInt64: hj_report] = [:]
  /// The order that a person sends elsewhere, while that is carried out.
  var divertedByHand: UInt64 = 0
  /// The unit that takes on what it came upon, until its first event.
  var takingOn: UInt64 = 0
  private(set) var robberies = 0
  private var sequence: UInt64 = 0
  private var lastExpired: ModelClock?
  private(set) var escalations: [Int32: [Int32: Int]] = [:]

  var earliestDue_ns: Int64 {
    var earliest: Int64 = .max
    for id in open {
      for clock in incidents[id]?.clocks.values ?? [:].values {
        earliest = min(earliest, clock.due_ns)
      }
    }
    for id in live { earliest = min(earliest, assignments[id]?.acknowledge?.due_ns ?? .max) }
    return earliest
  }

  // Commands

  /// `elapsed_us`: how long before now the report says that it was received.
  mutating func opened(_ id: UInt64, _ report: hj_report, now_ns: Int64, elapsed_us: Int64) {
    let tier = report.tier == HJ_TIER_NONE ? HJ_TIER_EMERGENCY : report.tier
    var incident = ModelIncident(
      id: id, tier: tier, type: report.type,
      isVulnerable: report.flags & HJ_REPORT_VULNERABLE != 0, lat_e7: report.lat_e7,
      lon_e7: report.lon_e7, pendingFrom_ns: now_ns - elapsed_us * 1_000)
    func due_ns(_ limit_ms: Int64) -> Int64 {
      let whole = now_ns + limit_ms * 1_000_000
      return elapsed_us > 0 && elapsed_us < limit_ms * 1_000 ? whole - elapsed_us * 1_000 : whole
    }
    if let limit_ms = SimulationPlan.respond_ms(tier) {
      incident.clocks[HJ_CLOCK_PENDING] = ModelClock(
        clock: HJ_CLOCK_PENDING, due_ns: due_ns(limit_ms))
      incident.pendingFrom_ns = due_ns(limit_ms) - limit_ms * 1_000_000
      incident.nextCycle = 1
    }
    if let limit_ms = SimulationPlan.resolve_ms(tier) {
      incident.clocks[HJ_CLOCK_RESOLVE] = ModelClock(
        clock: HJ_CLOCK_RESOLVE, due_ns: due_ns(limit_ms))
    }
    incidents[id] = incident
    open.append(id)
  }

  /// A raised tier or a vulnerable caller: new limits from now, where they are nearer.
  mutating func updated(_ id: UInt64, _ change: hj_report, now_ns: Int64) {
    guard var incident = incidents[id] else { return }
    let oldTier = incident.tier
    if change.tier != HJ_TIER_NONE { incident.tier = change.tier }
    if change.type != 0 { incident.type = change.type }
    let isVulnerable = change.flags & HJ_REPORT_VULNERABLE != 0
    let isEased = incident.isVulnerable && !isVulnerable
    incident.isVulnerable = isVulnerable
    if isEased { ease(&incident) }
    let isRaised = incident.tier < oldTier
    if isRaised || isVulnerable {
      func tighten(_ clock: Int32, _ limit_ms: Int64?) {
        guard let limit_ms else { return }
        let due_ns = now_ns + limit_ms * 1_000_000
        let isPending = clock == HJ_CLOCK_PENDING
        if let running = incident.clocks[clock] {
          guard !running.hasFired, due_ns < running.due_ns else { return }
          incident.clocks[clock]?.due_ns = due_ns
          if clock == HJ_CLOCK_ARRIVAL, isRaised { incident.arrivalFrom_ns = now_ns }
        } else {
          incident.clocks[clock] = ModelClock(
            clock: clock, due_ns: due_ns, cycle: isPending ? incident.nextCycle : 0)
          if isPending { incident.nextCycle += 1 }
          if clock == HJ_CLOCK_ARRIVAL { incident.arrivalFrom_ns = now_ns }
        }
        if isPending { incident.pendingFrom_ns = now_ns }
      }
      if !incident.isDispatched || incident.isUnmanned {
        tighten(HJ_CLOCK_PENDING, SimulationPlan.respond_ms(incident.tier))
      }
      if incident.isDispatched, !incident.hasArrived {
        tighten(
          HJ_CLOCK_ARRIVAL,
          SimulationPlan.arrive_ms(incident.tier, isVulnerable: incident.isVulnerable))
      }
      tighten(HJ_CLOCK_RESOLVE, SimulationPlan.resolve_ms(incident.tier))
    }
    incidents[id] = incident
  }

  /// Its caller turned out not to be vulnerable: the arrival limit of everybody, from where it began.
  private func ease(_ incident: inout ModelIncident) {
    guard let running = incident.clocks[HJ_CLOCK_ARRIVAL], !running.hasFired,
      let limit_ms = SimulationPlan.arrive_ms(incident.tier, isVulnerable: false)
    else { return }
    incident.clocks[HJ_CLOCK_ARRIVAL]?.due_ns = max(
      running.due_ns, incident.arrivalFrom_ns + limit_ms * 1_000_000)
  }

  /// When all events of a command are in: where nobody is on the way any more, that somebody is sent is promised again.
  mutating func commandEnded() {
    for id in open {
      guard var incident = incidents[id], incident.live.isEmpty, incident.isDispatched,
        !incident.hasArrived, !incident.isUnmanned
      else { continue }
      incident.isUnmanned = true
      if let limit_ms = SimulationPlan.respond_ms(incident.tier) {
        incident.clocks[HJ_CLOCK_PENDING] = ModelClock(
          clock: HJ_CLOCK_PENDING, due_ns: incident.pendingFrom_ns + limit_ms * 1_000_000,
          cycle: incident.nextCycle)
        incident.nextCycle += 1
      }
      incidents[id] = incident
    }
  }

  // Events

  mutating func take(_ event: hj_event, now_ns: Int64, wall_us: Int64) throws(Violation) {
    guard event.sequence == sequence + 1 else {
      throw Violation(
        "no event is lost", "event \(event.sequence) came after event \(sequence)")
    }
    sequence = event.sequence
    switch event.kind {
    case HJ_EVENT_DECIDED:
      guard incidents[event.incident_id] == nil else { return }
      guard let report = posted.removeValue(forKey: event.key_low) else {
        throw Violation("decided once", "incident \(event.incident_id) was opened by nobody")
      }
      opened(event.incident_id, report, now_ns: now_ns, elapsed_us: 0)
    case HJ_EVENT_INCIDENT: try incidentChanged(event)
    case HJ_EVENT_ASSIGNMENT: try assignmentChanged(event, now_ns: now_ns)
    case HJ_EVENT_ESCALATION: try escalated(event, now_ns: now_ns, wall_us: wall_us)
    default:
      throw Violation("no event is lost", "event \(event.sequence) is of kind \(event.kind)")
    }
  }

  private mutating func incidentChanged(_ event: hj_event) throws(Violation) {
    guard let incident = incidents[event.incident_id] else {
      throw Violation("known ids", "event of incident \(event.incident_id), which nobody opened")
    }
    guard event.state == HJ_INCIDENT_CLOSED || event.state == HJ_INCIDENT_CANCELLED else { return }
    guard incident.live.isEmpty else {
      throw Violation(
        "every reservation ends",
        "incident \(incident.id) ended with \(incident.live.count) live assignments")
    }
    incidents[incident.id]?.isOpen = false
    incidents[incident.id]?.clocks = [:]
    open.removeAll { $0 == incident.id }
  }

  private mutating func assignmentChanged(
    _ event: hj_event, now_ns: Int64
  ) throws(Violation) {
    if event.state == HJ_ASSIGNMENT_DISPATCHED { return try dispatched(event, now_ns: now_ns) }
    if event.state == HJ_ASSIGNMENT_ON_SCENE, event.unit_id == takingOn {
      try dispatched(event, now_ns: now_ns)
      takingOn = 0
    }
    guard let assignment = assignments[event.assignment_id], assignment.unit == event.unit_id else {
      throw Violation("known ids", "event of assignment \(event.assignment_id), which is not live")
    }
    guard event.state < HJ_ASSIGNMENT_CLEARED else {
      if event.state == HJ_ASSIGNMENT_EXPIRED { lastExpired = assignment.acknowledge }
      if event.state == HJ_ASSIGNMENT_DIVERTED, event.assignment_id != divertedByHand {
        try robbed(assignment)
      }
      if event.state != HJ_ASSIGNMENT_CLEARED { incidents[assignment.incident]?.wasRefused = true }
      units[assignment.unit]?.assignment = 0
      assignments[event.assignment_id] = nil
      live.removeAll { $0 == event.assignment_id }
      incidents[assignment.incident]?.live.removeAll { $0 == event.assignment_id }
      return
    }
    assignments[event.assignment_id]?.state = event.state
    if event.state >= HJ_ASSIGNMENT_ACKNOWLEDGED {
      assignments[event.assignment_id]?.acknowledge = nil
    }
    if event.state >= HJ_ASSIGNMENT_ON_SCENE {
      incidents[assignment.incident]?.hasArrived = true
      incidents[assignment.incident]?.clocks[HJ_CLOCK_ARRIVAL] = nil
    }
  }

  /// A graver call took the unit: before it arrived, from what can wait longer, and not too often.
  private mutating func robbed(_ assignment: ModelAssignment) throws(Violation) {
    guard let incident = incidents[assignment.incident] else { return }
    let most = SimulationPlan.mostRobbed
    guard assignment.state < HJ_ASSIGNMENT_ON_SCENE, incident.tier > HJ_TIER_URGENT,
      incident.robbed < most
    else {
      throw Violation(
        "units are taken by the table",
        "unit \(assignment.unit) in state \(assignment.state) was taken from incident \(incident.id) of tier \(incident.tier), the \(incident.robbed + 1)th of \(most)"
      )
    }
    incidents[incident.id]?.robbed += 1
    robberies += 1
  }

  private mutating func dispatched(_ event: hj_event, now_ns: Int64) throws(Violation) {
    guard var incident = incidents[event.incident_id], incident.isOpen else {
      throw Violation("known ids", "a unit was sent to \(event.incident_id), which is not open")
    }
    guard let unit = units[event.unit_id] else {
      throw Violation("known ids", "unit \(event.unit_id) was sent and does not exist")
    }
    guard unit.assignment == 0 else {
      throw Violation(
        "no unit on two incidents",
        "unit \(event.unit_id) was sent to \(event.incident_id) while on assignment \(unit.assignment)"
      )
    }
    units[event.unit_id]?.assignment = event.assignment_id
    assignments[event.assignment_id] = ModelAssignment(
      incident: incident.id, unit: event.unit_id, state: HJ_ASSIGNMENT_DISPATCHED,
      acknowledge: ModelClock(
        clock: HJ_CLOCK_ACKNOWLEDGE,
        due_ns: now_ns + SimulationPlan.acknowledge_ms * 1_000_000))
    live.append(event.assignment_id)
    incident.live.append(event.assignment_id)
    if incident.isUnmanned {
      incident.isUnmanned = false
      incident.clocks[HJ_CLOCK_PENDING] = nil
    }
    if !incident.isDispatched {
      incident.isDispatched = true
      incident.arrivalFrom_ns = now_ns
      incident.clocks[HJ_CLOCK_PENDING] = nil
      let limit_ms = SimulationPlan.arrive_ms(
        incident.tier, isVulnerable: incident.isVulnerable)
      if let limit_ms {
        incident.clocks[HJ_CLOCK_ARRIVAL] = ModelClock(
          clock: HJ_CLOCK_ARRIVAL, due_ns: now_ns + limit_ms * 1_000_000)
      }
    }
    incidents[incident.id] = incident
  }

  private mutating func escalated(
    _ event: hj_event, now_ns: Int64, wall_us: Int64
  ) throws(Violation) {
    let isReplaced =
      event.action == HJ_STEP_NEXT_UNIT && event.reason == HJ_REASON_NEXT_UNIT
    let expected: ModelClock?
    if event.clock == HJ_CLOCK_ACKNOWLEDGE {
      expected = isReplaced ? lastExpired : assignments[event.assignment_id]?.acknowledge
    } else {
      expected = incidents[event.incident_id]?.clocks[event.clock]
    }
    let name =
      "\(Host.name(HJ_NAMES_CLOCK, event.clock)) step \(event.step) of incident \(event.incident_id)"
    guard var clock = expected else {
      throw Violation("exactly once", "\(name) fired, and that clock does not run")
    }
    let due_ns = now_ns - event.late_ns
    guard event.late_ns >= 0, now_ns >= clock.due_ns else {
      throw Violation("never early", "\(name) fired \(clock.due_ns - now_ns) ns early")
    }
    guard clock.due_ns == due_ns, event.due_wall_us == wall_us - event.late_ns / 1_000 else {
      throw Violation("due exactly", "\(name) was due at \(clock.due_ns) ns and says \(due_ns) ns")
    }
    let action = SimulationPlan.steps(event.clock)[clock.step].action
    guard event.step == clock.step + 1, event.cycle == clock.cycle, event.action == action else {
      throw Violation(
        "exactly once",
        "\(name), cycle \(event.cycle), where step \(clock.step + 1), cycle \(clock.cycle) comes next"
      )
    }
    escalations[event.clock, default: [:]][event.step, default: 0] += 1
    if event.clock == HJ_CLOCK_PENDING, let incident = incidents[event.incident_id] {
      incidents[event.incident_id]?.nextCycle = max(incident.nextCycle, clock.cycle + 1)
    }
    clock.next(now_ns: now_ns)
    if event.clock == HJ_CLOCK_ACKNOWLEDGE {
      assignments[event.assignment_id]?.acknowledge = clock
      if isReplaced { lastExpired = nil }
    } else {
      incidents[event.incident_id]?.clocks[event.clock] = clock
    }
  }
}
