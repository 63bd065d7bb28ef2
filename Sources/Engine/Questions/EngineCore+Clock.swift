// What a clock says of itself.

extension EngineCore {
  package func read(_ reference: ClockReference) -> (status: Status, reading: ClockReading?) {
    if reference.clock == .absence { return readAbsence(reference) }
    let found = locate(reference)
    guard found.status == .ok else { return (found.status, nil) }
    let record = clocks[found.slot]
    let runs = clocks.isRunning(reference.clock, slot: found.slot)
    return (
      .ok,
      ClockReading(
        state: runs ? record.state : .none, step: runs ? record.firedStep : 0,
        cycle: runs ? record.firedCycle : 0,
        due_ns: runs && clocks.isArmed(found.slot) ? record.due_ns : .max,
        planned_ns: runs && !record.isTaken ? record.planned_ns : .max,
        plansVersion: runs
          ? plans.number(incidents[incident(ofClock: found.slot)].clockVersion) : 0)
    )
  }
}
