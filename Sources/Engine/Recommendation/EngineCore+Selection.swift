// Who goes: for each seat of the plan the unit with the least turnout plus travel time, exactly, with fixed ties.

import HujiaContainers
import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// A new mark; units marked with it are passed over in this decision.
  mutating func beginSelection(excludingRefusalsOf incident: UInt32?) {
    skipStamp &+= 1
    if skipStamp == 0 { skipStamp = 1 }
    skippedCount = 0
    robbed.removeAll()
    guard let incident else { return }
    for index in 0..<Int(incidents[incident].refusalCount) {
      guard let unit = units.find(incidents.refusal(of: incident, index)) else { continue }
      skip(unit: unit)
    }
  }

  /// Passes a unit over in this decision. The incident's refusals and its choices: `skipped` has room for both.
  mutating func skip(unit: UInt32) {
    router.skip(unit: unit, stamp: skipStamp)
    skipped[skippedCount] = unit
    skippedCount += 1
  }

  /// What one requirement asks of a unit, as routing filters it.
  func filter(
    _ requirement: Requirement, capabilities: UInt64, levels: UInt32, tier: Tier,
    isShiftOver: Bool = false
  ) -> UnitFilter {
    var filter = UnitFilter()
    filter.capabilities = capabilities
    filter.levels = levels
    filter.agency = requirement.agency
    filter.kind = requirement.kind
    filter.skipStamp = skipStamp
    filter.leastCrew = max(requirement.leastCrew, 1)
    filter.availableUntil_us = Eligibility.mustLast_us(
      to: tier, wall_us: time.wall_us, evenIfOver: isShiftOver)
    return filter
  }

  func isShiftOver(_ unit: UnitRecord) -> Bool {
    time.wall_us != 0 && !Eligibility.lasts(unit.shiftEnd_us, to: time.wall_us)
  }

  /// The best unit for one seat, or nil. Available units first; for emergency and urgent calls then the conditionally
  /// available ones; then a unit whose position is unknown. Behind all of them, in the same order and for emergency and
  /// urgent calls only, units past their shift: still on the street, they are not gone. Of those that are alike in all
  /// this, units of the beats come first where the plan asks them first. To no place nobody.
  mutating func bestUnit(
    _ requirement: Requirement, capabilities: UInt64, place: Place, tier: Tier, plan: PlanMatch,
    beats: BeatRule
  ) -> Candidate? {
    bestUnit(
      requirement, capabilities: capabilities, place: place, tier: tier, plan: plan, beats: beats,
      isShiftOver: false)
      ?? bestUnit(
        requirement, capabilities: capabilities, place: place, tier: tier, plan: plan,
        beats: beats, isShiftOver: true)
  }

  /// One unit for one seat of an open incident: the first of the decision. False: nobody can go.
  mutating func chooseOne(
    _ requirement: Requirement, for incident: UInt32, index: UInt32, seat: UInt32, reason: Reason,
    _ decision: inout Decision
  ) -> Bool {
    if let known = unitChosen(&decision) { return known }
    let record = incidents[incident]
    beginSelection(excludingRefusalsOf: incident)
    let candidate = bestUnit(
      requirement, capabilities: requirement.capabilities, place: record.place,
      tier: record.tier, plan: record.plan,
      beats: plans.tables(record.planVersion).pointee.beatRule(record.plan))
    if let candidate {
      decision.answer.count = 0
      append(
        candidate, to: record.place, requirement: requirement, index: index, seat: seat,
        reason: reason, &decision)
    }
    noteUnit(candidate != nil, &decision)
    return candidate != nil
  }

  /// Whether a unit that fits is beyond its shift, so that a shortage asks routing a second time only where that can
  /// find somebody. No walk over units.
  func hasShiftOver(_ requirement: Requirement, capabilities: UInt64) -> Bool {
    guard units.withShift > 0, time.wall_us != 0 else { return false }
    return router.hasUnit(
      filter(
        requirement, capabilities: capabilities, levels: Eligibility.levels(for: .emergency),
        tier: .emergency, isShiftOver: true), endingBefore: time.wall_us)
  }

  /// Asks units within their shift. With `isShiftOver`, asked afterwards, it asks units past theirs.
  mutating func bestUnit(
    _ requirement: Requirement, capabilities: UInt64, place: Place, tier: Tier, plan: PlanMatch,
    beats: BeatRule, isShiftOver: Bool
  ) -> Candidate? {
    if place.isNowhere { return nil }
    if isShiftOver {
      guard tier.isPressing,
        hasShiftOver(requirement, capabilities: capabilities)
      else { return nil }
    }
    var levels = Eligibility.bit(.available)
    if let found = nearest(
      requirement, place: place, plan: plan, beats: beats,
      filter: filter(
        requirement, capabilities: capabilities, levels: levels, tier: tier,
        isShiftOver: isShiftOver))
    {
      return found
    }
    if tier.isPressing {
      levels = Eligibility.bit(.conditionallyAvailable)
      if let found = nearest(
        requirement, place: place, plan: plan, beats: beats,
        filter: filter(
          requirement, capabilities: capabilities, levels: levels, tier: tier,
          isShiftOver: isShiftOver))
      {
        return found
      }
    }
    let available = filter(
      requirement, capabilities: capabilities, levels: Eligibility.bit(.available), tier: tier,
      isShiftOver: isShiftOver)
    if let found = unitWithoutPosition(available, kind: requirement.kind) { return found }
    guard tier.isPressing else { return nil }
    return unitWithoutPosition(
      filter(
        requirement, capabilities: capabilities, levels: levels, tier: tier,
        isShiftOver: isShiftOver),
      kind: requirement.kind)
  }

  /// The units of the beats where the plan asks them first, then all.
  @inline(__always)
  private mutating func nearest(
    _ requirement: Requirement, place: Place, plan: PlanMatch, beats: BeatRule, filter: UnitFilter
  ) -> Candidate? {
    if beats.rings > 0,
      let found = nearestOfBeats(requirement, place: place, plan: plan, beats, filter: filter)
    {
      return found
    }
    return nearestByCost(requirement, place: place, plan: plan, filter: filter)
  }

  /// Asks routing for the nearest by travel time and widens the question until no unit left out could cost less.
  private mutating func nearestByCost(
    _ requirement: Requirement, place: Place, plan: PlanMatch, filter given: UnitFilter
  ) -> Candidate? {
    var filter = given
    filter.radius_dm = plan.radius_dm
    if router.hasGround { return bestOnGround(requirement, place: place, plan: plan, filter) }
    return widening(requirement, plan, most: limits.units) { core, asked in
      core.nearestUnits(to: place, filter: filter, limit: asked, profile: plan.profile)
    }
  }

  /// `fetch`: so many of the nearest into `candidates`, and how many they are. There are at most `most`.
  @inline(__always)
  mutating func widening(
    _ requirement: Requirement, _ plan: PlanMatch, most: Int, isOfBeats: Bool = false,
    _ fetch: (inout EngineCore, Int) -> Int
  ) -> Candidate? {
    let leastTurnout_ms = UInt64(currentPlans.leastTurnout_ms)
    var wanted = Self.firstQuestion
    var best: Candidate?
    while true {
      let asked = min(wanted, most)
      let found = fetch(&self, asked)
      best = nil
      for index in 0..<found {
        if isOfBeats, !beatScratch.holds(candidates[index].unit) { continue }
        guard let candidate = candidate(candidates[index], requirement, plan) else { continue }
        if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
      }
      if found < asked || asked == most { return best }
      let last = candidates[found - 1]
      if let best, last.isStraightLine == best.isStraightLine || last.isStraightLine {
        let least_ms = UInt64(last.travel_ms) + leastTurnout_ms
        if last.isStraightLine && !best.isStraightLine || least_ms > best.cost_ms { return best }
      }
      wanted *= 8
    }
  }

  static var firstQuestion: Int { 2 }

  /// The same where there are no streets: one question, however many units cost the same. When more positions wait than
  /// a command takes in, the one found is looked at again.
  private mutating func bestOnGround(
    _ requirement: Requirement, place: Place, plan: PlanMatch, _ filter: UnitFilter
  ) -> Candidate? {
    let ranking = ranking()
    let tables = plans.tables(plans.current)
    var near: NearestUnit?
    for _ in 0...Self.looksAgain {
      near = router.best(to: place, filter: filter, profile: plan.profile, ranking: ranking) {
        tables.pointee.turnout_ms(kind: $0)
      }
      guard hasPositionsLeft, let near, refresh(unit: near.unit) else { break }
    }
    return near.flatMap { candidate($0, requirement, plan) }
  }

  /// What routing ranks units by besides travel.
  func ranking() -> Ranking {
    var ranking = Ranking(leastTurnout_ms: currentPlans.leastTurnout_ms)
    for activity in Activity.allCases {
      ranking.availableSince_ns[Int(activity.code)] =
        availableSince_ns[Int(activity.rawValue)]
    }
    return ranking
  }

  private func candidate(
    _ near: NearestUnit, _ requirement: Requirement, _ plan: PlanMatch
  ) -> Candidate? {
    let unit = units[near.unit]
    guard Asked.fits(requirement.kind, unit.kind) else { return nil }
    guard plan.radius_dm == 0 || near.distance_dm <= plan.radius_dm else { return nil }
    let turnout_ms = currentPlans.turnout_ms(kind: unit.kind)
    return Candidate(
      cost_ms: UInt64(near.travel_ms) + UInt64(turnout_ms),
      idleSince_ns: idleSince_ns(of: near.unit),
      id: unit.id, unit: near.unit, travel_ms: near.travel_ms, turnout_ms: turnout_ms,
      distance_dm: near.distance_dm, isStraightLine: near.isStraightLine)
  }
}
