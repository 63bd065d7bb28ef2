// How people name a clock, and what it says of itself.

/// One clock and the firing that was seen: 1-based step and cycle; 0 = none has fired.
package struct ClockReference: BitwiseCopyable {
  package var clock: ClockKind
  package var incidentID: UInt64
  package var assignmentID: UInt64
  package var watchID: UInt64
  package var step: Int32
  package var cycle: Int32
  package init(
    clock: ClockKind, incidentID: UInt64 = 0, assignmentID: UInt64 = 0, watchID: UInt64 = 0,
    step: Int32, cycle: Int32
  ) {
    self.clock = clock
    self.incidentID = incidentID
    self.assignmentID = assignmentID
    self.watchID = watchID
    self.step = step
    self.cycle = cycle
  }
}

/// What a clock says of itself (`hj_clock_status`).
package struct ClockReading: BitwiseCopyable {
  package var state = ClockState.none
  package var step: Int32 = 0
  package var cycle: Int32 = 0
  package var due_ns: Int64 = .max
  /// Before the limit: the limit; after: the next step without a snooze.
  package var planned_ns: Int64 = .max
  package var plansVersion: UInt32 = 0
  /// The same two on the wall clock as it is now; 0 = never.
  package var dueWall_us: Int64 = 0
  package var plannedWall_us: Int64 = 0
  package init() {}

  init(
    state: ClockState, step: Int32, cycle: Int32, due_ns: Int64, planned_ns: Int64,
    plansVersion: UInt32
  ) {
    self.state = state
    self.step = step
    self.cycle = cycle
    self.due_ns = due_ns
    self.planned_ns = planned_ns
    self.plansVersion = plansVersion
  }
}
