// The door: everything that changes an engine comes through `apply`. One case, one call.

import HujiaContainers
import HujiaRouting

extension EngineCore {
  /// Carries a command out at the turn's moment. What it decided is in `decision`; the status says what became of it.
  package mutating func apply(
    _ command: borrowing Command, _ turn: inout Turn, into decision: inout Decision
  ) -> Status {
    var own = copy command
    return apply(at: &own, &turn, into: &decision)
  }

  /// The same where the command stands in memory: it is read there. A value would be copied at every call on its way,
  /// two hundred bytes each time.
  package mutating func apply(
    at command: UnsafePointer<Command>, _ turn: inout Turn, into decision: inout Decision
  ) -> Status {
    time = turn.moment
    feed = turn.feed
    // What the answer is may not depend on what the caller's decision held before.
    decision.answer = Answer()
    decision.slice = Slice()
    if !command.pointee.change.isReading { changes &+= 1 }
    if command.pointee.isNumbered { return applyOnce(command, into: &decision) }
    return carryOut(command, into: &decision)
  }

  /// In three parts, so that the frame of a short command does not hold room for what the large ones carry.
  mutating func carryOut(
    _ command: UnsafePointer<Command>, into decision: inout Decision
  ) -> Status {
    switch command.pointee.change {
    case .report, .post, .selfInitiated: return applyCall(command, &decision)
    case .update, .addCall, .putUnit, .putWatch, .takeClock, .snoozeClock, .escalateClock:
      return applyLarge(command, &decision)
    case .beats, .takeEvents, .resetFigures, .usePlans, .useEpoch, .tendEpoch, .startWall, .stall,
      .migrateSlice, .tick, .audit, .background, .tell, .acknowledge:
      return applyOwn(command, &decision)
    default: return applySmall(command, &decision)
    }
  }

  @inline(never)
  private mutating func applyCall(
    _ command: UnsafePointer<Command>, _ decision: inout Decision
  ) -> Status {
    switch command.pointee.change {
    case .report(let given), .post(let given):
      let status = report(given, into: &decision)
      sign(command.pointee.act, status, decision.answer.incidentID)
      if case .post = command.pointee.change {
        answerPost(given, status, decision.answer.incidentID)
      }
      return status
    case .selfInitiated(let unit, let given):
      refresh(unitID: unit)
      return selfInitiated(unit, given, act: command.pointee.act, into: &decision)
    default: return .unsupported
    }
  }

  /// The incident that an act opened keeps the person. One that was known before does not: nobody acted.
  @inline(__always)
  private mutating func sign(_ act: Act, _ status: Status, _ incident: UInt64) {
    guard act.isOfPerson, !status.isError, status != .exists, status != .full,
      let slot = incidents.slot(of: incident)
    else { return }
    incidents.sign(slot, act)
  }

  @inline(never)
  private mutating func applyLarge(
    _ command: UnsafePointer<Command>, _ decision: inout Decision
  ) -> Status {
    let act = command.pointee.act
    switch command.pointee.change {
    case .update(let incident, let change, let movesPlace):
      return update(incident, change, movesPlace: movesPlace, act: act, into: &decision)
    case .addCall(let incident, let report): return addCall(incident, report, act: act)
    case .takeClock(let clock): return take(clock, act: act)
    case .snoozeClock(let clock, let for_ms): return snooze(clock, for_ms: for_ms, act: act)
    case .escalateClock(let clock): return escalateNow(clock, act: act, &decision)
    case .putUnit(let unit): return put(unit: unit, &decision)
    case .putWatch(let watch): return put(watch: watch)
    default: return .unsupported
    }
  }

  @inline(never)
  private mutating func applySmall(
    _ command: UnsafePointer<Command>, _ decision: inout Decision
  ) -> Status {
    let act = command.pointee.act
    switch command.pointee.change {
    case .assign(let incident, let unit, let wall_us):
      refresh(unitID: unit)
      return assign(incident, unit: unit, wall_us: wall_us, act: act, into: &decision)
    case .end(let incident, let state, let disposition, let wall_us):
      return end(
        incident: incident, as: state, disposition: disposition, wall_us: wall_us, act: act,
        &decision)
    case .merge(let incident, let target, let wall_us):
      return merge(incident, into: target, wall_us: wall_us, act: act)
    case .unmerge(let incident, let wall_us):
      return unmerge(incident, wall_us: wall_us, act: act, &decision)
    case .callBack(let incident, let outcome, let wall_us):
      return calledBack(incident, outcome: outcome, wall_us: wall_us, act: act)
    case .setLead(let incident, let agency, let wall_us):
      return setLead(incident, agency: agency, wall_us: wall_us, act: act)
    case .raise(let incident, let level, let wall_us):
      return raise(incident, to: level, wall_us: wall_us, act: act, into: &decision)
    case .separate(let incident, let wall_us):
      return separate(likely: incident, wall_us: wall_us, act: act, &decision)
    case .advance(let assignment, let state, let wall_us):
      return advance(assignment, to: state, wall_us: wall_us, act: act, &decision)
    case .divert(let assignment, let target, let wall_us, let isForced):
      return divert(
        assignment, to: target, isForced: isForced, wall_us: wall_us, act: act, into: &decision)
    case .undeliverable(let assignment, let wall_us):
      return undeliverable(assignment, wall_us: wall_us, act: act)
    case .migrate(let incident): return migrateClocks(of: incident)
    case .removeUnit(let unit): return remove(unit: unit)
    case .setActivity(let activity, let unit, let wall_us):
      return set(activity: activity, of: unit, wall_us: wall_us, &decision)
    case .checkIn(let unit, let wall_us): return checkIn(unit: unit, wall_us: wall_us)
    case .removeWatch(let watch): return remove(watch: watch)
    case .pauseWatch(let watch, let until_us): return pause(watch: watch, until_us: until_us)
    case .resumeWatch(let watch): return resume(watch: watch)
    case .alarm(let watch, let wall_us):
      let status = alarm(watch: watch, wall_us: wall_us, into: &decision)
      sign(act, status, decision.answer.incidentID)
      return status
    case .setMode(let isManual): return set(isManual: isManual, act: act)
    case .signStreet: return .ok
    default: return .unsupported
    }
  }

  /// The answer that `report` would give now, with no side effect: a question, though it takes the same path.
  package mutating func recommend(
    _ report: IncidentReport, _ turn: inout Turn, into decision: inout Decision
  ) -> Status {
    time = turn.moment
    feed = turn.feed
    return recommend(report, into: &decision)
  }

  /// What the engine and its driver do by themselves, and batches.
  @inline(never)
  private mutating func applyOwn(
    _ command: UnsafePointer<Command>, _ decision: inout Decision
  ) -> Status {
    var slice = Slice()
    var status = Status.ok
    switch command.pointee.change {
    case .beats(let beats): take(beats, &slice)
    case .takeEvents(let room): takeEvents(into: room, &slice, &decision)
    case .resetFigures: resetFigures()
    case .usePlans(let plans): status = use(plans: plans) ? .ok : .full
    case .useEpoch(let metric): serve(metric.takeUnretainedValue())
    case .tendEpoch(let cells): slice.hasMore = router.maintain(cells)
    case .startWall(let wall_us): startWall(wall_us)
    case .stall(let late_ns): tellStall(late_ns: late_ns)
    case .tell(let kind, let state, let number, let for_ns):
      status = tell(kind, state: state, number: number, for_ns: for_ns)
    case .acknowledge(let events): status = acknowledge(events)
    case .migrateSlice(let first):
      let (next, changed) = migrateClocks(from: first)
      slice.done = Int(changed)
      slice.hasMore = next != nil
      slice.next = next ?? 0
    case .tick(let tick):
      slice.offerSteps = tick.offerSteps
      restedUntil_ns = max(restedUntil_ns, tick.restedUntil_ns)
      slice.done = fireDue(
        most: tick.most, decisions: tick.decisions, offerSteps: &slice.offerSteps, &decision)
    case .audit(let isWanted):
      slice.done = audit(now: isWanted)
      slice.hasMore = auditState.isUnderWay
    case .background(let offerSteps):
      slice.offerSteps = offerSteps
      if hasBackgroundWork { workInBackground(&slice.offerSteps, &decision) }
      slice.hasMore = hasBackgroundWork
    default: status = .unsupported
    }
    decision.slice = slice
    return status
  }

  private mutating func take(_ beats: Beats, _ slice: inout Slice) {
    for index in 0..<beats.count where beat(beats[index]) { slice.done += 1 }
    counters.add(Counter.watchBeats, Int64(slice.done))
    counters.add(Counter.watchBeatsRefused, Int64(beats.count - slice.done))
  }

  private mutating func takeEvents(
    into room: EventRoom, _ slice: inout Slice, _ decision: inout Decision
  ) {
    while slice.done < room.most, var event = popEvent() {
      handed?.pointee.note(event)
      if let put = room.put, let space = room.space {
        event.isUndurable = event.record > room.durable
        put(space + slice.done * room.stride, room.stride, &event)
      }
      slice.done += 1
    }
    guard isEscalationBlocked else { return }
    changes &+= 1
    var offerSteps = Self.offerSlice
    slice.fired = fireDue(
      most: min(max(slice.done, 1), room.fires), decisions: room.decisions,
      offerSteps: &offerSteps, &decision)
  }
}

extension Change {
  /// It changes nothing that a reader of incidents and units sees.
  @inline(__always) fileprivate var isReading: Bool {
    switch self {
    case .takeEvents, .acknowledge, .tendEpoch, .audit: true
    default: false
    }
  }
}
