// Who goes, worked out the slow and obvious way from the rules of choosing units: all units sorted by exact cost
// for each seat. Knows nothing of the engine's search; routes come from a plain Dijkstra where both ends are nodes.

import HujiaRoads
import HujiaRouting

@testable import HujiaEngine

/// A unit as the test knows it.
struct PlainUnit {
  var id: UInt64
  var capabilities: UInt64
  var agency: UInt32
  var kind: UInt32
  var crew: Int32
  var level: Level
  var shiftEnd_us: Int64
  var idleSince_ns: Int64
  var place: Place?
  var homeBeat: UInt32 = 0
  var isBusy = false
  /// Where it drives to, while it may still be taken away.
  var order: PlainOrder?
}

/// What a unit under way drives to.
struct PlainOrder {
  var incident: Int
  var tier: Tier
  var hasSetOut: Bool
  /// The rest of its way.
  var left_ms: UInt32
}

/// What one call may take from others.
struct PlainPreempt {
  var from: [Tier] = []
  var nearArrival_ms: UInt32 = 0
  var margin_ms: UInt64 = 0
  var most = 0
  /// By incident, what it has lost.
  var lost: [Int: Int] = [:]
}

/// One beat as the test knows it: a box of ground, half open to the north and east.
struct PlainBeat {
  var number: UInt32
  var officer: UInt64
  var neighbours: [Int]
  var lat_e7: Range<Int32>
  var lon_e7: Range<Int32>
}

/// What a plan says of beats.
struct PlainBeats {
  var beats: [PlainBeat] = []
  var depth: Int?
  var most_ms: UInt64?

  /// The units that are asked before all others: officer, team, then the beats so many steps away. By depth in the
  /// answer, from 1 on.
  func rings(at place: Place) -> [(UInt64, UInt32) -> Bool] {
    guard let depth,
      let home = beats.firstIndex(where: {
        $0.lat_e7.contains(place.lat_e7) && $0.lon_e7.contains(place.lon_e7)
      })
    else { return [] }
    var rings: [(UInt64, UInt32) -> Bool] = [
      { id, _ in id == beats[home].officer }, { _, beat in beat == beats[home].number },
    ]
    var reached: Set<Int> = [home]
    for _ in 0..<depth {
      let next = Set(reached.flatMap { beats[$0].neighbours }).subtracting(reached)
      reached.formUnion(next)
      rings.append { id, beat in
        next.contains { beats[$0].number == beat || beats[$0].officer == id }
      }
    }
    return rings
  }
}

/// One seat filled.
struct PlainPick: Equatable {
  var unit: UInt64
  var travel_ms: UInt32
  var requirement: UInt32
  var seat: UInt32
  var reason: Reason
  var isShiftOver = false
  var depth: UInt32 = 0
  var isRobbed = false
}

struct PlainChoice {
  let map: RoadMap
  let requirements: [Requirement]
  let radius_dm: UInt32
  let turnouts_ms: [UInt32: UInt32]
  let defaultTurnout_ms: UInt32
  let wall_us: Int64
  var beats = PlainBeats()
  var preempt = PlainPreempt()
  /// The way between two places; of a router that answers single questions only.
  let travel: (Place, Place) -> Travel

  private struct Ranked {
    var isEstimate: Int
    var cost_ms: UInt64
    var idleSince_ns: Int64
    var unit: PlainUnit
    var travel: Travel
    var depth: UInt32 = 0
    var isRobbed = false

    func isBefore(_ other: Ranked) -> Bool {
      (isEstimate, cost_ms, idleSince_ns, unit.id)
        < (other.isEstimate, other.cost_ms, other.idleSince_ns, other.unit.id)
    }
  }

  /// A crew that is not stated is one person.
  private func isCrewed(_ unit: PlainUnit, _ requirement: Requirement) -> Bool {
    let people = unit.crew == 0 ? 1 : max(unit.crew, 0)
    return people >= 1 && people >= Int32(requirement.leastCrew)
  }
  private func isPressing(_ tier: Tier) -> Bool { tier == .emergency || tier == .urgent }
  /// Not for what can wait: within 45 minutes of the end of its shift, or after it.
  private func keepsShift(_ unit: PlainUnit, _ tier: Tier) -> Bool {
    isPressing(tier) || unit.shiftEnd_us == 0
      || unit.shiftEnd_us >= wall_us + 45 * 60 * 1_000_000
  }
  private func isShiftOver(_ unit: PlainUnit) -> Bool {
    unit.shiftEnd_us != 0 && unit.shiftEnd_us < wall_us
  }
  private func fits(_ unit: PlainUnit, _ requirement: Requirement, _ capabilities: UInt64) -> Bool {
    unit.capabilities & capabilities == capabilities
      && (requirement.agency == 0 || requirement.agency == unit.agency)
      && (requirement.kind == 0 || requirement.kind == unit.kind)
  }

  /// Available before conditionally available (pressing calls only), a known position before none, streets before
  /// estimates, then cost, longest idle, id. Of those of a level with a position: the rings of the beats first.
  private func best(
    _ units: [PlainUnit], _ taken: Set<UInt64>, _ requirement: Requirement, _ capabilities: UInt64,
    _ place: Place, _ tier: Tier
  ) -> Ranked? {
    let levels: [Level] = isPressing(tier) ? [.available, .conditionallyAvailable] : [.available]
    for hasPosition in [true, false] {
      for level in levels {
        let ranked = units.compactMap { unit -> Ranked? in
          guard !unit.isBusy, !taken.contains(unit.id), unit.level == level,
            isCrewed(unit, requirement),
            keepsShift(unit, tier), fits(unit, requirement, capabilities),
            (unit.place != nil) == hasPosition
          else { return nil }
          guard let position = unit.place else {
            let unknown = Travel(travel_ms: .max, distance_dm: .max, isStraightLine: true)
            return Ranked(
              isEstimate: 1, cost_ms: .max, idleSince_ns: unit.idleSince_ns, unit: unit,
              travel: unknown)
          }
          let way = travel(position, place)
          guard radius_dm == 0 || way.distance_dm <= radius_dm else { return nil }
          let turnout_ms = turnouts_ms[unit.kind] ?? defaultTurnout_ms
          return Ranked(
            isEstimate: way.isStraightLine ? 1 : 0,
            cost_ms: UInt64(way.travel_ms) + UInt64(turnout_ms), idleSince_ns: unit.idleSince_ns,
            unit: unit, travel: way)
        }
        let sorted = ranked.sorted { $0.isBefore($1) }
        for (index, isIn) in beats.rings(at: place).enumerated() where hasPosition {
          guard var first = sorted.first(where: { isIn($0.unit.id, $0.unit.homeBeat) }),
            first.cost_ms <= beats.most_ms ?? .max
          else { continue }
          first.depth = UInt32(index + 1)
          return first
        }
        if let first = sorted.first { return first }
      }
    }
    return nil
  }

  /// The best of those that drive to what can wait longer and may be taken from there.
  private func bestUnderWay(
    _ units: [PlainUnit], _ work: Work, _ requirement: Requirement, _ capabilities: UInt64,
    _ place: Place, _ tier: Tier
  ) -> Ranked? {
    units.compactMap { unit -> Ranked? in
      guard let order = unit.order, let position = unit.place, !work.taken.contains(unit.id),
        isCrewed(unit, requirement), fits(unit, requirement, capabilities),
        keepsShift(unit, tier), !isShiftOver(unit), preempt.from.contains(order.tier),
        order.left_ms > preempt.nearArrival_ms,
        (preempt.lost[order.incident] ?? 0) + (work.robbed[order.incident] ?? 0) < preempt.most
      else { return nil }
      let way = travel(position, place)
      guard radius_dm == 0 || way.distance_dm <= radius_dm else { return nil }
      let turnout_ms = order.hasSetOut ? 0 : turnouts_ms[unit.kind] ?? defaultTurnout_ms
      return Ranked(
        isEstimate: way.isStraightLine ? 1 : 0,
        cost_ms: UInt64(way.travel_ms) + UInt64(turnout_ms), idleSince_ns: unit.idleSince_ns,
        unit: unit, travel: way, isRobbed: true)
    }.min { $0.isBefore($1) }
  }

  /// On streets before estimates; else by more than the margin. Never before a unit of the beats.
  private func isWorthIt(_ robbed: Ranked, insteadOf free: Ranked) -> Bool {
    if free.depth > 0 { return false }
    if robbed.isEstimate != free.isEstimate { return robbed.isEstimate == 0 }
    return robbed.cost_ms + preempt.margin_ms < free.cost_ms
  }

  private func why(
    _ units: [PlainUnit], _ taken: Set<UInt64>, _ requirement: Requirement, _ capabilities: UInt64,
    _ tier: Tier
  ) -> Shortfall {
    var why = Shortfall()
    for unit in units where fits(unit, requirement, capabilities) {
      if !isCrewed(unit, requirement) {
        why.insert(.notCrewed)
      } else if unit.isBusy || taken.contains(unit.id) || unit.level == .notAvailable
        || (unit.level == .conditionallyAvailable && !isPressing(tier))
      {
        why.insert(.notAvailable)
      } else if !keepsShift(unit, tier) {
        why.insert(.shiftEnd)
      } else {
        why.insert(.radius)
      }
    }
    return why.isEmpty ? .capability : why
  }

  /// A choice under way.
  private struct Work {
    var picks: [PlainPick] = []
    var taken: Set<UInt64>
    var shortfall = Shortfall()
    /// By incident, units that it loses to these picks.
    var robbed: [Int: Int] = [:]
  }

  /// The units that are asked, one kind after the other.
  private enum Asked: CaseIterable { case free, underWay, shiftOver }

  private func best(
    _ asked: Asked, _ units: [PlainUnit], _ work: Work, _ requirement: Requirement,
    _ wanted: UInt64, _ place: Place, _ tier: Tier
  ) -> Ranked? {
    let robbed = bestUnderWay(units, work, requirement, wanted, place, tier)
    if asked == .underWay { return robbed }
    let some = units.filter { isShiftOver($0) == (asked == .shiftOver) }
    let found = best(some, work.taken, requirement, wanted, place, tier)
    guard asked == .free, let found, let robbed, isWorthIt(robbed, insteadOf: found) else {
      return found
    }
    return robbed
  }

  /// All seats of the plan up to an alarm level, in order; of alternatives the first that is met whole, else the first
  /// that is met in part, else none for the reasons of all. `having`: the units that are there already.
  /// Behind them one more for what `needs` asks for and no unit chosen so far has.
  func choose(
    _ units: [PlainUnit], for place: Place, tier: Tier, needs: UInt64 = 0, level: UInt8 = 1,
    having: [PlainPick] = []
  ) -> (picks: [PlainPick], shortfall: Shortfall) {
    var work = Work(taken: Set(having.map(\.unit)))
    func fill(_ index: Int, _ work: inout Work) -> Bool {
      var isWhole = true
      for seat in 0..<requirements[index].count {
        let there = having.filter { $0.requirement == UInt32(index) && $0.seat == seat }
        var open = requirements[index].capabilities
        for pick in there {
          open &= ~units.first { $0.id == pick.unit }.unsafelyUnwrapped.capabilities
        }
        if !there.isEmpty, open == 0 { continue }
        let isFilled = self.fill(
          requirements[index], open, (UInt32(index), seat), units, place, tier, &work)
        isWhole = isWhole && isFilled
      }
      return isWhole
    }
    var index = 0
    while index < requirements.count, requirements[index].level <= level {
      let group = index..<index + Int(requirements[index].choices)
      index = group.upperBound
      if let own = having.first(where: { group.contains(Int($0.requirement)) }) {
        _ = fill(Int(own.requirement), &work)
        continue
      }
      var tried: [(work: Work, isWhole: Bool)] = []
      for choice in group {
        var own = work
        let isWhole = fill(choice, &own)
        tried.append((own, isWhole))
      }
      let some =
        tried.first { $0.isWhole } ?? tried.first { $0.work.picks.count > work.picks.count }
      if let some {
        work = some.work
      } else {
        for one in tried { work.shortfall.formUnion(one.work.shortfall) }
      }
    }
    var left = needs
    for unit in units where work.taken.contains(unit.id) { left &= ~unit.capabilities }
    if left != 0 {
      _ = self.fill(
        Requirement(capabilities: left), left, (AssignmentRecord.forNeeds, 0), units, place, tier,
        &work)
    }
    // A place far from every street is answered from the nearest one, and marked.
    if place.isOffNetwork, !work.picks.isEmpty { work.shortfall.insert(.notOnStreets) }
    return (work.picks, work.shortfall)
  }

  /// Together the units of a seat have all its capabilities: one that has all first, else one by one. What those within
  /// their shifts do not have is asked of those under way to what can wait longer, then of those beyond their shifts.
  /// True: nothing is missing.
  private func fill(
    _ requirement: Requirement, _ capabilities: UInt64, _ seat: (index: UInt32, seat: UInt32),
    _ units: [PlainUnit], _ place: Place, _ tier: Tier, _ work: inout Work
  ) -> Bool {
    var left: UInt64? = capabilities
    for asked in Asked.allCases {
      guard var open = left else { break }
      left = nil
      var isDone = false
      var wanted = open
      while !isDone {
        if let found = best(asked, units, work, requirement, wanted, place, tier) {
          work.taken.insert(found.unit.id)
          if let order = found.unit.order, found.isRobbed {
            work.robbed[order.incident, default: 0] += 1
          }
          let isUnknown = found.unit.place == nil
          let isEstimate = found.travel.isStraightLine
          if isEstimate { work.shortfall.insert(isUnknown ? .noPosition : .notOnStreets) }
          if found.unit.place?.isOffNetwork == true { work.shortfall.insert(.notOnStreets) }
          work.picks.append(
            PlainPick(
              unit: found.unit.id, travel_ms: found.travel.travel_ms,
              requirement: seat.index, seat: seat.seat,
              reason: found.depth > 0
                ? .homeBeat
                : isUnknown ? .noPosition : isEstimate ? .straightLine : .closest,
              isShiftOver: asked == .shiftOver, depth: found.depth, isRobbed: found.isRobbed))
          open &= ~found.unit.capabilities
        } else if wanted.nonzeroBitCount > 1 {
          wanted = 1 << UInt64(wanted.trailingZeroBitCount)
          continue
        } else {
          left = (left ?? 0) | wanted
          open &= ~wanted
        }
        wanted = open
        isDone = open == 0
      }
    }
    guard let left else { return true }
    let missed = left == 0 ? [0] : (0..<64 as Range<UInt64>).map { left & 1 << $0 }
    for capability in missed where left == 0 || capability != 0 {
      work.shortfall.formUnion(why(units, work.taken, requirement, capability, tier))
    }
    return false
  }

  /// Fastest time between two nodes by Bellman and Ford's rounds; nil when the streets do not lead there.
  static func time_ms(
    _ map: RoadMap, from: UInt32, to: UInt32, _ profile: Profile
  ) -> UInt64? {
    let arcTimes = profile == .normal ? map.arcNormal_ms : map.arcResponse_ms
    var times = [UInt64?](repeating: nil, count: map.nodeCount)
    times[Int(from)] = 0
    for _ in 0..<map.nodeCount {
      var isChanged = false
      for arc in 0..<map.arcCount {
        guard let tail = times[Int(map.arcTail[arc])] else { continue }
        let time = tail + UInt64(arcTimes[arc])
        let head = Int(map.arcHead[arc])
        if times[head].map({ time < $0 }) ?? true {
          times[head] = time
          isChanged = true
        }
      }
      if !isChanged { break }
    }
    return times[Int(to)]
  }
}
