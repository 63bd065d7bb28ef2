// Read first in this folder. What is due happens: shifts begin, clocks fire, silences become absences, in order of due
// time, a bounded part of it in one turn.

import HujiaContainers
import HujiaDeadlines

extension EngineCore {
  /// Fires at most `most` steps that are due by now; returns how many. When the outbox has no room left for
  /// escalations the rest stay armed and wait. With a bound it may also end early, because thousands fall due in the
  /// same moment and their order is not known yet: then `nextDue_ns` is not after now, and the next call goes on. So it
  /// does after `decisions` steps that search for a unit.
  ///
  /// A unit that a step frees is offered behind it, while the steps of the turn's one slice of offers last. The rest is
  /// background work.
  mutating func fireDue(
    most: Int, decisions: Int = .max, offerSteps: inout Int, _ decision: inout Decision
  ) -> Int {
    var fired = 0
    var decided = 0
    var steps = DeadlineWheel.slice
    isEscalationBlocked = false
    // Nothing fires before all that waited for the first wall time has its place in it.
    while firstWall.isArming { if !armFirstWall(), most != .max { return 0 } }
    while fired < most, decided < decisions {
      // Before anything that is due: a decision now may send a unit whose shift has begun.
      if units.begins.next_ns <= time.now_ns {
        if beginShift(&offerSteps, &decision) { fired += 1 }
        continue
      }
      guard drawDue(&steps) else {
        // Where a record says how many fired, so many fire, however many steps that takes here.
        guard most == .max || firesAsRecorded else { break }
        steps = DeadlineWheel.slice
        continue
      }
      guard min(clocks.nextDue_ns, watches.nextDue_ns) <= time.now_ns else { break }
      guard outbox.hasRoomForEscalation else {
        isEscalationBlocked = true
        break
      }
      fired += 1
      if watches.nextDue_ns < clocks.nextDue_ns {
        fireWatch(&decision)
        decided += 1  // it may open an incident
        continue
      }
      guard let slot = clocks.popDrawn(now_ns: time.now_ns) else { break }
      countArmed()
      let outcome = fire(slot, act: Act(), &decision)
      if outcome.isDecision { decided += 1 }
      // A unit that did not sign for one incident may be what another waits for.
      guard let freed = outcome.freed else { continue }
      noteFreed(unit: freed)
      if offerSteps > 0 { workOffers(&offerSteps, &decision) }
    }
    // The next due time, read behind this, names no more to do when there is none.
    if fired == most || decisions != .max { _ = drawDue(&steps) }
    counters.set(Counter.escalationsWaiting, isEscalationBlocked ? 1 : 0)
    return fired
  }

  /// The first shift that has begun: its unit is available, if what it does allows that. False: none has.
  mutating func beginShift(_ offerSteps: inout Int, _ decision: inout Decision) -> Bool {
    guard let slot = units.popShift(now_ns: time.now_ns) else { return false }
    begin(shiftOf: slot)
    if offerSteps > 0 { workOffers(&offerSteps, &decision) }
    return true
  }

  private mutating func begin(shiftOf slot: UInt32) {
    _ = units.beginShift(slot)
    // One that was sent before has its code from now on.
    guard units[slot].isFree else { return recode(units[slot].assignment) }
    units.setIdle(slot, since_ns: time.now_ns)
    router.set(level: code(of: slot), of: slot, idleSince_ns: units[slot].idleSince_ns)
    noteFreed(unit: slot)
  }
}
