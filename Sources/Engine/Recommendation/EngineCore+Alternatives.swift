// Requirements one of which is enough. The first that can be met whole wins. Where none can, the first that can be met
// in part does. An incident that has units of one keeps to it, unless its units meet another whole.

import HujiaContainers

extension EngineCore {
  /// Of alternatives the one that units of the incident are on, or were on; nil = none yet. O(its assignments).
  func choice(at seats: borrowing Seats, of incident: UInt32) -> UInt32? {
    let first = seats.firstChoice
    let end = first + UInt32(seats.requirement.choices)
    for place in 0..<Int(incidents[incident].liveCount) {
      let index = assignments[incidents.assignment(of: incident, place)].requirement
      if index >= first, index < end { return index }
    }
    let record = incidents[incident]
    guard record.servedSeats != 0 else { return nil }
    let tables = plans.tables(record.planVersion)
    return (first..<end).first {
      record.servedSeats & tables.pointee.seatBits(record.plan, index: $0) != 0
    }
  }

  /// What a choice takes along, so that an alternative that cannot be met is taken back.
  private struct Before {
    let count: Int
    let skipped: Int
    let robbed: Int
    let room: Int
    let shortfall: Shortfall
  }

  /// Chooses for alternatives none of which the incident has units of. `first` stands at the first seat of all.
  @inline(never) mutating func chooseAlternative(
    _ first: Seats, _ asked: Seat, _ room: inout Int, _ shortfall: inout Shortfall,
    _ decision: inout Decision
  ) {
    let choices = first.requirement.choices
    let before = Before(
      count: decision.answer.count, skipped: skippedCount, robbed: robbed.count, room: room,
      shortfall: shortfall)
    var partly: UInt8?
    for choice in 0..<choices {
      if fillChoice(choice, first, asked, &room, &shortfall, &decision) { return }
      if partly == nil, decision.answer.count > before.count { partly = choice }
      takeBack(to: before, &room, &shortfall, &decision)
    }
    // Nobody goes where every one lacks somebody at once, so the reasons of all are told.
    for choice in 0..<choices where partly == nil || partly == choice {
      _ = fillChoice(choice, first, asked, &room, &shortfall, &decision)
    }
  }

  /// Whether all seats of one alternative could be filled; the reasons where not.
  private mutating func fillChoice(
    _ choice: UInt8, _ first: Seats, _ asked: Seat, _ room: inout Int,
    _ shortfall: inout Shortfall, _ decision: inout Decision
  ) -> Bool {
    var isMet = true
    var seats = first
    let end = first.firstChoice + UInt32(first.requirement.choices)
    repeat {
      guard seats.index < end else { break }
      guard seats.requirement.choice == choice else { continue }
      var seat = asked
      seat.requirement = seats.requirement
      seat.index = seats.index
      seat.seat = seats.seat
      let open = seats.requirement.capabilities
      if room == 0 {
        shortfall.insert(.tableFull)
        isMet = false
      }
      guard let missed = fill(seat, open, &room, &shortfall, &decision) else { continue }
      isMet = false
      shortfall.formUnion(whyNone(seat.requirement, each: missed, tier: asked.tier))
    } while seats.next()
    // The room may end within a seat that would have taken several units.
    return isMet && !shortfall.contains(.tableFull)
  }

  private mutating func takeBack(
    to before: Before, _ room: inout Int, _ shortfall: inout Shortfall, _ decision: inout Decision
  ) {
    for index in before.skipped..<skippedCount {
      router.skip(unit: skipped.span[index], stamp: 0)
    }
    skippedCount = before.skipped
    robbed.removeAll(behind: before.robbed)
    decision.answer.count = before.count
    room = before.room
    shortfall = before.shortfall
  }

  /// For the only unit of an alternative another alternative will do as well, where nobody is left for its own.
  mutating func chooseOtherAlternative(of asked: UInt32, _ decision: inout Decision) -> Bool {
    let assignment = assignments[asked]
    let record = incidents[assignment.incident]
    guard assignment.requirement < record.plan.requirementCount else { return false }
    let tables = plans.tables(record.planVersion)
    func requirement(_ index: UInt32) -> Requirement {
      tables.pointee.requirement(Int(record.plan.firstRequirement + index))
    }
    let own = requirement(assignment.requirement)
    guard own.choices > 1, own.count == 1 else { return false }
    let first = assignment.requirement - UInt32(own.choice)
    guard isAlone(asked, first..<first + UInt32(own.choices)) else { return false }
    for index in first..<first + UInt32(own.choices) where index != assignment.requirement {
      let other = requirement(index)
      // A seat that takes several units together, or several seats, is the waiting list's to fill.
      guard other.count == 1 else { continue }
      if chooseOne(
        other, for: assignment.incident, index: index, seat: 0, reason: .nextUnit, &decision)
      {
        return true
      }
    }
    return false
  }

  /// No other unit is or was on these alternatives: beside another, one of two alternatives would have each a part.
  private func isAlone(_ asked: UInt32, _ run: Range<UInt32>) -> Bool {
    let incident = assignments[asked].incident
    let record = incidents[incident]
    let tables = plans.tables(record.planVersion)
    for index in run
    where record.servedSeats & tables.pointee.seatBits(record.plan, index: index) != 0 {
      return false
    }
    for place in 0..<Int(record.liveCount) {
      let other = incidents.assignment(of: incident, place)
      if other != asked, run.contains(assignments[other].requirement) { return false }
    }
    return true
  }
}
