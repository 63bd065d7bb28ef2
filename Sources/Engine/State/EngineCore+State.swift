// Read first in this folder. All that a core knows, on its way to a file and back. What follows from it (trees of what
// waits, deadlines, what routing filters by) is made anew in reading, and `validate` has the last word. Must never:
// believe a byte of it, call for memory.

import HujiaContainers
import HujiaRoads

extension EngineCore {
  /// Of what `code` puts down. A later version reads all earlier ones: a field asks `coder.version` whether it was
  /// there. 2: alarm levels. 3: when the engine came back. 4: likely repeats, further calls. 5: units that were taken
  /// from an incident.
  package static var stateVersion: UInt32 { 5 }

  /// The first that knows what an incident has lost.
  static var robbingState: UInt32 { 5 }

  /// The newest that a journal of this format may hold: the versions of the library that write the format read it.
  package static func stateVersion(format: UInt32) -> UInt32 { format < 3 ? 1 : stateVersion }

  /// What is written from here on stands in a journal of this format. A journal that an unreleased version of the
  /// library wrote on in its own way has more than its format, and goes on with that.
  package mutating func write(in format: UInt32) {
    writtenState = Self.stateVersion(format: format)
  }

  /// The records hold what came with this format.
  package mutating func noteRead(format: UInt32) {
    readState = max(readState, Self.stateVersion(format: format))
  }

  /// Writes the state, or reads it into a core that nothing has happened to: its plans are there already
  /// (`put(plans:version:)`), its tables may be larger. What cannot be is told by `coder`. O(all tables).
  package mutating func code(_ coder: inout StateCoder) {
    var version = max(writtenState, readState)
    coder.code(&version)
    if coder.isReading, version > Self.stateVersion {
      return coder.failAsNewer("the state is of a later version: update the library")
    }
    coder.demand(version > 0, "the state is of no version")
    coder.version = version
    if coder.isReading { readState = version }
    coder.code(&time)
    coder.demand(
      time.now_ns >= 0 && time.wall_us >= 0 && max(time.now_ns, time.wall_us) < 1 << 62,
      "the time of the state is none")
    if coder.isReading {
      clocks.begin(at: time.now_ns)
      watches.begin(at: time.now_ns)
    }
    plans.code(&coder)
    codeOwn(&coder)
    units.code(&coder, assignments: limits.assignments)
    incidents.code(&coder, assignments: limits.assignments)
    assignments.code(&coder, incidents: incidents.touched, units: units.touched)
    watches.code(&coder)
    guard coder.isGood else { return }
    figures.code(&coder)
    breaches.code(&coder)
    guard coder.isGood else { return }
    codeOwners(&coder)
    codeSweeps(&coder)
    outbox.code(&coder)
    keys.code(&coder)
    counters.code(&coder)
    guard coder.isGood else { return }
    checkPlans(&coder)
    guard coder.isGood else { return }
    codeWaiting(&coder)
    if coder.isReading { fileAllOpen() }
    coder.section(0x2e64_6e45)
  }

  /// What belongs to no store.
  private mutating func codeOwn(_ coder: inout StateCoder) {
    coder.section(0x6e77_4f20)
    coder.code(&firstWall.moment, blank: Moment(now_ns: 0, wall_us: 0)) { $1.code(&$0) }
    coder.code(&mode)
    coder.code(&firstWall.hasAppointments)
    coder.code(&firstWall.hasShifts)
    coder.code(&acknowledged)
    if coder.version >= 3 { coder.code(since: &restedUntil_ns) }
    var epoch = epoch
    coder.code(&epoch)
    if coder.isReading { epochBefore = epoch }
    coder.code(&isEscalationBlocked)
    lateness.code(row: 0, &coder)
    coder.code(&latenessShown, 0...1 << 48)
    for activity in 0..<availableSince_ns.count { coder.code(since: &availableSince_ns[activity]) }
  }

  /// By owner: clocks and their cycles, what was counted, breaches.
  private mutating func codeOwners(_ coder: inout StateCoder) {
    coder.section(0x6b63_6c43)
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
      clocks.code(incident: slot, &coder)
      figures.code(incident: slot, &coder)
      let first = ClockSlot.of(.pending, incident: slot)
      for clock in first..<first + UInt32(ClockSlot.perIncident) {
        breaches.code(clock: clock, &coder)
      }
    }
    for slot in 0..<UInt32(assignments.touched) where assignments.isLive(slot) {
      clocks.code(assignment: slot, &coder)
      figures.code(assignment: slot, &coder)
      let first = ClockSlot.of(.acknowledge, assignment: slot, limits)
      for clock in first..<first + UInt32(ClockSlot.perAssignment) {
        breaches.code(clock: clock, &coder)
      }
    }
  }

  /// Work that goes on in slices: where each of them stands.
  private mutating func codeSweeps(_ coder: inout StateCoder) {
    coder.section(0x7077_7753)
    Self.code(&firstWall.nextUnit, within: units.touched, &coder)
    Self.code(&firstWall.nextIncident, within: incidents.touched, &coder)
    coder.code(&offerSweep.next, 0...UInt32(units.touched))
    coder.code(&offerSweep.isUnderWay)
    Self.code(&watchSweep, within: watches.touched, &coder)
    coder.code(&auditState.began_ns)
    coder.code(&auditState.isUnderWay)
    // The audit goes over clocks of incidents, of assignments, then watches: tables of another size begin elsewhere.
    let firsts = [0, limits.incidents * ClockSlot.perIncident, clocks.count]
    let sizes = [
      firsts[1], limits.assignments * ClockSlot.perAssignment, limits.watches,
    ]
    var part = UInt8(auditState.next < firsts[1] ? 0 : auditState.next < firsts[2] ? 1 : 2)
    var offset = auditState.next - firsts[Int(part)]
    coder.code(&part, 0...2)
    coder.code(count: &offset, most: sizes[Int(part)])
    auditState.next = firsts[Int(part)] + offset
  }

  private static func code(_ next: inout UInt32?, within count: Int, _ coder: inout StateCoder) {
    coder.code(&next, blank: 0) { $1.code(&$0, 0...UInt32(count)) }
  }

  /// What an incident says of its plans is in them.
  private func checkPlans(_ coder: inout StateCoder) {
    guard coder.isReading else { return }
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
      let incident = incidents[slot]
      coder.demand(Int(incident.watch) <= watches.touched, "an incident's watch is none")
      let isOpen = incident.state.isOpen || incident.state == .merged
      if isOpen {
        coder.demand(
          plans.isUsed(Int(incident.planVersion))
            && incident.plan.isSound(in: plans.tables(incident.planVersion).pointee),
          "an incident's plan is not among its plans")
      }
      let first = ClockSlot.of(.pending, incident: slot)
      checkClocks(of: slot, first..<first + UInt32(ClockSlot.perIncident), isOpen, &coder)
      for place in 0..<Int(incident.liveCount) {
        let first = ClockSlot.of(
          .acknowledge, assignment: incidents.assignment(of: slot, place), limits)
        checkClocks(of: slot, first..<first + UInt32(ClockSlot.perAssignment), isOpen, &coder)
      }
      guard coder.isGood else { return }
    }
    for slot in 0..<UInt32(assignments.touched) where assignments.isLive(slot) {
      let assignment = assignments[slot]
      guard incidents.isLive(assignment.incident), units.isLive(assignment.unit) else {
        return coder.fail("an assignment's incident or unit is not there")
      }
      let plan = incidents[assignment.incident].plan
      coder.demand(
        !assignment.isOfPlan
          || assignment.requirement < plan.requirementCount && assignment.seat < 16,
        "an assignment's seat is not in its plan")
    }
  }

  private func checkClocks(
    of incident: UInt32, _ slots: Range<UInt32>, _ isOpen: Bool, _ coder: inout StateCoder
  ) {
    let version = incidents[incident].clockVersion
    coder.demand(!isOpen || plans.isUsed(Int(version)), "an incident's clocks follow no plans")
    guard coder.isGood else { return }
    for slot in slots where clocks[slot].isRunning {
      coder.demand(
        plans.isUsed(Int(version))
          && Int(clocks[slot].policy) < plans.tables(version).pointee.policies.count,
        "a clock's chain is not among its plans")
      guard coder.isGood else { return }
      // An appointment has no chain; whatever else fires goes by its steps.
      coder.demand(
        clocks[slot].kind == .appointment
          || plans.tables(version).pointee.policy(clocks[slot].policy).stepCount > 0,
        "a clock's chain has no steps")
    }
  }

  /// What waits, at its place; then where units are offered.
  private mutating func codeWaiting(_ coder: inout StateCoder) {
    waiting.code(&coder)
    for slot in 0..<UInt32(incidents.touched)
    where incidents.isLive(slot) && incidents[slot].isWaiting {
      // Of open ones alone the plans were looked at.
      coder.demand(incidents[slot].state.isOpen, "an incident waits that is closed")
      guard coder.isGood else { return }
      code(waiting: slot, &coder)
    }
    offers.code(&coder)
  }
}
