// A command on its way onto the record: room first, then the change, then the record, and then the answer.

import HujiaContainers
import HujiaEngine
import HujiaIngest
import HujiaJournal

extension EngineDriver {
  /// As `apply`, and recorded before anybody hears of it.
  @inline(never)
  func applyJournaled(
    _ command: UnsafePointer<Command>, _ turn: inout Turn, into decision: inout Decision,
    _ journal: EngineJournal
  ) -> Status {
    // What has no record of its own leaves no trace, whatever it did.
    if case .tendEpoch = command.pointee.change {
      return applyWatched(command, &turn, into: &decision)
    }
    if journal.refuses(command.pointee) {
      journal.forgetContent()
      return .full
    }
    // What an earlier version of the library could not read would shut the journal to it.
    guard command.pointee.change.isSaid(in: journal.format) else { return .unsupported }
    if hidesEvents, case .takeEvents(let room) = command.pointee.change, room.durable == .max {
      var limited = Command(.takeEvents(limited(room, journal)))
      return applyJournaled(&limited, &turn, into: &decision, journal)
    }
    let newest = core.pointee.outbox.newest
    let wasBlocked = core.pointee.isEscalationBlocked
    let wasArming = core.pointee.isArming
    journal.begin()
    core.pointee.record = journal.nextRecord
    core.pointee.firesAsRecorded = journal.drawsWhole && command.pointee.change.takesEvents
    let status = applyWatched(command, &turn, into: &decision)
    core.pointee.firesAsRecorded = false
    let change = command.pointee.change
    guard
      core.pointee.remembersAnswer(to: command)
        || change.leavesTrace(
          status, decision.slice,
          // Whether deadlines wait for room decides what the next taking of events fires; and while what waited for the
          // first wall time gets its place in it, a turn ends with nothing fired.
          hasNews: core.pointee.outbox.newest != newest
            || core.pointee.isEscalationBlocked != wasBlocked || wasArming,
          hasChosen: journal.choices.pointee.count > 0)
    else {
      journal.forgetContent()
      return status
    }
    // A request that came again has the first one's record.
    if status != .exists, decision.answer.record == 0 {
      decision.answer.record = core.pointee.record
    }
    // Cut: something that is due did not fire, and not for want of room.
    let written = Command(
      change.asDone(
        decision.slice,
        isCut: !core.pointee.isEscalationBlocked
          && core.pointee.nextDue_ns <= core.pointee.time.now_ns), act: command.pointee.act,
      client: command.pointee.client, request: command.pointee.request)
    journal.append(
      written, at: turn.moment, monotonic_ns: turn.moment.now_ns &+ origin_ns, status: status,
      newestEvent: core.pointee.outbox.newest, hasLeft: core.pointee.hasPositionsLeft)
    return status
  }

  @inline(__always)
  private func applyWatched(
    _ command: UnsafePointer<Command>, _ turn: inout Turn, into decision: inout Decision
  ) -> Status {
    if let recorder { return applyRecorded(command, &turn, into: &decision, recorder) }
    return core.pointee.apply(at: command, &turn, into: &decision)
  }
}

extension Change {
  @inline(__always) fileprivate var takesEvents: Bool {
    if case .takeEvents = self { return true }
    return false
  }

  /// Whether an engine that is rebuilt must hear of it.
  fileprivate func leavesTrace(
    _ status: Status, _ slice: Slice, hasNews: Bool, hasChosen: Bool
  ) -> Bool {
    switch self {
    case .tendEpoch: false
    case .takeEvents, .audit: slice.done > 0 || hasNews
    case .beats: slice.done > 0 || hasNews
    case .tick(let tick):
      slice.done > 0 || hasNews || hasChosen || slice.offerSteps != tick.offerSteps
        || tick.restedUntil_ns != .min
    case .background: true
    default: hasNews || (status.isTaken && status != .unchanged)
    }
  }

  /// Of a slice that could have been larger, what was done. A tick that ended before all was fired did so for what its
  /// deadlines took to be drawn, which the same records draw with fewer steps in an engine that was rebuilt.
  fileprivate func asDone(_ slice: Slice, isCut: @autoclosure () -> Bool) -> Change {
    switch self {
    case .takeEvents(let room):
      return .takeEvents(
        EventRoom(
          most: slice.done, decisions: room.decisions, fires: isCut() ? slice.fired : .max))
    case .tick(let tick) where slice.done < tick.most && isCut():
      return .tick(
        Tick(
          most: slice.done, decisions: tick.decisions, offerSteps: tick.offerSteps,
          restedUntil_ns: tick.restedUntil_ns))
    default: return self
    }
  }
}
