// One turn under the baton: a caller's command or question, a poll, a visit of the loop. Each begins, applies and
// finishes here and nowhere else.

import CHujiaBaton
import HujiaContainers
import HujiaEngine

/// What a turn may do of the engine's own work. Numbers of records, never a time.
struct Budget {
  /// Steps fired, and of those, so many that search for a unit.
  var fired = 0
  var decisions = EngineDriver.decisionSlice
  /// Posts decided.
  var posts = 0
  /// Steps of offers: those that firing leaves go to background work.
  var offerSteps = EngineCore.offerSlice
  var isAuditing = false
  var worksInBackground = false
}

/// How far a budget went.
struct Progress {
  var fired = 0
  var decided = 0
  /// Lost promises that the audit found.
  var found = 0
}

extension EngineDriver {
  // Commands

  /// Carries a host's command out under the baton, with the time of now: on this thread, or, when the baton is held, on
  /// that of its holder while this one waits. What it decided is in `decision`, and how long that took (0 in poll mode,
  /// where no clock is read). State: the engine was drained, and takes no more.
  ///
  /// By address (`submit(&command)`): a command is built in its caller's frame and read there. Copies of its two
  /// hundred bytes cost more than a short command does.
  package func submit(
    _ command: UnsafePointer<Command>, into decision: inout Decision
  ) -> Status {
    guard baton.takeIfFree() else { return publish(command, &decision, HUJIA_COMMAND) }
    let status = step(command, into: &decision, isOwn: false)
    giveBaton()
    return status
  }

  /// As above, for a command whose decision nobody reads.
  package func submit(_ command: UnsafePointer<Command>) -> Status {
    guard baton.takeIfFree() else { return publish(command, nil, HUJIA_COMMAND) }
    let status = step(command, into: &unread.pointee, isOwn: false)
    giveBaton()
    return status
  }

  /// The same for a change that nobody signs.
  package func submit(_ change: Change) -> Status {
    var command = Command(change)
    return submit(&command)
  }

  /// The engine's own change: a drain refuses it only when it is over, and never that events are read.
  @inline(__always)
  func submitOwn(_ change: Change, into decision: inout Decision) -> Status {
    var command = Command(change)
    return submitOwn(&command, into: &decision)
  }

  @inline(never)
  private func submitOwn(
    _ command: UnsafePointer<Command>, into decision: inout Decision
  ) -> Status {
    guard baton.takeIfFree() else { return publish(command, &decision, HUJIA_OWN_COMMAND) }
    let status = step(command, into: &decision, isOwn: true)
    giveBaton()
    return status
  }

  /// Answers a question under the baton, as `submit` carries out a command.
  func ask(_ question: Question) -> Status {
    guard baton.takeIfFree() else { return publish(question) }
    let status = step(question)
    giveBaton()
    return status
  }

  // Published calls

  @inline(never)
  private func publish(
    _ command: UnsafePointer<Command>, _ decision: inout Decision, _ kind: Int
  ) -> Status {
    withUnsafeMutablePointer(to: &decision) { publish(command, $0, kind) }
  }

  @inline(never)
  private func publish(_ question: Question) -> Status {
    withUnsafePointer(to: question) { publish($0, nil, HUJIA_QUESTION) }
  }

  /// The errand lives on this thread's stack until it is carried out.
  func publish(
    _ errand: UnsafeRawPointer, _ decision: UnsafeMutableRawPointer?, _ kind: Int
  ) -> Status {
    var request = hujia_request()
    request.errand = errand
    request.decision = decision
    request.kind = UInt16(kind)
    return withUnsafeMutablePointer(to: &request) { request in
      if baton.ask(request) {
        carryOut(request)
        giveBaton()
      }
      return Status(rawValue: request.pointee.status)
    }
  }

  /// Under the baton, on whatever thread holds it.
  func carryOut(_ request: UnsafeMutablePointer<hujia_request>) {
    guard let errand = request.pointee.errand else { return }
    let kind = Int(request.pointee.kind)
    var status = Status.ok
    switch kind {
    case HUJIA_QUESTION: status = step(errand.assumingMemoryBound(to: Question.self).pointee)
    case HUJIA_VISIT:
      let visit = UnsafeMutableRawPointer(mutating: errand)
        .assumingMemoryBound(to: EngineLoop.Visit.self)
      step(&visit.pointee)
    default:
      let command = errand.assumingMemoryBound(to: Command.self)
      let decision = request.pointee.decision?.assumingMemoryBound(to: Decision.self) ?? unread
      status = step(command, into: &decision.pointee, isOwn: kind == HUJIA_OWN_COMMAND)
    }
    request.pointee.status = status.rawValue
  }

  // Turns, under the baton

  @inline(__always)
  private func step(
    _ command: UnsafePointer<Command>, into decision: inout Decision, isOwn: Bool
  ) -> Status {
    let start_ns = begin()
    if isRefused(command, isOwn: isOwn) { return refuse(start_ns) }
    var turn = newTurn
    let status = apply(command, &turn, into: &decision)
    let took_ns = finish(start_ns)
    // A repeated report has the first one's answer.
    if status == .exists, command.pointee.change.isReport { return status }
    decision.answer.decidedIn_ns = took_ns
    return status
  }

  @inline(never) private func refuse(_ start_ns: Int64) -> Status {
    finish(start_ns)
    return .state
  }

  @inline(__always)
  private func step(_ question: Question) -> Status {
    let start_ns = begin()
    var turn = newTurn
    let status = core.pointee.ask(question, &turn)
    makeRoomForFixes()
    let took_ns = finish(start_ns)
    if case .recommend(_, let decision) = question {
      decision.pointee.answer.decidedIn_ns = took_ns
    }
    return status
  }

  private func step(_ visit: inout EngineLoop.Visit) {
    let start_ns = begin()
    var turn = newTurn
    visit.carryOut(self, &turn)
    finish(start_ns)
  }

  /// A turn of the driver's own, always on this thread: for what is long, or is no single command.
  func turnHere<Result>(_ body: (inout EngineCore, inout Turn) -> Result) -> Result {
    baton.take()
    let result = step(body)
    giveBaton()
    return result
  }

  /// Under the baton.
  @inline(__always)
  func step<Result>(_ body: (inout EngineCore, inout Turn) -> Result) -> Result {
    let start_ns = begin()
    var turn = newTurn
    core.pointee.time = moment
    let result = body(&core.pointee, &turn)
    finish(start_ns)
    return result
  }

  /// The loop's visit, on its own thread or on that of the baton's holder.
  func visit(_ visit: inout EngineLoop.Visit) {
    if baton.takeIfFree() {
      step(&visit)
      giveBaton()
    } else {
      _ = withUnsafePointer(to: &visit) { publish($0, nil, HUJIA_VISIT) }
    }
  }

  // The parts of a turn

  /// The one place where the driver changes an engine.
  @inline(__always)
  func apply(
    _ command: UnsafePointer<Command>, _ turn: inout Turn, into decision: inout Decision
  ) -> Status {
    if let journal { return applyJournaled(command, &turn, into: &decision, journal) }
    if let recorder { return applyRecorded(command, &turn, into: &decision, recorder) }
    return core.pointee.apply(at: command, &turn, into: &decision)
  }

  /// As above, for the engine's own work. How far it came is in `unread` until the next.
  @discardableResult @inline(__always)
  func apply(_ change: Change, act: Act = Act(), _ turn: inout Turn) -> Status {
    var command = Command(change, act: act)
    return applyOwn(&command, &turn)
  }

  @inline(never)
  private func applyOwn(_ command: UnsafePointer<Command>, _ turn: inout Turn) -> Status {
    apply(command, &turn, into: &unread.pointee)
  }

  @inline(__always)
  private func isRefused(_ command: UnsafePointer<Command>, isOwn: Bool) -> Bool {
    let stage = drainStage.load(ordering: .relaxed)
    if stage == DrainStage.open { return false }
    return isRefused(command, isOwn: isOwn, stage)
  }

  @inline(never)
  private func isRefused(
    _ command: UnsafePointer<Command>, isOwn: Bool, _ stage: UInt32
  ) -> Bool {
    if case .takeEvents = command.pointee.change { return false }
    return !isOwn || stage == DrainStage.atRest
  }

  /// The engine's own work, as far as the budget goes: what is due, what was posted, the audit, the background.
  func work(_ budget: Budget, _ turn: inout Turn) -> Progress {
    var progress = Progress()
    tellHealth(&turn)
    var offerSteps = budget.offerSteps
    if budget.fired > 0 {
      let restedUntil_ns = comesBack ? turn.moment.now_ns : .min
      comesBack = false
      apply(
        .tick(
          Tick(
            most: budget.fired, decisions: budget.decisions, offerSteps: budget.offerSteps,
            restedUntil_ns: restedUntil_ns)),
        &turn)
      progress.fired = unread.pointee.slice.done
      offerSteps = unread.pointee.slice.offerSteps
    }
    if budget.posts > 0 { progress.decided = decidePosts(most: budget.posts, &turn) }
    if budget.isAuditing {
      apply(.audit(isWanted: false), &turn)
      progress.found = unread.pointee.slice.done
    }
    if budget.worksInBackground, core.pointee.hasBackgroundWork {
      apply(.background(offerSteps: offerSteps), &turn)
    }
    return progress
  }

  /// The descriptor rings while a host can read events.
  @inline(__always)
  func followEvents() {
    if hidesEvents {
      followHidden()
    } else if (core.pointee.outbox.count > 0 || hasRepeated) != isSignalled {
      followOutbox()
    }
  }

  /// The end of what was done under the baton. The journal's thread that rests goes to work on what was written down.
  @inline(__always)
  func giveBaton() {
    baton.give()
    if let journalRest, journalRest.pointee.load(ordering: .relaxed) { stirJournal() }
    if hidesEvents { hastenHidden() }
  }

  @inline(never) private func stirJournal() {
    guard let journal else { return }
    journal.journal.stir()
    if journal.journal.mustRestart { ringKeeper?.ask() }
  }

  @inline(__always)
  var newTurn: Turn { Turn(moment: moment, feed: feed) }

  /// When the turn began; 0 where no clock is read.
  @inline(__always)
  private func begin() -> Int64 {
    core.pointee.counters.add(Counter.turns)
    core.pointee.takePositions(most: Self.takenBefore)
    guard readsClock else { return 0 }
    let now_ns = Clock.now_ns()
    // Deadlines live on the monotonic clock; a step of the wall clock moves none.
    moment = Moment(now_ns: now_ns &- origin_ns, wall_us: Clock.wall_us())
    return now_ns
  }

  /// How long the turn took; 0 where no clock is read.
  @discardableResult
  @inline(__always)
  private func finish(_ start_ns: Int64) -> Int64 {
    let took_ns = readsClock ? max(Clock.now_ns() &- start_ns, 1) : 0
    followEvents()
    guard readsClock else { return 0 }
    core.pointee.counters.raise(Counter.longestTurn_ns, to: took_ns)
    if positions.pointee.hasFresh { takePositionsAfter() }
    if core.pointee.hasBackgroundWork { loop?.wake() }
    if core.pointee.nextDue_ns < wake_ns, !core.pointee.isEscalationBlocked {
      wake_ns = core.pointee.nextDue_ns
      loop?.turn(at: wake_ns &+ origin_ns)
    }
    return took_ns
  }

  /// A few of those that came meanwhile; the loop is woken for more.
  @inline(never) private func takePositionsAfter() {
    core.pointee.takePositions(most: Self.takenAfter) { false }
    makeRoomForFixes()
    if positions.pointee.hasFresh { loop?.wake() }
  }
}

extension Change {
  @inline(__always) fileprivate var isReport: Bool {
    if case .report = self { return true }
    return false
  }
}
