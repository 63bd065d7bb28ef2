// After an engine came back: of several overdue steps of one clock that tell the same people, the last one fires. The
// others are facts of the turn. Must never: pass over a step of which no overdue step tells the addressee.

import HujiaContainers

extension EngineCore {
  /// Whether the step (or warning) that is due is passed over. On a turn that is applied again its facts say so.
  func isPassedOver(_ slot: UInt32, incident: UInt32) -> Bool {
    guard mayPassOver else { return false }
    let record = clocks[slot]
    let firing = PassedStep(
      incidentID: incidents.id(of: incident),
      assignmentID: assignment(ofClock: slot).map { assignments.id(of: $0) } ?? 0, watchID: 0,
      clock: record.kind, step: record.step + 1, cycle: record.cycle, due_ns: record.due_ns)
    return isPassedOver(firing) { isOvertaken(slot, incident: incident) }
  }

  /// One look in an engine that was never away, and on records of engines that were not.
  @inline(__always) var mayPassOver: Bool { restedUntil_ns != .min }

  @inline(never)
  func isPassedOver(_ firing: PassedStep, _ isOvertaken: () -> Bool) -> Bool {
    let known = choices?.pointee.readIf(.passedOver) { PassedStep(&$0) == firing }
    if let known = known ?? nil { return known }
    guard isOvertaken() else { return false }
    choices?.pointee.write(.passedOver, most: PassedStep.bytes) { firing.put(&$0) }
    return true
  }

  private func isOvertaken(_ slot: UInt32, incident: UInt32) -> Bool {
    let record = clocks[slot]
    guard record.due_ns <= restedUntil_ns else { return false }
    // That a limit comes near is no news once its first step tells that it has passed.
    guard record.step >= 0 else {
      return firstStep_ns(slot, incident: incident) <= restedUntil_ns
    }
    let tables = plans.tables(incidents[incident].clockVersion)
    let policy = tables.pointee.policy(record.policy)
    let place = ChainPlace(
      step: min(record.step, policy.stepCount - 1), cycle: record.cycle,
      isRepeating: record.isRepeating, due_ns: record.due_ns)
    return Chain(policy, in: tables).isOvertaken(
      place, by: restedUntil_ns, isLastResort: record.isLastResort)
  }
}

/// A step that was passed over, as the facts of its turn name it. Step 0: the warning.
struct PassedStep: Equatable {
  var incidentID: UInt64
  var assignmentID: UInt64
  var watchID: UInt64
  var clock: ClockKind
  var step: Int32
  var cycle: Int32
  var due_ns: Int64

  static var bytes: Int { 41 }

  func put(_ writer: inout NumberWriter) {
    writer.put(incidentID)
    writer.put(assignmentID)
    writer.put(watchID)
    writer.put(clock.rawValue)
    writer.put(step)
    writer.put(cycle)
    writer.put(due_ns)
  }
}

extension PassedStep {
  /// nil: no clock of now.
  init?(_ reader: inout NumberReader) {
    incidentID = reader.get()
    assignmentID = reader.get()
    watchID = reader.get()
    guard let clock = ClockKind(rawValue: reader.get()) else { return nil }
    self.clock = clock
    step = reader.get()
    cycle = reader.get()
    due_ns = reader.get()
  }
}
