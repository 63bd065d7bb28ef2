// What a call may repeat: the score by hand, and the grid against a walk over all incidents.

import HujiaContainers
import HujiaRoads
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct RepeatTests {
  private static func score(
    _ share: Int64, of whole: Int64 = 10_000, age_ms: Int64 = 0,
    _ type: RepeatRules.TypeRelation = .same, isSameCaller: Bool = false
  ) -> UInt32 {
    RepeatRules().score(
      square: share * share, mostSquare: whole * whole, age_ms: age_ms, type: type,
      isSameCaller: isSameCaller)
  }

  @Test func theScoreIsThatOfTheRules() {
    check(Self.score(0), equals: 1_000)
    check(Self.score(5_000), equals: 800)
    check(Self.score(10_000), equals: 200)
    check(Self.score(10_001), equals: 0)
    check(Self.score(0, age_ms: 300_000), equals: 600)
    check(Self.score(0, age_ms: 600_000), equals: 200)
    check(Self.score(0, age_ms: 600_001), equals: 0)
    check(Self.score(0, .other), equals: 700)
    check(Self.score(0, .doubtful), equals: 850)
    check(Self.score(5_000, .other, isSameCaller: true), equals: 900)
    check(Self.score(0, isSameCaller: true), equals: 1_000)
    check(Self.score(10_000, age_ms: 600_000), equals: 0)
  }

  /// The sixteen likeliest, from a walk over all.
  private static func plain(_ bench: Bench, _ report: IncidentReport) -> [RepeatView] {
    let core = bench.core.incidents.touched
    var best: [UInt32: RepeatView] = [:]
    let ask = RepeatAsk(
      report, RepeatRules(), start_ns: bench.core.time.ns(atWall_us: report.wall_us))
    for slot in 0..<UInt32(core) where bench.core.incidents.isLive(slot) {
      let record = bench.core.incidents[slot]
      guard record.state.isOpen || record.state == .merged, record.state != .held,
        !record.place.isNowhere
      else { continue }
      let age_ms = (ask.start_ns - record.ownStart_ns) / 1_000_000
      let isKnown = report.type != 0 && record.type != 0
      var view = RepeatView()
      view.square = ask.square(record.lat_e7, record.lon_e7)
      view.age_ms = age_ms
      view.score = ask.rules.score(
        square: view.square, mostSquare: ask.mostSquare, age_ms: abs(age_ms),
        type: !isKnown ? .doubtful : report.type == record.type ? .same : .other,
        isSameCaller: record.callerHash != 0 && record.callerHash == report.callerHash)
      guard view.score > 0 else { continue }
      view.slot = record.state == .merged ? record.mergedInto : slot
      view.incidentID = bench.core.incidents.id(of: view.slot)
      view.distance_dm = RepeatAsk.distance_dm(square: view.square)
      if let known = best[view.slot], !view.precedes(known) { continue }
      best[view.slot] = view
    }
    return Array(best.values.sorted { $0.precedes($1) }.prefix(RepeatList.most))
  }

  private static func place(_ lat_e7: Int32, _ lon_e7: Int32) -> Place {
    Place(
      street: Place.none, offset_mm: 0, node: Place.none, gap_dm: 0, lat_e7: lat_e7,
      lon_e7: lon_e7, isOffNetwork: true)
  }

  /// Around a few centres, so that many are near: on the equator, far north, on both sides of the date line.
  private static func somewhere(_ random: inout SplitMix64) -> (Int32, Int32) {
    let centres: [(Int32, Int32)] = [
      (0, 0), (377_800_000, -1_224_000_000), (699_000_000, 250_000_000),
      (-167_000_000, 1_799_995_000), (-167_000_000, -1_799_995_000),
    ]
    let centre = centres[Int(random.next() % 5)]
    let up = Int32(random.next() % 120_000) - 60_000
    let east = Int64(centre.1) + Int64(random.next() % 120_000) - 60_000
    let turned = east > 1_800_000_000 ? east - 3_600_000_000 : east
    return (centre.0 + up, Int32(turned < -1_800_000_000 ? turned + 3_600_000_000 : turned))
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func theGridFindsWhatAWalkFinds(seed: UInt64) throws {
    let bench = try Bench(Bench.row(), incidents: 400, assignments: 8)
    var random = SplitMix64(seed)
    var ids: [UInt64] = []
    var found = 0
    for step in 0..<900 {
      let (lat, lon) = Self.somewhere(&random)
      var report = bench.call(
        Self.place(lat, lon), type: UInt32(random.next() % 4), caller: random.next() % 6)
      if random.next() % 5 == 0 { report.wall_us = bench.core.time.wall_us - 200_000_000 }
      let one = ids.isEmpty ? 0 : ids[Int(random.next() % UInt64(ids.count))]
      let other = ids.isEmpty ? 0 : ids[Int(random.next() % UInt64(ids.count))]
      switch random.next() % 12 {
      case 0: bench.close(one)
      case 1, 2: _ = bench.core.merge(one, into: other, wall_us: 0, act: Act())
      case 3: _ = bench.unmerge(one, wall_us: 0, act: Act())
      case 4: _ = bench.update(one, report, movesPlace: true)
      case 5: bench.poll(s: Double(step) * 3)
      default:
        _ = bench.report(report)
        ids.append(bench.decision.answer.incidentID)
      }
      let list = bench.repeats(of: report)
      check(list, equals: Self.plain(bench, report))
      found += list.count
    }
    // The worlds are dense enough to tell anything.
    check(found, atLeast: 900)
    bench.validate()
  }

  @Test func whatWasMergedIsNamedByWhatStandsForIt() throws {
    let bench = try Bench(Bench.row())
    let (root, near) = (bench.open(at: 4, type: 3), bench.open(at: 6, type: 3))
    check(bench.core.merge(near, into: root, wall_us: 0, act: Act()), equals: .ok)
    let list = bench.repeats(of: bench.call(bench.node(6), type: 3))
    check(list.map(\.incidentID), equals: [root])
    check(list.map(\.score), equals: [1_000])
    bench.close(root)
    check(bench.repeats(of: bench.call(bench.node(6), type: 3)).isEmpty)
  }

  @Test func aHeldIncidentRepeatsNothingBeforeItsTime() throws {
    let bench = try Bench(Bench.row())
    var later = bench.call(bench.node(4))
    later.appointmentWall_us = bench.core.time.wall_us + 60_000_000
    check(bench.report(later), equals: .held)
    check(bench.repeats(of: bench.call(bench.node(4))).isEmpty)
    bench.poll(s: 61)
    check(bench.repeats(of: bench.call(bench.node(4))).count, equals: 1)
  }

  @Test func aMergeIntoItselfOrInARingIsRefused() throws {
    let bench = try Bench(Bench.row())
    let (a, b, c) = (bench.open(at: 1), bench.open(at: 2), bench.open(at: 3))
    check(bench.core.merge(a, into: a, wall_us: 0, act: Act()), equals: .conflict)
    check(bench.core.merge(a, into: b, wall_us: 0, act: Act()), equals: .ok)
    check(bench.core.merge(b, into: a, wall_us: 0, act: Act()), equals: .conflict)
    check(bench.core.merge(a, into: c, wall_us: 0, act: Act()), equals: .state)
    check(bench.core.merge(b, into: c, wall_us: 0, act: Act()), equals: .ok)
    check(bench.core.merge(c, into: a, wall_us: 0, act: Act()), equals: .conflict)
    check(bench.core.merge(c, into: b, wall_us: 0, act: Act()), equals: .conflict)
    check(bench.incident(a)?.mergedInto, equals: bench.core.incident(c))
    bench.close(c)
    check(bench.core.merge(a, into: b, wall_us: 0, act: Act()), equals: .state)
    check(bench.unmerge(a, wall_us: 0, act: Act()), equals: .state)
    check(bench.core.merge(77, into: a, wall_us: 0, act: Act()), equals: .stale)
  }
}
