// Host-driven time (`hj_engine_poll`): what is due and what was posted, in turns of their own with the baton free in
// between. A turn ends after a number of records, never after a time, so the same calls meet it at the same place.

import HujiaContainers
import HujiaEngine
import HujiaRouting

/// How far one poll has come.
private struct PollWork {
  enum Stage { case tending, firing, deciding, auditing, firingFound, background, over }
  var stage = Stage.firing
  /// Built before the first turn, which publishes it.
  var epoch: Metric?
  var isAudited = false
  /// Items done, and how many the host allows.
  var done = 0
  let bound: Int

  init(bound: Int) { self.bound = bound }

  /// Of a slice of `most`, what the host still allows.
  func left(_ most: Int) -> Int { min(most, bound - done) }
}

extension EngineDriver {
  /// Returns the status and when the next poll is wanted.
  package func poll(
    now_ns: Int64, wall_us: Int64, most: UInt32
  ) -> (status: Status, nextDue_ns: Int64) {
    var work = PollWork(bound: most == 0 ? Int.max : Int(most))
    takeAllPositions()
    work.epoch = beginEpoch()
    defer { endEpoch(work.epoch) }
    baton.take()
    guard !isDrained else {
      giveBaton()
      return (.state, .max)
    }
    let status = setTime(now_ns: now_ns, wall_us: wall_us)
    var nextDue_ns = pollTurn(&work, isFirst: true)
    giveBaton()
    endStaging(of: work.epoch)
    while work.stage != .over {
      baton.take()
      // Another thread drains it meanwhile, and does what is left.
      nextDue_ns = isDrained ? .max : pollTurn(&work)
      if isDrained { work.stage = .over }
      giveBaton()
    }
    awaitShown()
    guard let sheet else { return (status, nextDue_ns) }
    pollSheet()
    return (status, min(nextDue_ns, sheet.pollDue_ns &+ origin_ns))
  }

  /// Everything reported before, each unit once, in slices with the baton free in between.
  private func takeAllPositions() {
    var taken = 0
    while positions.pointee.hasFresh {
      baton.take()
      core.pointee.takePositions(most: Self.takenBefore) { false }
      makeRoomForFixes()
      taken += Self.takenBefore
      let isOver = taken >= core.pointee.units.touched
      baton.give()
      // Feeds that report faster than this would keep it here for ever.
      if isOver { break }
    }
  }

  /// Under the baton: the engine's time becomes that of the poll.
  private func setTime(now_ns: Int64, wall_us: Int64) -> Status {
    var status = Status.ok
    var now_ns = now_ns
    if !hasTime {
      hasTime = true
      origin_ns = now_ns
      beginTime(wall_us)
    } else if now_ns < lastPoll_ns {
      status = .timeBackwards
      now_ns = lastPoll_ns
    }
    lastPoll_ns = now_ns
    moment = Moment(now_ns: now_ns &- origin_ns, wall_us: wall_us)
    polled_ns.store(now_ns &- origin_ns, ordering: .relaxed)
    polledWall_us.store(wall_us, ordering: .releasing)
    return status
  }

  /// One turn, under the baton; when the next poll is wanted as of now.
  private func pollTurn(_ polled: inout PollWork, isFirst: Bool = false) -> Int64 {
    step { _, turn in
      if isFirst, let epoch = polled.epoch {
        serveEpoch(epoch, &turn)
        polled.done += 1
        polled.stage = .tending
      }
      while workSlice(&polled, &turn) {}
    }
    return nextPoll_ns
  }

  /// Goes on by one stage: the cells of a new epoch, what is due, what was posted, the audit and what it found due,
  /// then background work slice by slice, with what it makes due. False when the turn is to end.
  private func workSlice(_ polled: inout PollWork, _ turn: inout Turn) -> Bool {
    var budget = Budget()
    switch polled.stage {
    case .tending:
      if tendEpoch(&turn) { return false }
      polled.stage = .firing
    case .firing, .firingFound:
      budget.fired = polled.left(Self.fireSlice)
      polled.done += work(budget, &turn).fired
      // A slice ends after some decisions, and far deadlines are carried nearer in slices too: it may fire none.
      if polled.done < polled.bound, isMoreDue { return false }
      polled.stage = polled.stage == .firing ? .deciding : .background
    case .deciding:
      budget.posts = polled.left(Self.postSlice)
      let decided = work(budget, &turn).decided
      polled.done += decided
      if decided == Self.postSlice { return false }
      polled.stage = polled.isAudited ? .background : .auditing
    case .auditing:
      polled.isAudited = true
      budget.isAuditing = true
      polled.stage = work(budget, &turn).found > 0 ? .firingFound : .background
    case .background:
      guard polled.done < polled.bound, core.pointee.hasBackgroundWork else {
        polled.stage = .over
        return false
      }
      budget.worksInBackground = true
      _ = work(budget, &turn)
      polled.done += 1
      polled.stage = .firing
      return false
    case .over: return false
    }
    return true
  }

  /// Whether something that is due can fire.
  var isMoreDue: Bool {
    core.pointee.nextDue_ns <= core.pointee.time.now_ns && !core.pointee.isEscalationBlocked
  }

  static var blockedPause_ns: Int64 { 100_000_000 }

  /// Under the baton: when the host is to poll again; the time of this poll when there is more to do.
  private var nextPoll_ns: Int64 {
    let hasMore = posts.pointee.count > 0 || hasTrafficWaiting || isMoreDue
    if hasMore || core.pointee.auditState.isUnderWay || core.pointee.hasBackgroundWork {
      return lastPoll_ns
    }
    // Deadlines that wait for room in the outbox want a look soon, not at once.
    if core.pointee.isEscalationBlocked { return lastPoll_ns &+ Self.blockedPause_ns }
    let (due_ns, overflows) = core.pointee.nextDue_ns.addingReportingOverflow(origin_ns)
    return overflows ? .max : due_ns
  }
}
