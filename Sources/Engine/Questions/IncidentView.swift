// What a reader sees of an incident (`hj_incident_status`).

package struct IncidentView: BitwiseCopyable {
  package var id: UInt64 = 0
  package var state = IncidentState.none
  package var tier = Tier.none
  package var type: UInt32 = 0
  package var lat_e7: Int32 = 0
  package var lon_e7: Int32 = 0
  package var flags: UInt32 = 0
  package var plan: UInt32 = 0
  package var shortfall = Shortfall()
  package var receivedWall_us: Int64 = 0
  package var dispatchedWall_us: Int64 = 0
  package var arrivedWall_us: Int64 = 0
  package var closedWall_us: Int64 = 0
  package var appointmentWall_us: Int64 = 0
  package var calledBackWall_us: Int64 = 0
  package var disposition: Int32 = 0
  /// The agency that leads, and the one that received the call; 0 = not set.
  package var lead: UInt32 = 0
  package var agency: UInt32 = 0
  package var source: UInt8 = 0
  /// The version of the plans that its clocks follow.
  package var plansVersion: UInt32 = 0
  package var operatorID: UInt64 = 0
  package var operatorReason: UInt32 = 0
  package var operatorSession: UInt64 = 0
  package var operatorRole: UInt32 = 0
  package var needs: UInt64 = 0
  package var reference = Reference()
  package var keyHigh: UInt64 = 0
  package var keyLow: UInt64 = 0
  /// Of the call-back: the host's code.
  package var outcome: Int32 = 0
  package var alarmLevel: UInt32 = 1
  /// Further calls about it.
  package var calls: UInt32 = 0
  /// What it was merged into, or is held as a likely repeat of; 0 = nothing.
  package var repeatOf: UInt64 = 0
  /// Live assignments, oldest first.
  package var liveCount: UInt32 = 0
  package var assignmentIDs: InlineArray<16, UInt64> = .init(repeating: 0)
  package init() {}
}

extension EngineCore {
  func describe(incident slot: UInt32, _ view: inout IncidentView) {
    let incident = incidents[slot]
    view.id = incidents.id(of: slot)
    view.state = incident.state
    view.tier = incident.tier
    view.type = incident.type
    view.lat_e7 = incident.lat_e7
    view.lon_e7 = incident.lon_e7
    view.flags = incident.flags
    view.plan = incident.plan.plan
    view.shortfall = shownShortfall(slot)
    view.receivedWall_us = known(incident.receivedWall_us)
    view.dispatchedWall_us = knownOrNever(incident.dispatchedWall_us)
    view.arrivedWall_us = knownOrNever(incident.arrivedWall_us)
    view.closedWall_us = knownOrNever(incident.closedWall_us)
    view.appointmentWall_us = incident.appointmentWall_us
    view.calledBackWall_us = knownOrNever(incident.calledBackWall_us)
    view.disposition = incident.disposition
    view.lead = incident.lead
    view.agency = incident.agency
    view.source = incident.source
    view.plansVersion = plansNumber(of: slot)
    view.operatorID = incident.operatorID
    view.operatorReason = incident.operatorReason
    view.keyHigh = incident.keyHigh
    view.keyLow = incident.keyLow
    let details = incidents[details: slot]
    view.operatorSession = details.operatorSession
    view.operatorRole = details.operatorRole
    view.needs = details.needs
    view.reference = details.reference
    view.outcome = details.outcome
    view.alarmLevel = UInt32(incident.plan.alarmLevel)
    view.calls = details.calls
    view.repeatOf =
      incident.state == .merged ? incidents.id(of: incident.mergedInto) : details.repeatOf
    view.liveCount = incident.liveCount
    for place in 0..<Int(incident.liveCount) {
      view.assignmentIDs[place] = assignments.id(of: incidents.assignment(of: slot, place))
    }
  }
}
