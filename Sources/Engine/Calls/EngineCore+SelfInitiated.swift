// A unit comes upon something and takes it on 自接警: a traffic stop, a fight on its way. Its incident, its order and its
// arrival are one act, so that no other unit is sent in between. Seats that it leaves open are filled as of any report.

import HujiaContainers
import HujiaRoads

extension EngineCore {
  /// Opens an incident on which the unit stands already. The answer lists the unit first; behind the live ones those
  /// that a plan that only recommends names, without an assignment. O(a decision).
  @inline(never)
  mutating func selfInitiated(
    _ unitID: UInt64, _ given: IncidentReport, act: Act, into decision: inout Decision
  ) -> Status {
    counters.add(Counter.reports)
    if given.hasKey {
      keys.expire(now_ns: time.now_ns, most: 8)
      if let known = keys.find(given, now_ns: time.now_ns) {
        return repeatAnswer(known, given, of: unitID, &decision)
      }
    }
    let (unit, verdict) = ableToTakeOn(unitID, given)
    guard let unit, verdict == .ok, let incident = takeIncidentSlot() else {
      counters.add(Counter.refused)
      return verdict == .ok ? .full : verdict
    }
    var report = given
    if report.source == 0 { report.source = Self.onView }
    if report.place.isNowhere { placeAt(unit, &report) }
    open(incident, report)
    fileOpen(incident)
    let status = takeOn(incident, unit, unitID, act: act, &decision)
    if given.hasKey {
      decision.answer.record = record
      let evicted = keys.remember(
        given, status: status, decision: &decision, now_ns: time.now_ns)
      if evicted { counters.add(Counter.keysEvicted) }
    }
    return status
  }

  /// `HJ_SOURCE_ON_VIEW`.
  private static var onView: UInt8 { 6 }
  /// `HJ_SOURCE_CATCH_UP`.
  private static var catchUp: UInt8 { 9 }

  /// Asked before anything is opened.
  private func ableToTakeOn(_ unitID: UInt64, _ given: IncidentReport) -> (UInt32?, Status) {
    guard given.appointmentWall_us == 0, given.source != Self.catchUp else {
      return (nil, .argument)
    }
    guard let unit = units.find(unitID) else { return (nil, .unknownUnit) }
    guard units[unit].isFree else { return (nil, .busy) }
    guard counters.read(Counter.assignmentsLive) < Int64(assignments.bound) else {
      return (nil, .full)
    }
    return (unit, .ok)
  }

  /// Where the unit was seen last. Where that was is a fact of the turn: its positions may be on no record.
  private func placeAt(_ unit: UInt32, _ report: inout IncidentReport) {
    let place: Place?
    if let known = carrierChosen() {
      place = known
    } else {
      place = units[unit].hasPosition ? units[unit].place : nil
      noteCarrier(place)
    }
    guard let place else { return }
    report.place = place
    (report.lat_e7, report.lon_e7) = (place.lat_e7, place.lon_e7)
  }

  private mutating func takeOn(
    _ incident: UInt32, _ unit: UInt32, _ unitID: UInt64, act: Act, _ decision: inout Decision
  ) -> Status {
    counters.add(Counter.decisions)
    decision.answer = Answer(epoch: epoch)
    startIncidentClocks(incident)
    takeByHand(unit, unitID, for: incident, &decision)
    // It stands there: whatever its newest position says, there is no way left.
    (decision.chosen[0].travel_ms, decision.chosen[0].turnout_ms) = (0, 0)
    decision.chosen[0].distance_dm = 0
    guard let assignment = send(decision.chosen[0], to: incident) else {
      // Only a choice that is read back gets here: a unit that is not free. A file is believed no more than a host.
      return .full
    }
    gatherAlternatives(incident)
    let leavesOpen = hasOpenSeat(incident)
    let isByHand = mode.isManual || incidents[incident].plan.dispatch == .manual
    let status = leavesOpen && isByHand ? Status.manual : .ok
    if status == .manual { counters.add(Counter.manual) }
    if act.isOfPerson { incidents.sign(incident, act) }
    var decided = event(.decided, incident: incident)
    decided.reason = status.rawValue
    emit(decided)
    arrive(assignment, act: act)
    deriveState(of: incident)
    let named = leavesOpen ? serveFurther(incident, reason: .closest, &decision) : 0
    if !incidents[incident].shortfall.isEmpty { counters.add(Counter.shortfalls) }
    listLive(incident, &decision)
    decision.answer.count += named
    return status
  }
}
