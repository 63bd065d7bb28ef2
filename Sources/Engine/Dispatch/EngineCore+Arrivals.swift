// What is true of an incident because of its units, and can turn out otherwise: the first that arrived, the first that
// signed, that anybody was sent. A status that is taken back takes back what followed from it.

extension EngineCore {
  /// The first arrival that counts: of the units on the incident and of those that had arrived and have left.
  private func firstArrival(_ incident: UInt32) -> (arrival: Arrival, isKnown: Bool) {
    var best = incidentTimes[incident].left
    let first = Int(incident) * EngineLimits.chosen
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = incidentAssignments[first + place]
      guard assignments[assignment].state.hasArrived else { continue }
      let arrival = arrival(of: assignment)
      if arrival.at_ns < best.at_ns { best = arrival }
    }
    return (best, best.at_ns != .max)
  }

  private func arrival(of assignment: UInt32) -> Arrival {
    let unit = units[assignments[assignment].unit]
    return Arrival(
      at_ns: assignmentTimes[assignment].arrived_ns,
      wall_us: assignmentTimes[assignment].arrivedWall_us, agency: unit.agency, beat: unit.homeBeat)
  }

  /// A unit arrived, or an arrival was taken back: the incident's own arrival, its clock and its figures follow.
  mutating func reviseArrival(_ incident: UInt32) {
    let (arrival, isKnown) = firstArrival(incident)
    let before = incidentTimes[incident]
    guard
      arrival.at_ns != before.arrived_ns || arrival.agency != before.arrivedAgency
        || arrival.beat != before.arrivedBeat
    else { return }
    let wasKnown = before.arrived_ns != .max
    if wasKnown { takeBackArrival(incident) }
    incidentTimes[incident].arrived_ns = arrival.at_ns
    incidentTimes[incident].arrivedAgency = arrival.agency
    incidentTimes[incident].arrivedBeat = arrival.beat
    incidents[incident].hasArrived = isKnown
    incidents[incident].arrivedWall_us = isKnown ? max(arrival.wall_us, 1) : 0
    guard isKnown else { return promiseArrivalAgain(incident) }
    let at_ns = min(arrival.at_ns, mergedArrival_ns(incident))
    noteArrival(incident, arrival, kept_ns: at_ns)
    let slot = ClockSlot.of(.arrival, incident: incident)
    if clocks[slot].kind == .arrival, clocks[slot].limit_ns != .max {
      if wasKnown { settle(slot, at_ns: at_ns, isOver: true) }
      stop(.arrival, slot: slot, at_ns: at_ns)
    }
    guard incidents[incident].state == .merged else { return }
    let root = incidents[incident].mergedInto
    suspend(.arrival, root)
    settleByMerged(root)
  }

  /// Nobody was there after all: the promise runs again from the first dispatch, and seats that were left empty because
  /// somebody seemed to be there are wanted again.
  private mutating func promiseArrivalAgain(_ incident: UInt32) {
    incidents[incident].servedSeats &= ~incidents[incident].sparedSeats
    incidents[incident].sparedSeats = 0
    openSparedNeeds(of: incident)
    let slot = ClockSlot.of(.arrival, incident: incident)
    if incidents[incident].dispatchedWall_us != 0,
      let promise = promise(.arrival, incident: incident)
    {
      restart(.arrival, slot: slot, promise, from: incidentTimes[incident].arrivalFrom_ns)
      // A unit of a merged one is there: what was broken ended with its arrival.
      if hasMergedArrival(incident) { settleByMerged(incident) }
    }
    guard incidents[incident].state == .merged else { return }
    suspend(.arrival, incident)
    let root = incidents[incident].mergedInto
    if !hasMergedArrival(root) { resume(.arrival, root) } else { settleByMerged(root) }
  }

  /// What a unit did stays true when it has left.
  mutating func rememberLeaving(_ assignment: UInt32) {
    guard assignments[assignment].state.hasArrived else { return }
    let incident = assignments[assignment].incident
    let arrival = arrival(of: assignment)
    if arrival.at_ns < incidentTimes[incident].left.at_ns { incidentTimes[incident].left = arrival }
    let times = assignmentTimes[assignment]
    guard arrival.agency != 0 else { return }
    if arrival.at_ns < incidentTimes[incident].leftArrived_ns {
      incidentTimes[incident].leftArrived_ns = arrival.at_ns
      incidentTimes[incident].leftArrivedAgency = arrival.agency
    }
    if times.isAcknowledged, times.acknowledged_ns < incidentTimes[incident].leftSigned_ns {
      incidentTimes[incident].leftSigned_ns = times.acknowledged_ns
      incidentTimes[incident].leftSignedAgency = arrival.agency
    }
  }

  /// The last unit left before any had arrived, and nobody else was found: that somebody is sent is promised again,
  /// from the receipt.
  mutating func promiseDispatchAgain(_ incident: UInt32) {
    let record = incidents[incident]
    guard record.liveCount == 0, !record.hasArrived, !record.isUnmanned,
      record.dispatchedWall_us != 0, record.state != .held,
      record.state.isOpen || record.state == .merged
    else { return }
    incidents[incident].isUnmanned = true
    takeBackResponse(incident)
    let slot = ClockSlot.of(.pending, incident: incident)
    guard let promise = promise(.pending, incident: incident) else { return }
    // A receipt that was typed in late counts from when it was typed in, as before.
    let isKnown = clocks[slot].kind == .pending && clocks[slot].limit_ns != .max
    restart(
      .pending, slot: slot, promise, from: isKnown ? clocks[slot].start_ns : record.start_ns)
    if record.state == .merged {
      suspend(.pending, incident)
    } else if record.firstMerged != IncidentRecord.none {
      followReceipts(of: incident)
    }
  }

  /// Which agency leads by what is known now; 0 = nothing is.
  func firstToLead(_ incident: UInt32) -> UInt32 {
    var claims = AgencyClaims()
    let own = incidents[incident].agency
    if own != 0 {
      claims.received = AgencyClaim(agency: own, at_ns: incidents[incident].ownStart_ns)
    }
    var filed = incidents[incident].firstMerged
    while filed != IncidentRecord.none {
      if incidents[filed].agency != 0 {
        claims.received = claims.received.earlier(
          incidents[filed].agency, at_ns: incidents[filed].ownStart_ns)
      }
      filed = incidents[filed].nextLinked
    }
    let times = incidentTimes[incident]
    claims.signed = AgencyClaim(agency: times.leftSignedAgency, at_ns: times.leftSigned_ns)
    claims.arrived = AgencyClaim(agency: times.leftArrivedAgency, at_ns: times.leftArrived_ns)
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = liveAssignment(of: incident, place)
      let own = assignmentTimes[assignment]
      let agency = units[assignments[assignment].unit].agency
      guard assignments[assignment].state.isSigned, agency != 0 else { continue }
      if own.isAcknowledged {
        claims.signed = claims.signed.earlier(agency, at_ns: own.acknowledged_ns)
      }
      claims.arrived = claims.arrived.earlier(agency, at_ns: own.arrived_ns)
      claims.moved = claims.moved.earlier(agency, at_ns: own.signed_ns)
    }
    return Leading.agency(claims)
  }
}
