// In MANUAL: the units that would be sent are told, and none is sent. What would be served waits until a person sends,
// or gives the sending back. Must never: reserve a unit.

import HujiaContainers
import HujiaRouting

extension EngineCore {
  /// What is done for an incident. One that was written on paper while the machines were down is its writer's; a likely
  /// repeat is a person's.
  func sending(_ incident: UInt32) -> DispatchMode {
    incidents[incident].isCatchUp || incidents[incident].isSuspected
      ? .manual : Sending.mode(incidents[incident].plan, at: incidents[incident].place)
  }

  /// Whether the engine sends for an incident by itself; in MANUAL, whether it would.
  func isAutomatic(_ incident: UInt32) -> Bool { sending(incident) == .auto }

  /// Why seats are open, and that a person is to fill them while nobody else does.
  func shownShortfall(_ incident: UInt32) -> Shortfall {
    let own = incidents[incident].shortfall
    return mode.isManual && incidents[incident].isWaiting ? own.union(.manual) : own
  }

  /// As `fillSeats`, without sending: the chosen units are in the decision, with no assignment.
  mutating func propose(
    for incident: UInt32, reason: Reason, _ decision: inout Decision
  ) {
    assert(mode.isManual)
    beginSelection(excludingRefusalsOf: incident)
    let record = incidents[incident]
    let shortfall = choose(
      record.plan, version: record.planVersion, place: record.place, tier: record.tier,
      incident: incident, needs: openNeeds(of: incident), reason: reason, &decision)
    incidents.set(incident, shortfall: shortfall)
    if hasOpenSeat(incident) { wait(incident) } else { stopWaiting(incident) }
    deriveState(of: incident)
  }

  /// An event for each unit that would go.
  mutating func tellProposed(_ incident: UInt32, _ decision: inout Decision) {
    for place in 0..<decision.answer.count where decision.chosen[place].assignmentID == 0 {
      tellProposed(
        incident, unit: decision.chosen[place].unitID, travel_ms: decision.chosen[place].travel_ms)
    }
  }

  private mutating func tellProposed(_ incident: UInt32, unit: UInt64, travel_ms: UInt32) {
    var event = event(.incident, incident: incident)
    event.reason = Reason.proposed.rawValue
    event.unitID = unit
    event.travel_ms = travel_ms
    emit(event)
  }

  /// A free unit that would serve an incident that waits.
  mutating func tellOffer(of unit: UInt32, to incident: UInt32) {
    let (travel, isKnown) = measure(unit, to: incident)
    tellProposed(
      incident, unit: units[unit].id, travel_ms: isKnown ? travel.travel_ms : .max)
  }
}
