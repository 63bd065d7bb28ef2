// When an incident is to be dispatched that is held until then.

extension EngineCore {
  mutating func setAppointment(_ incident: UInt32, due_ns: Int64) {
    let slot = ClockSlot.of(.appointment, incident: incident)
    let record = ClockRecord(
      due_ns: due_ns, planned_ns: due_ns, own_ns: due_ns, start_ns: time.now_ns, policy: 0,
      step: 0, cycle: 0, kind: .appointment, isRunning: true)
    clocks.begin(slot, record)
    if due_ns != .max { rearm(slot, due_ns: due_ns) }
  }

  /// The wall time is known now: a held incident gets its place in it. What came since has it already.
  mutating func armAppointment(_ incident: UInt32) {
    guard incidents.isLive(incident), incidents[incident].state == .held,
      clocks[ClockSlot.of(.appointment, incident: incident)].due_ns == .max
    else { return }
    setAppointment(incident, due_ns: firstDue_ns(incidents[incident].appointmentWall_us))
  }
}
