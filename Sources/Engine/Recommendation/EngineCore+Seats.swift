// A plan is a list of seats: each requirement has `count` of them, and a seat is taken when the units on it have all
// its capabilities together (one unit where one has them all, else several; no unit counts twice).

import HujiaContainers
import HujiaRoads

/// A seat that is to be filled, and for what.
struct Seat {
  var requirement: Requirement
  var index: UInt32
  var seat: UInt32
  let place: Place
  let tier: Tier
  let plan: PlanMatch
  let beats: BeatRule
  /// What it may take from others.
  let preempt: PreemptRule
  let reason: Reason
}

/// The units that are asked for a seat, one kind after the other.
enum Pool: CaseIterable {
  case free
  /// On their way to what can wait longer.
  case underWay
  /// Behind all others, also behind several together: units past their shift.
  case shiftOver
}

extension EngineCore {
  /// The seats of an incident's plan.
  @inline(__always) func seats(of incident: UInt32) -> Seats {
    Seats(of: incidents[incident].plan, in: plans.tables(incidents[incident].planVersion))
  }

  /// Capabilities of a seat that the incident's live assignments do not cover yet; nil when the seat is taken. Of no
  /// incident: all that is asked for.
  func missing(at seats: borrowing Seats, of incident: UInt32?) -> UInt64? {
    var missing = seats.requirement.capabilities
    guard let incident else { return missing }
    var isEmpty = true
    guard incidents[incident].servedSeats & seats.bit == 0 else { return nil }
    if seats.isChoice, let taken = choice(at: seats, of: incident), taken != seats.index {
      return nil
    }
    for place in 0..<Int(incidents[incident].liveCount) {
      let assignment = incidents.assignment(of: incident, place)
      guard assignments[assignment].requirement == seats.index,
        assignments[assignment].seat == seats.seat
      else { continue }
      missing &= ~units[assignments[assignment].unit].capabilities
      isEmpty = false
    }
    return isEmpty || missing != 0 ? missing : nil
  }

  /// The first open seat of an incident's plan that a unit could take, or a part of one; nil = there is none.
  func openSeat(for unit: UInt32, of incident: UInt32) -> Seats? {
    var seats = seats(of: incident)
    while seats.next() {
      guard seats.requirement.fits(units[unit]),
        let open = missing(at: seats, of: incident)
      else { continue }
      if open == 0 || units[unit].capabilities & open != 0 { return seats }
    }
    return nil
  }

  /// Chooses units for every open seat of the plan, into the decision; nothing is reserved. `incident` nil: a report
  /// that is not open yet. `version`: the plans that `plan` was matched in. `needs`: capabilities asked for beside the
  /// plan's that no unit of the incident has. Returns the reasons for seats left open.
  mutating func choose(
    _ plan: PlanMatch, version: UInt32, place: Place, tier: Tier, incident: UInt32?, needs: UInt64,
    reason: Reason, _ decision: inout Decision
  ) -> Shortfall {
    if incident != nil, let known = seatsChosen(&decision) { return known }
    let shortfall = decide(
      plan, version: version, place: place, tier: tier, incident: incident, needs: needs,
      reason: reason, &decision)
    if incident != nil { noteSeats(shortfall, &decision) }
    return shortfall
  }

  @inline(__always)
  private mutating func decide(
    _ plan: PlanMatch, version: UInt32, place: Place, tier: Tier, incident: UInt32?, needs: UInt64,
    reason: Reason, _ decision: inout Decision
  ) -> Shortfall {
    decision.answer.count = 0
    var shortfall = Shortfall()
    var room = EngineLimits.chosen - (incident.map { Int(incidents[$0].liveCount) } ?? 0)
    let beats = plans.tables(version).pointee.beatRule(plan)
    let preempt = preempt(for: tier, of: incident)
    var seats = Seats(of: plan, in: plans.tables(version))
    // Requirements before this one are settled.
    var settled: UInt32 = 0
    while seats.next() {
      guard seats.index >= settled, let open = missing(at: seats, of: incident) else { continue }
      if room == 0 { shortfall.insert(.tableFull) }
      let requirement = seats.requirement
      let asked = Seat(
        requirement: requirement, index: seats.index, seat: seats.seat, place: place, tier: tier,
        plan: plan, beats: beats, preempt: preempt, reason: reason)
      if seats.isChoice, incident.flatMap({ choice(at: seats, of: $0) }) == nil {
        chooseAlternative(seats, asked, &room, &shortfall, &decision)
        settled = seats.firstChoice + UInt32(requirement.choices)
        continue
      }
      guard let missed = fill(asked, open, &room, &shortfall, &decision) else { continue }
      shortfall.formUnion(whyNone(requirement, each: missed, tier: tier))
    }
    if needs != 0 {
      chooseForNeeds(
        needs,
        Seat(
          requirement: .anyUnit, index: AssignmentRecord.forNeeds, seat: 0, place: place,
          tier: tier, plan: plan, beats: beats, preempt: preempt, reason: reason),
        &room, &shortfall, &decision)
    }
    if place.isOffNetwork, decision.answer.count > 0 { shortfall.insert(.notOnStreets) }
    return shortfall
  }

  /// One more seat, behind those of the plan: what the incident asks for beside it. A unit of the plan that has it will
  /// do: an interpreter in the first car is on the scene as well. For the rest others are sent besides, so no nearer
  /// unit is passed over.
  @inline(never) private mutating func chooseForNeeds(
    _ needs: UInt64, _ seat: Seat, _ room: inout Int, _ shortfall: inout Shortfall,
    _ decision: inout Decision
  ) {
    var open = needs
    for place in 0..<decision.answer.count {
      open &= ~units[decision.chosen[place].unit].capabilities
    }
    if open == 0 { return }
    if room == 0 { shortfall.insert(.tableFull) }
    var asked = seat
    asked.requirement = Requirement(capabilities: open)
    guard let missed = fill(asked, open, &room, &shortfall, &decision) else { return }
    shortfall.formUnion(whyNone(asked.requirement, each: missed, tier: asked.tier))
  }

  /// A likely repeat robs nobody: it gets what nothing else could have. Nor does any call where the journal is of a
  /// format whose versions of the library know no robbery.
  @inline(__always)
  private func preempt(for tier: Tier, of incident: UInt32?) -> PreemptRule {
    let rule = currentPlans.preempt(for: tier)
    guard rule.from != 0 else { return rule }
    let isLikely = incident.map { incidents[$0].isSuspected } ?? false
    return isLikely || max(writtenState, readState) < Self.robbingState ? .none : rule
  }

  /// Asks every pool for what those before it do not have. Returns what nobody has; nil = nothing is left.
  @inline(__always) mutating func fill(
    _ seat: Seat, _ open: UInt64, _ room: inout Int, _ shortfall: inout Shortfall,
    _ decision: inout Decision
  ) -> UInt64? {
    guard var left = fill(seat, open, from: .free, &room, &shortfall, &decision) else { return nil }
    if seat.preempt.from != 0 {
      guard let rest = fill(seat, left, from: .underWay, &room, &shortfall, &decision) else {
        return nil
      }
      left = rest
    }
    return fill(seat, left, from: .shiftOver, &room, &shortfall, &decision)
  }

  /// Chooses for one seat: one unit that has all that is open, else several together, the lowest-numbered capability
  /// first. Returns what nobody has; nil = nothing is left.
  @inline(never) mutating func fill(
    _ seat: Seat, _ given: UInt64, from pool: Pool, _ room: inout Int,
    _ shortfall: inout Shortfall, _ decision: inout Decision
  ) -> UInt64? {
    if pool != .free, room == 0 { return given }
    var open = given
    var wanted = open
    var missed: UInt64?
    while room > 0 {
      guard
        let candidate = best(of: pool, seat, wanted)
      else {
        if wanted.nonzeroBitCount > 1 {
          wanted = wanted & (~wanted &+ 1)
          continue
        }
        missed = (missed ?? 0) | wanted
        open &= ~wanted
        wanted = open
        if open == 0 { break }
        continue
      }
      append(
        candidate, to: seat.place, requirement: seat.requirement, index: seat.index,
        seat: seat.seat, reason: seat.reason, &decision)
      shortfall.formUnion(marks(of: candidate))
      room -= 1
      open &= ~units[candidate.unit].capabilities
      if open == 0 { break }
      wanted = open
    }
    if room == 0, open != 0 { shortfall.insert(.tableFull) }
    return missed
  }

  @inline(__always)
  private mutating func best(
    of pool: Pool, _ seat: Seat, _ wanted: UInt64
  ) -> Candidate? {
    if pool == .underWay { return unitToRob(seat, wanted, insteadOf: nil) }
    guard
      let found = bestUnit(
        seat.requirement, capabilities: wanted, place: seat.place, tier: seat.tier,
        plan: seat.plan, beats: seat.beats, isShiftOver: pool == .shiftOver)
    else { return nil }
    return pool == .free ? orRobbed(found, seat, wanted) : found
  }

  private func marks(of candidate: Candidate) -> Shortfall {
    guard candidate.isStraightLine else {
      return units[candidate.unit].place.isOffNetwork ? .notOnStreets : []
    }
    return candidate.travel_ms == .max ? .noPosition : .notOnStreets
  }

  mutating func append(
    _ candidate: Candidate, to place: Place, requirement: Requirement, index: UInt32, seat: UInt32,
    reason: Reason, _ decision: inout Decision
  ) {
    skip(unit: candidate.unit)
    if candidate.isRobbed {
      robbed.add(assignments[units[candidate.unit].assignment].incident)
    }
    var why = reason
    if reason == .closest, candidate.ring > 0 {
      why = .homeBeat
    } else if reason == .closest, candidate.isStraightLine {
      why = candidate.travel_ms == .max ? .noPosition : .straightLine
    }
    decision.chosen[decision.answer.count] = Chosen(
      unitID: candidate.id, assignmentID: 0, unit: candidate.unit, role: requirement.role,
      travel_ms: candidate.travel_ms, turnout_ms: candidate.turnout_ms,
      distance_dm: candidate.distance_dm, reason: why,
      marks: marks(
        ofChoice: candidate.unit, at: place, isStraightLine: candidate.isStraightLine)
        | (candidate.isRobbed ? ChosenMark.diverted : 0)
        | UInt32(candidate.ring) << ChosenMark.ringShift,
      age_s: age_s(ofUnit: candidate.unit), requirement: index, seat: seat)
    decision.answer.count += 1
  }

  /// The reasons for each of the capabilities that nobody has; 0 = any unit would have done.
  func whyNone(
    _ requirement: Requirement, each capabilities: UInt64, tier: Tier
  ) -> Shortfall {
    var left = capabilities & (capabilities &- 1)
    var why = whyNone(
      requirement, capabilities: capabilities & (~capabilities &+ 1), tier: tier)
    while left != 0 {
      why.formUnion(whyNone(requirement, capabilities: left & (~left &+ 1), tier: tier))
      left &= left - 1
    }
    return why
  }

  /// Why a seat stayed open: the first rule that each unit with the capabilities failed. Only on a shortfall; no walk
  /// over units.
  func whyNone(
    _ requirement: Requirement, capabilities: UInt64, tier: Tier
  ) -> Shortfall {
    let levels = Eligibility.levels(for: tier)
    let asked = filter(
      requirement, capabilities: capabilities, levels: levels, tier: tier, isShiftOver: true)
    // Before this the end of a shift keeps a unit from going.
    let limit_us = Eligibility.mustLast_us(
      to: tier, wall_us: time.wall_us, evenIfOver: tier.isPressing)
    let found = router.unitsFound(asked, lastingTo: limit_us)
    var why = Shortfall()
    if found.contains(.uncrewed) { why.insert(.notCrewed) }
    if found.contains(.otherLevel) { why.insert(.notAvailable) }
    if found.contains(.ending) { why.insert(.shiftEnd) }
    if found.contains(.lasting) { why.insert(.radius) }
    for index in 0..<skippedCount {
      let slot = skipped.span[index]
      let unit = units[slot]
      if unit.isCrewed, levels & Eligibility.bit(level(of: slot)) != 0,
        unit.capabilities & capabilities == capabilities, requirement.fits(unit)
      {
        why.insert(.notAvailable)
      }
    }
    return why.isEmpty ? .capability : why
  }

  /// Whether a unit that became free could take one of the incident's open seats (or a part of one).
  func couldServe(unit: UInt32, incident: UInt32) -> Bool {
    openSeat(for: unit, of: incident) != nil
      || incidents[incident].hasNeeds && units[unit].capabilities & openNeeds(of: incident) != 0
  }

  /// Whether the plan still wants a unit on the incident.
  func hasOpenSeat(_ incident: UInt32) -> Bool {
    var seats = seats(of: incident)
    while seats.next() {
      if missing(at: seats, of: incident) != nil { return true }
    }
    return openNeeds(of: incident) != 0
  }

  /// The same for a unit that is being chosen: whether its shift was over then is a fact of the choice.
  func marks(ofChoice slot: UInt32, at place: Place, isStraightLine: Bool) -> UInt32 {
    let marks = marks(of: slot, at: place, isStraightLine: isStraightLine)
    return isShiftOver(units[slot]) ? marks | ChosenMark.shiftOver : marks
  }
}
