// What is true of an incident because of its units, and can turn out otherwise: the first that arrived, the first that
// signed, that anybody was sent. A status that is taken back takes back what followed from it.

extension EngineCore {
  /// The first arrival that counts: of the units on the incident and of those that had arrived and have left.
  private func firstArrival(_ incident: UInt32) -> (arrival: Arrival, isKnown: Bool) {
    var best = incidents[times: incident].left
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = incidents.assignment(of: incident, place)
      guard assignments[assignment].state.hasArrived else { continue }
      let arrival = arrival(of: assignment)
      if arrival.at_ns < best.at_ns { best = arrival }
    }
    return (best, best.at_ns != .max)
  }

  private func arrival(of assignment: UInt32) -> Arrival {
    let unit = units[assignments[assignment].unit]
    return Arrival(
      at_ns: assignments[times: assignment].arrived_ns,
      wall_us: assignments[times: assignment].arrivedWall_us, agency: unit.agency,
      beat: unit.homeBeat)
  }

  /// A unit arrived, or an arrival was taken back: the incident's own arrival, its clock and its figures follow.
  mutating func reviseArrival(_ incident: UInt32) {
    let (arrival, isKnown) = firstArrival(incident)
    let before = incidents[times: incident]
    guard
      arrival.at_ns != before.arrived_ns || arrival.agency != before.arrivedAgency
        || arrival.beat != before.arrivedBeat
    else { return }
    let wasKnown = before.arrived_ns != .max
    if wasKnown { figures.takeBackArrival(incident) }
    incidents.arrive(incident, arrival)
    guard isKnown else { return promiseArrivalAgain(incident) }
    let at_ns = min(arrival.at_ns, incidents.mergedArrival_ns(incident))
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
    incidents.openSpared(incident)
    let slot = ClockSlot.of(.arrival, incident: incident)
    if incidents[incident].dispatchedWall_us != 0,
      let promise = promise(.arrival, incident: incident)
    {
      restart(.arrival, slot: slot, promise, from: incidents[times: incident].arrivalFrom_ns)
      // A unit of a merged one is there: what was broken ended with its arrival.
      if incidents.hasMergedArrival(incident) { settleByMerged(incident) }
    }
    guard incidents[incident].state == .merged else { return }
    suspend(.arrival, incident)
    let root = incidents[incident].mergedInto
    if !incidents.hasMergedArrival(root) { resume(.arrival, root) } else { settleByMerged(root) }
  }

  /// What a unit did stays true when it has left.
  mutating func rememberLeaving(_ assignment: UInt32) {
    guard assignments[assignment].state.hasArrived else { return }
    let times = assignments[times: assignment]
    incidents.noteLeaving(
      assignments[assignment].incident, arrival(of: assignment),
      signed_ns: times.isAcknowledged ? times.acknowledged_ns : nil)
  }

  /// The last unit left before any had arrived, and nobody else was found: that somebody is sent is promised again,
  /// from the receipt.
  mutating func promiseDispatchAgain(_ incident: UInt32) {
    let record = incidents[incident]
    guard record.liveCount == 0, !record.hasArrived, !record.isUnmanned,
      record.dispatchedWall_us != 0, record.state != .held,
      record.state.isOpen || record.state == .merged
    else { return }
    incidents.set(incident, isUnmanned: true)
    figures.takeBackResponse(incident)
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
    let times = incidents[times: incident]
    claims.signed = AgencyClaim(agency: times.leftSignedAgency, at_ns: times.leftSigned_ns)
    claims.arrived = AgencyClaim(agency: times.leftArrivedAgency, at_ns: times.leftArrived_ns)
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = incidents.assignment(of: incident, place)
      let own = assignments[times: assignment]
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
