// How what is kept of an incident stands in a state, field by field.

import HujiaContainers

extension IncidentRecord {
  /// `slots`: how many incidents there are, for the links between them.
  mutating func code(_ coder: inout StateCoder, slots: Int) {
    coder.code(&state)
    coder.code(&tier)
    plan.code(&coder)
    coder.code(&place)
    coder.code(&type)
    coder.code(&lat_e7)
    coder.code(&lon_e7)
    coder.code(&flags, 0...1)
    coder.code(&shortfall)
    coder.code(&keyHigh)
    coder.code(&keyLow)
    coder.code(&callerHash)
    codeTimes(&coder)
    coder.code(&disposition)
    coder.code(&liveCount, 0...UInt32(EngineLimits.chosen))
    coder.code(&refusalCount, 0...UInt32(EngineLimits.chosen))
    coder.code(&planVersion, below: PlanVersions.limit)
    coder.code(&clockVersion, below: PlanVersions.limit)
    coder.code(&lead)
    coder.code(&agency)
    coder.code(&source)
    coder.code(&mergedInto, below: slots, none: Self.none)
    coder.code(&firstMerged, below: slots, none: Self.none)
    coder.code(&previousLinked, below: slots, none: Self.none)
    coder.code(&nextLinked, below: slots, none: Self.none)
    coder.code(&servedSeats)
    coder.code(&sparedSeats)
    coder.code(&watch)
    coder.code(&operatorID)
    coder.code(&operatorReason)
    coder.code(&isWaiting)
    coder.code(&isUnmanned)
    coder.code(&hasArrived)
    coder.code(&hasNeeds)
    coder.code(&hasReference)
    if coder.version >= 4 { coder.code(&isSuspected) }
    if coder.version >= 5 { coder.code(&isLeftAlone) }
  }

  private mutating func codeTimes(_ coder: inout StateCoder) {
    coder.code(&receivedWall_us)
    coder.code(&dispatchedWall_us)
    coder.code(&arrivedWall_us)
    coder.code(&closedWall_us)
    coder.code(time: &received_ns)
    coder.code(time: &start_ns)
    coder.code(time: &ownStart_ns)
    coder.code(&ownReceivedWall_us)
    coder.code(&appointmentWall_us)
    coder.code(&calledBackWall_us)
  }
}

extension IncidentDetails {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&needs)
    coder.code(&servedNeeds)
    coder.code(&sparedNeeds)
    coder.code(&reference)
    coder.code(&operatorSession)
    coder.code(&operatorRole)
    coder.code(&outcome)
    coder.code(&keyNumber, 0...1 << 62)
    coder.code(&referenceNumber, 0...1 << 62)
    guard coder.version >= 4 else { return }
    coder.code(&repeatOf)
    coder.code(&calls)
    coder.code(&repeatUnits)
    if coder.version >= 5 { coder.code(&robbed) }
  }
}

extension Arrival {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(time: &at_ns)
    coder.code(&wall_us)
    coder.code(&agency)
    coder.code(&beat)
  }
}

extension IncidentTimes {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(time: &dispatched_ns)
    coder.code(&agency)
    coder.code(&beat)
    coder.code(time: &arrived_ns)
    coder.code(&arrivedAgency)
    coder.code(&arrivedBeat)
    coder.code(time: &arrivalFrom_ns)
    left.code(&coder)
    coder.code(time: &leftSigned_ns)
    coder.code(time: &leftArrived_ns)
    coder.code(&leftSignedAgency)
    coder.code(&leftArrivedAgency)
    coder.code(&isDispatched)
  }
}
