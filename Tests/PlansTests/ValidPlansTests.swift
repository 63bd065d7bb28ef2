// What a plans file means: defaults, the most specific plan, hours in local time, areas that share a border.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

import Glibc

@Suite struct ValidPlansTests {
  /// Every key of the format.
  static let everything = #"""
    {
      "version": 1, "name": "all \u00e9\ud83d\ude92", "comment": {"any": ["thing", null, true]},
      "time_zone": "+08:00", "capabilities": ["engine", "ladder"],
      "turnout_s": { "default": 45.5, "kinds": { "1": 60, "7": 80 } },
      "levels": { "meal": "not_available", "court": "conditionally_available" },
      "types": [{ "code": 5, "name": "fire", "tier": "urgent" }, { "code": 6 }],
      "priority_tiers": { "A": "urgent" },
      "areas": [
        { "name": "west", "polygon": [[-1, -1], [0, -1], [0, 1], [-1, 1], [-1, -1]] },
        { "name": "east", "polygon": [[0, -1], [1, -1], [1, 1], [0, 1]] }
      ],
      "tiers": {
        "emergency": { "respond_s": 30, "arrive_s": 100.25 }, "routine": { "resolve_s": null }
      },
      "clocks": {
        "acknowledge": {
          "limit_s": 20, "repeat_s": 60, "steps": [{ "do": "other_channel" }],
          "tiers": { "urgent": { "steps": [{ "after_s": 2, "do": "widen" }, { "after_s": 3, "do": "supervision" }] } }
        },
        "resolve": null
      },
      "plans": [
        { "name": "any", "units": [{ "role": "first", "count": 2 }] },
        {
          "name": "fire", "types": [5], "tiers": ["emergency", "urgent"], "areas": ["west"], "hours": [[22, 6]],
          "vulnerable": true, "dispatch": "recommend", "radius_m": 5000, "arrive_s": 240, "mode": "closest",
          "profile": "response",
          "units": [
            { "role": "first", "capabilities": ["engine", "ladder"], "agency": 3, "kind": 7 },
            { "role": "second", "capabilities": ["capability63"], "count": 3 }
          ]
        },
        { "name": "nobody", "types": [6], "dispatch": "manual", "profile": "normal" }
      ]
    }
    """#

  @Test func theChainOfWatchesIsRead() throws {
    let text =
      #"{"absence":{"limit_s":90,"repeat_s":60,"steps":[{"do":"grid_worker"}],"#
      + #""tiers":{"urgent":{"steps":[{"after_s":5,"do":"open_incident"}]}}}}"#
    let all = #"{"version":1,"plans":[{"name":"any","units":[{}]}],"clocks":"# + text + "}"
    let draft = try decode(Array(all.utf8))
    let chains = draft.chains[Int(ClockKind.absence.rawValue)]
    let common = chains[Int(Tier.emergency.rawValue)]
    #expect(common?.limit_ms == 90_000)
    #expect(common?.repeat_ms == 60_000)
    #expect(common?.steps == [Step(after_ms: 0, action: .gridWorker)])
    let urgent = chains[Int(Tier.urgent.rawValue)]
    #expect(urgent?.limit_ms == 259_200_000)
    #expect(urgent?.steps == [Step(after_ms: 5_000, action: .openIncident)])
  }

  /// Plans of 0.1 joined words with capitals; both spellings say the same, and never twice in one file.
  @Test func levelsAsIn01() throws {
    func levels(_ text: String) throws -> [UInt8] {
      let all = #"{"version":1,"plans":[{"name":"any","units":[{}]}],"levels":"# + text + "}"
      return try decode(Array(all.utf8)).levels
    }
    let older = try levels(
      #"{"offDuty":"conditionallyAvailable","meal":"notAvailable","court":"available"}"#)
    let newer = try levels(
      #"{"off_duty":"conditionally_available","meal":"not_available","court":"available"}"#)
    #expect(older == newer)
    #expect(newer[Int(Activity.offDuty.rawValue)] == Level.conditionallyAvailable.rawValue)
    #expect(newer[Int(Activity.meal.rawValue)] == Level.notAvailable.rawValue)
    #expect(throws: PlanError.self) {
      try levels(#"{"offDuty":"available","off_duty":"available"}"#)
    }
    #expect(throws: PlanError.self) { try levels(#"{"off_Duty":"available"}"#) }
  }

  @Test func everyKeyIsRead() throws {
    let draft = try decode(Array(Self.everything.utf8))
    #expect(draft.defaultTurnout_ms == 45_500)
    #expect(draft.turnouts.map(\.kind).sorted() == [1, 7])
    #expect(draft.levels[Int(Activity.meal.rawValue)] == Level.notAvailable.rawValue)
    #expect(draft.levels[Int(Activity.court.rawValue)] == Level.conditionallyAvailable.rawValue)
    #expect(draft.levels[Int(Activity.station.rawValue)] == Level.available.rawValue)
    #expect(draft.zone.map(\.offset_s) == [28_800])
    #expect(
      draft.tiers[1]
        == TierLimits(
          respond_ms: 30_000, arrive_ms: 100_250, arriveVulnerable_ms: 300_000, resolve_ms: -1))
    #expect(draft.tiers[3].resolve_ms == -1)
    #expect(draft.tiers[3].respond_ms == 1_800_000)
    let acknowledge = draft.chains[Int(ClockKind.acknowledge.rawValue)]
    #expect(
      acknowledge[1]
        == PlanDraft.Chain(
          limit_ms: 20_000, repeat_ms: 60_000, steps: [Step(after_ms: 0, action: .otherChannel)]))
    #expect(acknowledge[2]?.steps.map(\.after_ms) == [2_000, 3_000])
    #expect(draft.chains[Int(ClockKind.resolve.rawValue)].allSatisfy { $0 == nil })
    #expect(draft.areas.map(\.count) == [1, 1])
    #expect(draft.areaRings.map(\.count) == [4, 4])
    let fire = draft.plans[1]
    #expect(fire.conditions.tiers == 0b110)
    #expect(fire.conditions.hours == 0b1100_0000_0000_0000_0011_1111)
    #expect(fire.conditions.vulnerable == 1)
    #expect(fire.dispatch == .recommend)
    #expect(fire.radius_dm == 50_000)
    #expect(fire.arrive_ms == 240_000)
    #expect(
      draft.requirements[1]
        == Requirement(capabilities: 3, role: 1, agency: 3, kind: 7, count: 1))
    #expect(
      draft.requirements[2] == Requirement(capabilities: 1 << 63, role: 2, count: 3))
    #expect(draft.plans.map(\.profile) == [.byTier, .response, .normal])
    #expect(draft.plans[2].dispatch == .manual)
    #expect(draft.plans[2].requirementCount == 0)
  }

  /// domain.md, "Tiers and targets" and "Clocks".
  @Test func defaultsAreThoseOfTheDomain() throws {
    let tables = try tables(plans())
    func limits(_ tier: Tier, _ isVulnerable: Bool = false) -> [Int64] {
      let limits = tables.limits(tier: tier, plan: 1, isVulnerable: isVulnerable)
      return [limits.respond_ms, limits.arrive_ms, limits.resolve_ms].map {
        $0 < 0 ? -1 : $0 / 1_000
      }
    }
    #expect(limits(.emergency) == [60, 480, -1])
    #expect(limits(.emergency, true) == [60, 300, -1])
    #expect(limits(.urgent) == [300, 900, -1])
    #expect(limits(.urgent, true) == [300, 900, -1])
    #expect(limits(.routine) == [1_800, -1, 7_200])
    #expect(limits(.preventive) == [-1, -1, 86_400])
    for tier in [Tier.emergency, .urgent, .routine, .preventive] {
      let policy = tables.clock(.acknowledge, tier: tier)
      #expect(policy.limit_ms == 15_000)
      #expect(policy.repeat_ms == 300_000)
      let steps = (0..<policy.stepCount).map { tables.step(policy, $0) }
      #expect(steps.map(\.action) == [.notifyAgain, .nextUnit, .supervisor])
      #expect(steps.map(\.after_ms) == [0, 15_000, 15_000])
      let pending = tables.clock(.pending, tier: tier)
      #expect(tables.step(pending, 0).action == .supervisor)
      #expect(tables.step(pending, 1).action == .tellCaller)
      #expect(tables.step(tables.clock(.arrival, tier: tier), 1).action == .suggestExchange)
      // Clocks that wait for what a host may never send run only where they are named.
      for clock in [ClockKind.delivery, .turnout, .welfare, .report, .callback, .lead] {
        #expect(tables.clock(clock, tier: tier).stepCount == 0)
      }
    }
    #expect(tables.turnout_ms(kind: 3) == 60_000)
    let available: [Activity] = [.patrolling, .station, .post, .returning]
    let conditional: [Activity] = [.meal, .training]
    for activity in Activity.allCases {
      let level: Level =
        available.contains(activity)
        ? .available : conditional.contains(activity) ? .conditionallyAvailable : .notAvailable
      #expect(tables.level(of: activity) == level, "\(activity)")
    }
  }

  /// domain.md, "Clocks": the whole table, ready to copy.
  @Test func everyClockOfTheDomainIsInTheExample() throws {
    guard let bytes = file("examples/plans/all-clocks.json") else {
      Issue.record("examples/plans/all-clocks.json is not there")
      return
    }
    let draft = try decode(bytes)
    func chain(_ clock: ClockKind, _ tier: Tier = .urgent) -> PlanDraft.Chain? {
      draft.chains[Int(clock.rawValue)][Int(tier.rawValue)]
    }
    let limits_s: [(ClockKind, Int64)] = [
      (.delivery, 15), (.acknowledge, 15), (.welfare, 600), (.report, 1_800), (.callback, 86_400),
      (.lead, 60),
    ]
    for (clock, limit_s) in limits_s { #expect(chain(clock)?.limit_ms == limit_s * 1_000) }
    for clock in [ClockKind.pending, .turnout, .arrival, .resolve] {
      #expect(chain(clock)?.limit_ms == -1)
    }
    #expect(chain(.welfare)?.steps.map(\.action) == [.callUnit, .backup, .supervisor])
    #expect(chain(.welfare, .emergency)?.limit_ms == 300_000)
    #expect(chain(.delivery)?.steps.map(\.action) == [.otherChannel])
    #expect(chain(.lead)?.steps.map(\.action) == [.firstLeads])
    #expect(chain(.lead)?.manners.nobody == .skip)
    #expect(chain(.report)?.manners.warnBefore_ms == 300_000)
    #expect(chain(.arrival)?.manners.warn_percent == 75)
    #expect(chain(.callback)?.manners.snoozeMost_ms == 86_400_000)
    let tables = try draft.tables(.system)
    func policy(_ clock: ClockKind, _ tier: Tier, _ wall_us: Int64) -> ClockPolicy {
      tables.policy(
        tables.policyIndex(
          clock,
          for: Circumstances(
            type: 0, tier: tier, flags: 0, lat_e7: 0, lon_e7: 0, wall_us: wall_us)))
    }
    // Monday 2018-01-15, Shanghai: 06:00 UTC is 14:00, 15:00 UTC is 23:00; 16:00 UTC on Friday is Saturday.
    let monday_us: Int64 = 1_515_974_400_000_000
    #expect(policy(.pending, .routine, monday_us + 6 * 3_600_000_000).limit_ms == -1)
    #expect(policy(.pending, .routine, monday_us + 15 * 3_600_000_000).limit_ms == 3_600_000)
    #expect(policy(.pending, .routine, monday_us + 15 * 3_600_000_000).stepCount == 2)
    #expect(policy(.pending, .urgent, monday_us + 15 * 3_600_000_000).limit_ms == -1)
    #expect(policy(.callback, .preventive, monday_us).stepCount == 0)
    #expect(policy(.callback, .routine, monday_us).stepCount == 1)
    let friday_us = monday_us + 4 * 86_400_000_000
    #expect(policy(.acknowledge, .urgent, friday_us + 15 * 3_600_000_000).stepCount == 3)
    #expect(policy(.acknowledge, .urgent, friday_us + 16 * 3_600_000_000).stepCount == 2)
    // A rule says only what is different.
    #expect(
      policy(.acknowledge, .urgent, friday_us + 16 * 3_600_000_000).manners.nobody == .skip)
  }

  @Test func everyKeyOfAClockIsRead() throws {
    let text = plans(
      #""clocks":{"acknowledge":{"limit_s":20,"warn_before_s":5,"steps":[{"after_s":1,"do":"call_unit"}],"#
        + #""repeat_s":9,"nobody":"skip","last_resort":"manual","snooze_max_s":0,"taken_s":7,"#
        + #""acknowledgements":2}}"#)
    let draft = try decode(Array(text.utf8))
    let chain = try #require(draft.chains[Int(ClockKind.acknowledge.rawValue)][1])
    #expect(chain.limit_ms == 20_000)
    #expect(chain.repeat_ms == 9_000)
    #expect(chain.steps == [Step(after_ms: 1_000, action: .callUnit)])
    #expect(chain.manners.warnBefore_ms == 5_000)
    #expect(chain.manners.nobody == .skip)
    #expect(chain.manners.lastResort == .manual)
    #expect(chain.manners.snoozeMost_ms == 0)
    #expect(chain.manners.taken_ms == 7_000)
    #expect(chain.manners.acknowledgements == 2)
  }

  @Test func theBuiltInPlanIsTheExample() throws {
    guard let bytes = file("examples/plans/default.json") else {
      Issue.record("examples/plans/default.json is not there")
      return
    }
    let written = try decode(bytes)
    let builtIn = PlanDraft.builtIn
    #expect(written.tiers == builtIn.tiers)
    #expect(written.chains == builtIn.chains)
    #expect(written.levels == builtIn.levels)
    #expect(written.requirements == builtIn.requirements)
    #expect(written.defaultTurnout_ms == builtIn.defaultTurnout_ms)
    #expect(written.plans.count == 1 && written.plans[0].conditions.specificity == 0)
  }

  @Test(arguments: ["default.json", "san-francisco.json"])
  func examplesDecode(name: String) throws {
    let bytes = try #require(file("examples/plans/" + name))
    let draft = try decode(bytes)
    #expect(!draft.plans.isEmpty)
    _ = try draft.tables(.system)
  }

  private func file(_ name: String) -> [UInt8]? {
    // This file is Tests/PlansTests/ValidPlansTests.swift.
    let root = "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
    guard let stream = fopen("/\(root)/\(name)", "r") else { return nil }
    defer { fclose(stream) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, stream)
    return Array(bytes.prefix(count))
  }

  /// type 8, tier 4, area 2, hours and caller 1 each; of equals one with an area, then the first.
  @Test func mostSpecificWins() throws {
    let conditions = [
      #""types":[7]"#, #""tiers":["emergency"]"#, #""areas":["here"]"#, #""hours":[[0,23]]"#,
      #""vulnerable":true"#,
    ]
    let weights = [16, 8, 5, 2, 2]
    var random = SplitMix64(12)
    for _ in 0..<40 {
      var chosen: [Int] = []
      var list: [String] = []
      while list.count < 6 {
        let set = random.below(32)
        if chosen.contains(set) { continue }
        chosen.append(set)
        let members = (0..<5).filter { set >> $0 & 1 == 1 }.map { conditions[$0] }
        list.append(
          "{\(([#""name":"\#(list.count)","units":[{}]"#] + members).joined(separator: ","))}")
      }
      let tables = try tables(
        plans(
          #""areas":[{"name":"here","polygon":[[-1,-1],[1,-1],[1,1],[-1,1]]}]"#,
          "[\(list.joined(separator: ","))]"))
      for facts in 0..<32 {
        // It is midnight: hours 0 to 23 hold.
        let holds = facts | 8
        var best = 0
        var bestWeight = -1
        for (index, set) in chosen.enumerated() where set & ~holds == 0 {
          let weight = (0..<5).reduce(0) { $0 + (set >> $1 & 1 == 1 ? weights[$1] : 0) }
          if weight > bestWeight {
            best = index + 1
            bestWeight = weight
          }
        }
        let found = match(
          tables, type: facts & 1 != 0 ? 7 : 8, tier: facts & 2 != 0 ? .emergency : .urgent,
          flags: facts & 16 != 0 ? 1 : 0, at: facts & 4 != 0 ? (0, 0) : (20_000_000, 0))
        #expect(found == best, "\(chosen) \(facts)")
      }
    }
  }

  @Test func noMatchIsManual() throws {
    let tables = try tables(plan(#""types":[3]"#))
    let match = tables.match(
      Circumstances(
        type: 4, tier: .emergency, flags: 0, lat_e7: 0, lon_e7: 0, wall_us: 0))
    #expect(match.plan == 0)
    #expect(match.dispatch == .manual)
  }

  @Test func typesGiveTheTier() throws {
    let tables = try tables(
      plans(#""types":[{"code":9,"tier":"routine"},{"code":2},{"code":4,"tier":"urgent"}]"#))
    #expect(tables.tier(ofType: 9) == .routine)
    #expect(tables.tier(ofType: 4) == .urgent)
    #expect(tables.tier(ofType: 2) == nil)
    #expect(tables.tier(ofType: 5) == nil)
  }

  /// UTC seconds of a civil date (Hinnant's days_from_civil).
  private func wall_us(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days =
      era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return Int64(days * 86_400 + hour * 3_600 + minute * 60) * 1_000_000
  }

  @Test func hoursWrapAndAreLocal() throws {
    let tables = try tables(plan(#""hours":[[22,6],[12,13]]"#, with: #""time_zone":"+08:00""#))
    for hour in 0..<24 {
      for minute in [0, 59] {
        let local = (hour + 8) % 24
        let expected = local >= 22 || local < 6 || local == 12
        #expect(
          (match(tables, wall_us: wall_us(2026, 3, 1, hour, minute)) == 1) == expected,
          "\(hour):\(minute)")
      }
    }
    // Before 1970 the hour is still right.
    #expect(match(tables, wall_us: wall_us(1969, 12, 31, 14, 0)) == 1)
    #expect(match(tables, wall_us: wall_us(1969, 12, 31, 13, 59)) == 0)
  }

  @Test func offsetsBothWays() throws {
    for (zone, hour) in [("-03:30", 8), ("Z", 12), ("UTC", 12), ("+0545", 17)] {
      let tables = try tables(
        plan(#""hours":[[\#(hour),\#(hour + 1)]]"#, with: #""time_zone":"\#(zone)""#))
      #expect(match(tables, wall_us: wall_us(2026, 1, 1, 12, 0)) == 1, "\(zone)")
    }
  }

  /// Los Angeles: -8 h in winter, -7 h in summer; 2026 changes on 8 March at 10:00 UTC and 1 November at 9:00 UTC.
  @Test(arguments: [2018, 2026, 2036])
  func daylightSavingOfLosAngeles(year: Int) throws {
    let tables = try tables(
      plan(#""hours":[[8,9]]"#, with: #""time_zone":"America/Los_Angeles""#))
    func isEight(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0) -> Bool {
      match(tables, wall_us: wall_us(year, month, day, hour, minute)) == 1
    }
    #expect(isEight(1, 15, 16))
    #expect(isEight(1, 15, 16, 59))
    #expect(!isEight(1, 15, 15, 59))
    #expect(!isEight(1, 15, 17))
    #expect(isEight(7, 15, 15))
    #expect(!isEight(7, 15, 16))
    #expect(!isEight(7, 15, 14, 59))
  }

  @Test func theNightOfTheChange() throws {
    let tables = try tables(
      plan(#""hours":[[1,2]]"#, with: #""time_zone":"America/Los_Angeles""#))
    func isOne(_ month: Int, _ day: Int, _ hour: Int, _ minute: Int) -> Bool {
      match(tables, wall_us: wall_us(2026, month, day, hour, minute)) == 1
    }
    // Spring: 1:59 is followed by 3:00. Autumn: the hour from 1 to 2 comes twice.
    #expect(isOne(3, 8, 9, 59))
    #expect(!isOne(3, 8, 10, 0))
    #expect(isOne(11, 1, 8, 0))
    #expect(isOne(11, 1, 8, 59))
    #expect(isOne(11, 1, 9, 0))
    #expect(isOne(11, 1, 9, 59))
    #expect(!isOne(11, 1, 10, 0))
    #expect(!isOne(11, 1, 7, 59))
  }

  /// Random quarterings of a square by one inner point: every point, corners and borders too, is in exactly one part.
  @Test func aPointOnABorderIsInExactlyOneArea() throws {
    var random = SplitMix64(31)
    for _ in 0..<25 {
      let x = Int(random.below(19)) - 9
      let y = Int(random.below(19)) - 9
      let corners = [(-10, -10), (10, -10), (10, 10), (-10, 10)]
      var areas: [String] = []
      var list: [String] = []
      for side in 0..<4 {
        let a = corners[side]
        let b = corners[(side + 1) % 4]
        var points = [(x, y), a, b]
        if random.chance(50) { points.reverse() }
        let text = points.map { "[\($0.0),\($0.1)]" }.joined(separator: ",")
        areas.append(#"{"name":"\#(side)","polygon":[\#(text)]}"#)
        list.append(#"{"name":"\#(side)","areas":["\#(side)"],"units":[{}]}"#)
      }
      let tables = try tables(
        plans(#""areas":[\#(areas.joined(separator: ","))]"#, "[\(list.joined(separator: ","))]"))
      for lat in -10..<10 as Range<Int32> {
        for lon in -10..<10 as Range<Int32> {
          let inside = (0..<4 as Range<UInt32>).filter {
            tables.contains(tables.areas[$0], lat * 10_000_000, lon * 10_000_000)
          }
          #expect(inside.count == 1, "\(x) \(y): \(lat) \(lon) in \(inside)")
        }
      }
      for _ in 0..<50 {
        // Exactly on the border between two parts.
        let corner = corners[random.below(4)]
        let share = Int64(random.below(9)) + 1
        let lat = Int32(Int64(y) * 10_000_000 + (Int64(corner.1) - Int64(y)) * 1_000_000 * share)
        let lon = Int32(Int64(x) * 10_000_000 + (Int64(corner.0) - Int64(x)) * 1_000_000 * share)
        let inside = (0..<4 as Range<UInt32>).filter { tables.contains(tables.areas[$0], lat, lon) }
        #expect(inside.count == 1, "\(x) \(y): \(lat) \(lon) in \(inside)")
      }
    }
  }

  @Test func areasAtTheEndsOfTheEarth() throws {
    let tables = try tables(
      plan(
        #""areas":["all"]"#,
        with: #""areas":[{"name":"all","polygon":[[-180,-90],[180,-90],[180,90],[-180,90]]}]"#))
    #expect(match(tables, at: (-900_000_000, -1_800_000_000)) == 1)
    #expect(match(tables, at: (899_999_999, 1_799_999_999)) == 1)
    #expect(match(tables, at: (0, 0)) == 1)
  }

  /// Counted on past 180 degrees either way, an area holds what lies in it on both sides, and nothing else.
  @Test(arguments: [
    "[[179.995,-16.805],[180.005,-16.805],[180.005,-16.795],[179.995,-16.795]]",
    "[[-180.005,-16.805],[-179.995,-16.805],[-179.995,-16.795],[-180.005,-16.795]]",
  ])
  func anAreaAcross180Degrees(polygon: String) throws {
    let tables = try tables(
      plan(
        #""areas":["taveuni"]"#, with: #""areas":[{"name":"taveuni","polygon":\#(polygon)}]"#))
    for lon in [1_799_960_000, 1_799_999_999, 1_800_000_000, -1_800_000_000, -1_799_960_000]
      as [Int32]
    {
      #expect(match(tables, at: (-168_000_000, lon)) == 1, "\(lon)")
    }
    for lon in [1_799_900_000, -1_799_900_000, 0, 1_000_000_000, -1_000_000_000] as [Int32] {
      #expect(match(tables, at: (-168_000_000, lon)) == 0, "\(lon)")
    }
  }
}
