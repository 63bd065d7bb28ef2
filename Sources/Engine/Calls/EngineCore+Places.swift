// An incident turns out to be somewhere else: units that are still on their way have other times to go, and one that is
// free may be nearer. Nobody is pulled off or sent because of it; the host is told.

import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// The live assignments before arrival get the times from where their units are now. O(its assignments).
  mutating func measureAgain(_ incident: UInt32) {
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = incidents.assignment(of: incident, place)
      guard !assignments[assignment].state.hasArrived else { continue }
      let unit = assignments[assignment].unit
      refresh(unit: unit)
      let (travel, isKnown) = measure(unit, to: incident)
      assignments.measure(
        assignment, travel_ms: travel.travel_ms, distance_dm: travel.distance_dm,
        isStraightLine: travel.isStraightLine && isKnown)
    }
  }

  /// Tells that the place changed, and of the free unit that would be there before all units under way.
  mutating func tellPlaceChanged(_ incident: UInt32) {
    var event = event(.incident, incident: incident)
    event.reason = Reason.placeChanged.rawValue
    if let nearer = toldNearer(incident) {
      event.unitID = nearer.id
      event.travel_ms = nearer.travel_ms
    }
    emit(event)
  }

  private mutating func toldNearer(_ incident: UInt32) -> (id: UInt64, travel_ms: UInt32)? {
    if let known = nearerChosen() { return known }
    let nearer = nearerFreeUnit(incident)
    noteNearer(nearer)
    return nearer.map { ($0.id, $0.travel_ms) }
  }

  /// The best free unit for the seat of a unit under way, if it would be there before all units under way. At most
  /// one question a requirement, as in a decision.
  private mutating func nearerFreeUnit(_ incident: UInt32) -> Candidate? {
    let record = incidents[incident]
    var least_ms = UInt64.max
    var asked: UInt64 = 0
    // One assignment for each requirement: its seats would all ask the same question.
    var examples: InlineArray<34, UInt32> = .init(repeating: 0)
    for place in 0..<Int(record.liveCount) {
      let slot = incidents.assignment(of: incident, place)
      let assignment = assignments[slot]
      guard !assignment.state.hasArrived else { continue }
      let moves = assignment.state.rawValue >= AssignmentState.enRoute.rawValue
      least_ms = min(
        least_ms,
        assignment.travel_ms == .max
          ? .max : UInt64(assignment.travel_ms) + UInt64(moves ? 0 : assignment.turnout_ms))
      let group =
        assignment.isOfPlan
        ? assignment.requirement : assignment.requirement == AssignmentRecord.forNeeds ? 33 : 32
      asked |= 1 << UInt64(group)
      examples[Int(group)] = slot
    }
    guard asked != 0 else { return nil }
    beginSelection(excludingRefusalsOf: incident)
    var best: Candidate?
    for index in examples.indices where asked & (1 << UInt64(index)) != 0 {
      let requirement = requirement(inPlaceOf: examples[index])
      guard
        let found = bestUnit(
          requirement, capabilities: requirement.capabilities, place: record.place,
          tier: record.tier, plan: record.plan, beats: BeatRule())
      else { continue }
      if best.map({ found.isBetter(than: $0) }) ?? true { best = found }
    }
    guard let best, best.travel_ms != .max, best.cost_ms < least_ms else { return nil }
    return best
  }
}
