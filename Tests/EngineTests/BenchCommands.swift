// Commands as the suites say them. Each goes through the engine's one door.

@testable import HujiaEngine

extension Bench {
  func apply(_ change: Change, act: Act = Act()) -> Status {
    var turn = Turn(moment: core.time, feed: core.feed)
    return core.apply(Command(change, act: act), &turn, into: &decision)
  }

  @discardableResult func report(_ report: IncidentReport) -> Status {
    validated(apply(.report(report)))
  }

  func recommend(_ report: IncidentReport) -> Status {
    var turn = Turn(moment: core.time, feed: core.feed)
    return withUnsafePointer(to: report) { report in
      withUnsafeMutablePointer(to: &decision) { core.ask(.recommend(report, $0), &turn) }
    }
  }

  func separate(_ id: UInt64, act: Act = Act()) -> Status {
    validated(apply(.separate(incident: id, wall_us: 0), act: act))
  }

  func addCall(_ id: UInt64, _ report: IncidentReport, act: Act = Act()) -> Status {
    validated(apply(.addCall(incident: id, report), act: act))
  }

  func selfInitiated(_ unit: UInt64, _ report: IncidentReport, act: Act = Act()) -> Status {
    validated(apply(.selfInitiated(unit: unit, report), act: act))
  }

  func repeats(of report: IncidentReport) -> [RepeatView] {
    var turn = Turn(moment: core.time, feed: core.feed)
    var list = RepeatList()
    withUnsafePointer(to: report) { report in
      withUnsafeMutablePointer(to: &list) { _ = core.ask(.repeats(report, $0), &turn) }
    }
    return (0..<list.count).map { list[$0] }
  }

  func update(_ id: UInt64, _ change: IncidentReport, movesPlace: Bool) -> Status {
    validated(apply(.update(incident: id, change, movesPlace: movesPlace)))
  }

  @discardableResult func raise(_ id: UInt64, to level: UInt32, act: Act = Act()) -> Status {
    validated(apply(.raise(incident: id, level: level, wall_us: 0), act: act))
  }

  func assign(_ id: UInt64, unit: UInt64, wall_us: Int64, act: Act) -> Status {
    apply(.assign(incident: id, unit: unit, wall_us: wall_us), act: act)
  }

  func end(
    incident id: UInt64, as state: IncidentState, disposition: Int32, wall_us: Int64, act: Act
  ) -> Status {
    validated(
      apply(.end(incident: id, as: state, disposition: disposition, wall_us: wall_us), act: act))
  }

  func advance(_ id: UInt64, to state: AssignmentState, wall_us: Int64, act: Act) -> Status {
    validated(apply(.advance(assignment: id, to: state, wall_us: wall_us), act: act))
  }

  func divert(
    _ id: UInt64, to target: UInt64, wall_us: Int64 = 0, isForced: Bool = false, act: Act = Act()
  ) -> Status {
    apply(
      .divert(assignment: id, to: target, wall_us: wall_us, isForced: isForced), act: act)
  }

  func unmerge(_ id: UInt64, wall_us: Int64, act: Act) -> Status {
    apply(.unmerge(incident: id, wall_us: wall_us), act: act)
  }

  func escalateNow(_ clock: ClockReference, act: Act) -> Status {
    apply(.escalateClock(clock), act: act)
  }

  func alarm(watch id: UInt64, wall_us: Int64) -> Status {
    apply(.alarm(watch: id, wall_us: wall_us))
  }

  func put(unit: UnitDescription) -> Status { validated(apply(.putUnit(unit))) }

  func set(activity: Activity, of id: UInt64, wall_us: Int64 = 0) -> Status {
    apply(.setActivity(activity, unit: id, wall_us: wall_us))
  }

  /// Fires what is due; how many steps.
  func fireDue(most: Int) -> Int {
    var offerSteps = EngineCore.offerSlice
    return fireDue(most: most, decisions: .max, offerSteps: &offerSteps)
  }

  func fireDue(most: Int, decisions: Int, offerSteps: inout Int) -> Int {
    _ = apply(.tick(Tick(most: most, decisions: decisions, offerSteps: offerSteps)))
    offerSteps = decision.slice.offerSteps
    return decision.slice.done
  }

  func workInBackground() {
    var offerSteps = EngineCore.offerSlice
    workInBackground(&offerSteps)
  }

  func workInBackground(_ offerSteps: inout Int) {
    _ = apply(.background(offerSteps: offerSteps))
    offerSteps = decision.slice.offerSteps
  }
}
