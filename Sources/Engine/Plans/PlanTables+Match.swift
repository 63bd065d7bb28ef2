// Reading the plans: which plan a report matches, and what it says.

import HujiaContainers

extension PlanTables {
  /// The most specific plan; of equals the first in the file. O(plans without areas + plans of the areas there).
  package func match(_ circumstances: Circumstances) -> PlanMatch {
    let local = localBits(wall_us: circumstances.wall_us)
    var best = UInt32.max
    var bestScore = -1
    for place in 0..<openPlans.count {
      let score = plans[openPlans[place]].conditions.specificity
      guard score > bestScore,
        holds(besideAreas: plans[openPlans[place]].conditions, for: circumstances, local)
      else { continue }
      bestScore = score
      best = openPlans[place]
    }
    // A sum with an area is odd, one without is even: no plan of the one kind equals one of the other.
    if openPlans.count < plans.count {
      areaGrid.each(circumstances.lat_e7, circumstances.lon_e7) { area in
        guard hasCandidate(area, above: bestScore, before: best),
          contains(areas[area], circumstances.lat_e7, circumstances.lon_e7)
        else { return }
        for place in plansOfArea.places(of: area) {
          let index = plansOfArea[place]
          let score = plans[index].conditions.specificity
          guard score > bestScore || score == bestScore && index < best,
            holds(besideAreas: plans[index].conditions, for: circumstances, local)
          else { continue }
          bestScore = score
          best = index
        }
      }
    }
    guard best != .max else { return PlanMatch.none(tier: circumstances.tier) }
    return plans[best].match(number: best + 1, tier: circumstances.tier)
  }

  /// Whether a plan of an area might win, before the area's rings are looked at.
  @inline(__always) private func hasCandidate(
    _ area: UInt32, above score: Int, before best: UInt32
  ) -> Bool {
    for place in plansOfArea.places(of: area) {
      let own = plans[plansOfArea[place]].conditions.specificity
      if own > score || own == score && plansOfArea[place] < best { return true }
    }
    return false
  }

  /// The plan of this number, as it fits a tier; 0 = none does. nil: there is none of this number.
  func match(number: UInt32, tier: Tier) -> PlanMatch? {
    if number == 0 { return PlanMatch.none(tier: tier) }
    guard Int(number) <= plans.count else { return nil }
    return plans[Int(number) - 1].match(number: number, tier: tier)
  }

  /// The same plan with what it asks for up to an alarm level.
  func raised(_ plan: PlanMatch, to level: UInt8) -> PlanMatch {
    var raised = plan
    raised.alarmLevel = level
    raised.requirementCount = count(plan, upTo: level)
    return raised
  }

  /// How many of its requirements are asked for at an alarm level. O(requirements).
  func count(_ plan: PlanMatch, upTo level: UInt8) -> UInt32 {
    guard plan.plan > 0 else { return 0 }
    let record = plans[Int(plan.plan) - 1]
    if level == 1 { return record.requirementCount }
    var count = record.requirementCount
    while count < record.wholeCount, requirements[record.firstRequirement + count].level <= level {
      count += 1
    }
    return count
  }

  /// The highest alarm level of a plan; 0 = no plan matched.
  func levels(_ plan: PlanMatch) -> UInt8 { plan.plan > 0 ? plans[Int(plan.plan) - 1].levels : 0 }

  /// Even-odd rule in integers with half-open edges, so that a point on a shared border is in exactly one area.
  /// Source: W. R. Franklin, PNPOLY.
  /// An area across 180 degrees counts on past it, so a place is looked for one turn on, too.
  func contains(_ area: AreaRecord, _ lat_e7: Int32, _ given_e7: Int32) -> Bool {
    var lon_e7 = Int64(given_e7)
    if lon_e7 < area.west_e7 { lon_e7 += 3_600_000_000 }
    if lon_e7 > area.east_e7 { lon_e7 -= 3_600_000_000 }
    guard lat_e7 >= area.south_e7, lat_e7 <= area.north_e7, lon_e7 >= area.west_e7,
      lon_e7 <= area.east_e7
    else { return false }
    var isInside = false
    for ring in area.first..<area.first + area.count {
      if isEnclosed(by: areaRings[ring], lat_e7, lon_e7) { isInside.toggle() }
    }
    return isInside
  }

  /// `lon_e7` as the area counts.
  private func isEnclosed(by ring: RingRecord, _ lat_e7: Int32, _ lon_e7: Int64) -> Bool {
    var isInside = false
    var before = areaPoints[ring.first + ring.count - 1]
    for offset in 0..<ring.count {
      let here = areaPoints[ring.first + offset]
      if (here.lat_e7 > lat_e7) != (before.lat_e7 > lat_e7) {
        // lon < (before.lon - here.lon) * (lat - here.lat) / (before.lat - here.lat) + here.lon, without dividing
        let rise = Int64(before.lat_e7) - Int64(here.lat_e7)
        let left = (lon_e7 - Int64(here.lon_e7)).multipliedFullWidth(by: rise)
        let right = (Int64(before.lon_e7) - Int64(here.lon_e7)).multipliedFullWidth(
          by: Int64(lat_e7) - Int64(here.lat_e7))
        let isLess = left.high != right.high ? left.high < right.high : left.low < right.low
        let isSame = left.high == right.high && left.low == right.low
        if rise > 0 ? isLess : (!isLess && !isSame) { isInside.toggle() }
      }
      before = here
    }
    return isInside
  }

  func localHour(wall_us: Int64) -> UInt32 {
    let local_s = localTime_s(wall_us: wall_us)
    let ofDay_s = ((local_s % 86_400) + 86_400) % 86_400
    return UInt32(ofDay_s / 3_600)
  }

  /// 0 = Sunday. 1970-01-01 was a Thursday.
  func localWeekday(wall_us: Int64) -> UInt32 {
    let local_s = localTime_s(wall_us: wall_us)
    let day = local_s >= 0 ? local_s / 86_400 : (local_s - 86_399) / 86_400
    return UInt32(((day + 4) % 7 + 7) % 7)
  }

  /// Seconds since 1970 as a clock on the wall counts them. Each moment has one local time: an hour that
  /// daylight-saving time leaves out never comes, one that it repeats comes twice.
  func localTime_s(wall_us: Int64) -> Int64 {
    let utc_s = wall_us >= 0 ? wall_us / 1_000_000 : (wall_us - 999_999) / 1_000_000
    var offset_s = zone[0].offset_s
    var low = 0
    var high = zone.count
    while low < high {
      let middle = (low + high) / 2
      if zone[middle].from_s <= utc_s {
        offset_s = zone[middle].offset_s
        low = middle + 1
      } else {
        high = middle
      }
    }
    return utc_s &+ Int64(offset_s)
  }

  package func requirement(_ index: Int) -> Requirement { requirements[index] }

  /// The tier a type has where the report gives none. O(log types).
  package func tier(ofType code: UInt32) -> Tier? {
    var low = 0
    var high = types.count
    while low < high {
      let middle = (low + high) / 2
      if types[middle].code < code { low = middle + 1 } else { high = middle }
    }
    guard low < types.count, types[low].code == code, types[low].tier != .none else { return nil }
    return types[low].tier
  }

  /// A plan's own arrival limit; -1 = it has none.
  func arrive_ms(plan: UInt32) -> Int64 { plan > 0 ? plans[Int(plan) - 1].arrive_ms : -1 }

  /// The limits of a tier; `arrive_ms` is already that of the caller and the plan.
  package func limits(tier: Tier, plan: UInt32, isVulnerable: Bool) -> TierLimits {
    var limits = tiers[Int(tier.rawValue)]
    if plan > 0, plans[Int(plan) - 1].arrive_ms >= 0 {
      limits.arrive_ms = plans[Int(plan) - 1].arrive_ms
    } else if isVulnerable, limits.arriveVulnerable_ms >= 0 {
      limits.arrive_ms = limits.arriveVulnerable_ms
    }
    return limits
  }

  package func turnout_ms(kind: UInt32) -> UInt32 {
    var low = 0
    var high = turnouts.count
    while low < high {
      let middle = (low + high) / 2
      if turnouts[middle].kind < kind { low = middle + 1 } else { high = middle }
    }
    guard low < turnouts.count, turnouts[low].kind == kind else { return defaultTurnout_ms }
    return turnouts[low].turnout_ms
  }

  package func level(of activity: Activity) -> Level {
    Level(rawValue: levels[Int(activity.rawValue)]) ?? .notAvailable
  }
}
