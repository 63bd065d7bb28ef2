// A unit that drives to what can wait goes to a graver call instead 抽调: where nobody else fits, or where it is there so
// much sooner than the best free unit. Here it is chosen; Dispatch takes it away.

import HujiaContainers
import HujiaRoads
import HujiaRouting

/// The incidents that lose a unit to the seats chosen so far, once for each unit.
struct RobbedScratch: BitwiseCopyable {
  private var incidents: InlineArray<16, UInt32> = .init(repeating: 0)
  private(set) var count = 0

  mutating func removeAll(behind kept: Int = 0) { count = kept }

  mutating func add(_ incident: UInt32) {
    assert(count < incidents.count)
    incidents[count] = incident
    count += 1
  }

  subscript(index: Int) -> UInt32 { incidents[index] }

  /// Whether the incident stands before this place too.
  func isRepeated(_ index: Int) -> Bool {
    for before in 0..<index where incidents[before] == incidents[index] { return true }
    return false
  }

  func losses(of incident: UInt32) -> UInt32 {
    var losses: UInt32 = 0
    for index in 0..<count where incidents[index] == incident { losses += 1 }
    return losses
  }
}

extension EngineCore {
  /// So many of the nearest under way are looked at: their ways to their own incidents take time.
  private static var mostLooks: Int { 128 }

  /// The free unit that was found, or one that is taken away instead.
  @inline(__always)
  mutating func orRobbed(
    _ found: Candidate, _ seat: Seat, _ wanted: UInt64
  ) -> Candidate {
    guard seat.preempt.from != 0, found.ring == 0,
      found.isStraightLine || found.cost_ms > seat.preempt.margin_ms
    else { return found }
    return unitToRob(seat, wanted, insteadOf: found) ?? found
  }

  /// The unit under way that is there first, of those that may be taken away; nil: there is none, or none that is worth
  /// it. `found`: the free unit that would go; nil = nobody would.
  @inline(never) mutating func unitToRob(
    _ seat: Seat, _ wanted: UInt64, insteadOf found: Candidate?
  ) -> Candidate? {
    let levels = Self.levelsUnderWay(to: seat.preempt.from)
    guard seat.preempt.from != 0, !seat.place.isNowhere, router.holdsPlaced(levels: levels) else {
      return nil
    }
    var filter = filter(
      seat.requirement, capabilities: wanted, levels: levels, tier: seat.tier)
    filter.radius_dm = seat.plan.radius_dm
    let most = min(limits.units, Self.mostLooks)
    var asked = min(Self.firstQuestion, most)
    while true {
      let count = nearestUnits(
        to: seat.place, filter: filter, limit: asked, profile: seat.plan.profile)
      var best: Candidate?
      for index in 0..<count {
        let near = candidates[index]
        guard let candidate = candidateUnderWay(near, seat), isWorthIt(candidate, found, seat)
        else { continue }
        if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
      }
      if count < asked || asked == most { return best }
      let last = candidates[count - 1]
      if isBeaten(last, by: best) || !isNearEnough(last, found, seat) { return best }
      asked = min(asked * 8, most)
    }
  }

  /// Whether it is there sooner than the free unit by the margin.
  private func isWorthIt(
    _ candidate: Candidate, _ found: Candidate?, _ seat: Seat
  ) -> Bool {
    guard let found else { return true }
    if candidate.isStraightLine != found.isStraightLine { return found.isStraightLine }
    return candidate.cost_ms + seat.preempt.margin_ms < found.cost_ms
  }

  /// Nobody behind this one costs less: a unit that drives needs no time to set out.
  private func isBeaten(_ last: NearestUnit, by best: Candidate?) -> Bool {
    guard let best else { return false }
    if last.isStraightLine != best.isStraightLine { return last.isStraightLine }
    return UInt64(last.travel_ms) > best.cost_ms
  }

  private func isNearEnough(
    _ last: NearestUnit, _ found: Candidate?, _ seat: Seat
  ) -> Bool {
    guard let found else { return true }
    if last.isStraightLine != found.isStraightLine { return found.isStraightLine }
    return UInt64(last.travel_ms) + seat.preempt.margin_ms < found.cost_ms
  }

  /// A unit under way with its guards: its incident is served by the engine, has not lost too many, and is not reached
  /// in a moment.
  private mutating func candidateUnderWay(
    _ near: NearestUnit, _ seat: Seat
  ) -> Candidate? {
    let unit = units[near.unit]
    guard Asked.fits(seat.requirement.kind, unit.kind), !unit.isFree,
      seat.plan.radius_dm == 0 || near.distance_dm <= seat.plan.radius_dm
    else { return nil }
    let own = assignments[unit.assignment]
    let lost = incidents[details: own.incident].robbed &+ robbed.losses(of: own.incident)
    guard incidents[own.incident].state.isOpen, isAutomatic(own.incident),
      lost < seat.preempt.most,
      travel(of: near.unit, to: own.incident).travel_ms > seat.preempt.nearArrival_ms
    else { return nil }
    let turnout_ms = own.state.isMoving ? 0 : currentPlans.turnout_ms(kind: unit.kind)
    return Candidate(
      cost_ms: UInt64(turnout_ms) + UInt64(near.travel_ms),
      idleSince_ns: idleSince_ns(of: near.unit), id: unit.id, unit: near.unit,
      travel_ms: near.travel_ms, turnout_ms: turnout_ms, distance_dm: near.distance_dm,
      isStraightLine: near.isStraightLine, isRobbed: true)
  }
}
