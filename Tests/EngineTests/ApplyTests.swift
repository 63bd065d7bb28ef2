// Every change of an engine goes through its one door, and does there what it says.

import HujiaContainers
import HujiaRoads
import HujiaRouting
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ApplyTests {
  /// One number for each case. A case that is added does not compile until it is named here, and then the test below
  /// asks for its sample.
  private static func number(_ change: Change) -> Int {
    switch change {
    case .report: 0
    case .post: 1
    case .update: 2
    case .assign: 3
    case .end: 4
    case .merge: 5
    case .unmerge: 6
    case .callBack: 7
    case .setLead: 8
    case .advance: 9
    case .divert: 10
    case .undeliverable: 11
    case .takeClock: 12
    case .snoozeClock: 13
    case .escalateClock: 14
    case .migrate: 15
    case .migrateSlice: 16
    case .putUnit: 17
    case .removeUnit: 18
    case .setActivity: 19
    case .checkIn: 20
    case .putWatch: 21
    case .removeWatch: 22
    case .pauseWatch: 23
    case .resumeWatch: 24
    case .alarm: 25
    case .beats: 26
    case .takeEvents: 27
    case .resetFigures: 28
    case .usePlans: 29
    case .useEpoch: 30
    case .tendEpoch: 31
    case .startWall: 32
    case .stall: 33
    case .tick: 34
    case .audit: 35
    case .background: 36
    case .tell: 37
    case .acknowledge: 38
    case .setMode: 39
    case .raise: 40
    case .separate: 41
    case .addCall: 42
    case .signStreet: 43
    case .selfInitiated: 44
    }
  }
  private static let cases = 45

  private let bench: Bench
  private let seen: Seen
  private final class Seen { var numbers: Set<Int> = [] }
  private let person = Act(operatorID: 4, reason: 2)

  init() throws {
    bench = try Bench(Bench.row(), watches: 4)
    seen = Seen()
    for id in 1...4 as ClosedRange<UInt64> { bench.put(id, at: bench.node(Int(id))) }
  }

  private func apply(_ change: Change, act: Act = Act()) -> Status {
    seen.numbers.insert(Self.number(change))
    return bench.apply(change, act: act)
  }

  @Test func everyCaseDoesWhatItSays() throws {
    incidents()
    assignments()
    clocks()
    units()
    watches()
    try ownWork()
    check(seen.numbers, equals: Set(0..<Self.cases), "a case without a sample")
  }

  private func open(_ node: Int) -> UInt64 {
    check(apply(.report(bench.call(bench.node(node)))), equals: .ok)
    return bench.decision.answer.incidentID
  }

  private func incidents() {
    let first = open(1)
    check(bench.incident(first)?.state, equals: .assigned)
    let keyed = bench.call(bench.node(2), key: 77)
    check(apply(.post(keyed)), equals: .ok)
    let second = bench.decision.answer.incidentID
    _ = bench.drain()
    check(apply(.post(keyed)), equals: .exists)
    check(
      bench.drain().map(\.incidentID), equals: [second], "what a post finds is told by an event")
    var change = bench.call(Bench.nowhere, tier: .urgent)
    change.type = 9
    check(apply(.update(incident: second, change, movesPlace: false)), equals: .ok)
    check(bench.incident(second)?.type, equals: 9)
    check(apply(.setLead(incident: second, agency: 5, wall_us: 0), act: person), equals: .ok)
    check(bench.incident(second)?.lead, equals: 5)
    check(apply(.raise(incident: second, level: 2, wall_us: 0), act: person), equals: .level)
    check(apply(.separate(incident: second, wall_us: 0), act: person), equals: .unchanged)
    check(
      apply(.addCall(incident: second, bench.call(bench.node(2))), act: person), equals: .ok)
    check(
      apply(.selfInitiated(unit: 99, bench.call(bench.node(2))), act: person), equals: .unknownUnit)
    check(apply(.assign(incident: second, unit: 4, wall_us: 0)), equals: .ok)
    check(bench.units(second).contains(4))
    check(bench.decision.chosen[0].unitID, equals: 4)
    check(apply(.merge(incident: second, into: first, wall_us: 0)), equals: .ok)
    check(bench.incident(second)?.state, equals: .merged)
    check(apply(.unmerge(incident: second, wall_us: 0)), equals: .ok)
    check(bench.incident(second)?.state, equals: .assigned)
    for id in [first, second] {
      check(apply(.end(incident: id, as: .closed, disposition: 3, wall_us: 0)), equals: .ok)
      check(bench.incident(id)?.disposition, equals: 3)
    }
    check(apply(.callBack(incident: second, outcome: 0, wall_us: 0)), equals: .ok)
    check(bench.incident(second)?.state, equals: .archived)
  }

  private func assignments() {
    let first = open(1)
    let second = open(3)
    let order = bench.live(first)[0]
    check(apply(.undeliverable(assignment: order, wall_us: 0)), equals: .ok)
    check(apply(.undeliverable(assignment: order, wall_us: 0)), equals: .unchanged)
    check(apply(.divert(assignment: order, to: second, wall_us: 0, isForced: false)), equals: .ok)
    check(bench.live(second).count, equals: 2)
    check(bench.decision.answer.count, equals: 1)
    check(
      bench.live(second).last, equals: bench.decision.chosen[0].assignmentID,
      "the decision of a diversion is that of the new assignment")
    check(!bench.live(first).isEmpty, "the first is served again")
    let last = bench.live(second)[0]
    check(apply(.advance(assignment: last, to: .onScene, wall_us: 0)), equals: .ok)
    check(bench.state(last), equals: .onScene)
    for id in [first, second] { bench.close(id) }
  }

  private func clocks() {
    let incident = open(1)
    let order = bench.live(incident)[0]
    var clock = ClockReference(clock: .acknowledge, assignmentID: order, step: 0, cycle: 0)
    check(apply(.snoozeClock(clock, for_ms: 1), act: Act(operatorID: 4)), equals: .reason)
    check(apply(.snoozeClock(clock, for_ms: 1), act: person), equals: .unchanged)
    check(apply(.escalateClock(clock), act: person), equals: .ok)
    check(bench.escalations().count, equals: 1)
    clock.step = 1
    check(apply(.takeClock(clock), act: person), equals: .ok)
    check(bench.core.read(clock).reading?.state, equals: .taken)
    check(apply(.migrate(incident: incident)), equals: .unchanged)
    check(apply(.migrateSlice(from: 0)), equals: .ok)
    check(bench.decision.slice.done, equals: 0)
    bench.close(incident)
  }

  private func units() {
    let unit = UnitDescription(
      id: 9, kind: 2, agency: 0, capabilities: 0, homeBeat: 0, crew: 2, activity: .patrolling,
      shiftEnd_us: 0, place: bench.node(9), hasPosition: true)
    check(apply(.putUnit(unit)), equals: .ok)
    check(bench.core.unit(9) != nil)
    check(apply(.setActivity(.meal, unit: 9, wall_us: 0)), equals: .ok)
    check(bench.core.units[bench.slot(9)].activity, equals: .meal)
    check(apply(.checkIn(unit: 9, wall_us: 0)), equals: .unchanged)
    check(apply(.removeUnit(9)), equals: .ok)
    check(bench.core.unit(9), equals: nil)
  }

  private func watches() {
    let place = bench.node(5)
    let watch = WatchDescription(
      id: 7, limit_s: 60, lat_e7: place.lat_e7, lon_e7: place.lon_e7, place: place)
    check(apply(.putWatch(watch)), equals: .ok)
    check(bench.core.watch(7) != nil)
    check(apply(.pauseWatch(7, until_us: 0)), equals: .ok)
    check(apply(.resumeWatch(7)), equals: .ok)
    let beats = [
      Heartbeat(watchID: 7, wall_us: 0), Heartbeat(watchID: 8, wall_us: 0),
    ]
    beats.withUnsafeBytes { raw in
      guard let first = raw.baseAddress else { return }
      let given = Beats(
        watches: first, times_us: first + 8, stride: MemoryLayout<Heartbeat>.stride, count: 2)
      check(apply(.beats(given)), equals: .ok)
      check(bench.decision.slice.done, equals: 1)
    }
    check(apply(.alarm(watch: 7, wall_us: 0)), equals: .ok)
    check(bench.decision.answer.count, equals: 1)
    bench.close(bench.decision.answer.incidentID)
    check(apply(.removeWatch(7)), equals: .ok)
    check(bench.core.watch(7), equals: nil)
  }

  /// Events that say how the engine is, and that the host has handled them.
  private func told() throws {
    let mode = Change.tell(event: EventKind.mode.rawValue, state: 2, number: 8, for_ns: 0)
    check(apply(mode), equals: .ok)
    let events = bench.drain()
    let event = try #require(events.last)
    check(event.kind == .mode && event.state == 2 && event.step == 8, "a mode: \(event)")
    check(
      apply(.tell(event: EventKind.stall.rawValue, state: 0, number: 0, for_ns: 0)),
      equals: .argument)
    check(apply(.acknowledge(events: event.sequence)), equals: .ok)
    check(apply(.acknowledge(events: event.sequence)), equals: .unchanged)
    check(apply(.acknowledge(events: event.sequence + 1)), equals: .argument)
    check(apply(.setMode(isManual: true), act: person), equals: .ok)
    check(apply(.setMode(isManual: true), act: person), equals: .unchanged)
    check(apply(.setMode(isManual: false), act: person), equals: .ok)
  }

  private func ownWork() throws {
    _ = bench.drain()
    check(apply(.stall(late_ns: 5)), equals: .ok)
    check(apply(.takeEvents(EventRoom(most: 8, decisions: 16))), equals: .ok)
    check(bench.decision.slice.done, equals: 1)
    check(bench.drain().isEmpty)
    check(apply(.resetFigures), equals: .ok)
    try told()
    check(bench.core.figures.read(.receiptToClose, by: .all, value: 0).count, equals: 0)
    let incident = open(1)
    bench.core.time = Moment(now_ns: 3_600 * Bench.second_ns, wall_us: bench.wall_us)
    check(apply(.tick(Tick(most: 1, decisions: 1, offerSteps: 8))), equals: .ok)
    check(bench.decision.slice.done, equals: 1)
    check(apply(.audit(isWanted: true)), equals: .ok)
    check(bench.decision.slice.done, equals: 0)
    check(apply(.startWall(wall_us: 5)), equals: .ok)
    bench.close(incident)
    let tables = try Bench.keep(.builtIn)
    check(apply(.usePlans(tables)), equals: .ok)
    check(bench.core.plans.number(bench.core.plans.current), equals: 2)
    while let old = bench.core.reclaimPlans() { Bench.free(old) }
    check(apply(.background(offerSteps: 1_024)), equals: .ok)
    check(!bench.decision.slice.hasMore)
    let metric = try Metric(map: bench.image.map, memory: .system)
    let times = [UInt32](repeating: 20_000, count: bench.image.map.arcCount)
    try metric.take(normal_ms: times, response_ms: times)
    try metric.build()
    metric.epoch = 6
    check(apply(.useEpoch(Unmanaged.passUnretained(metric))), equals: .ok)
    check(bench.core.epoch, equals: 6)
    check(apply(.tendEpoch(cells: .max)), equals: .ok)
    check(!bench.decision.slice.hasMore)
    let closes = Change.signStreet(street: 9, direction: 1, profile: 0, isClosed: true)
    check(apply(closes, act: person), equals: .ok)
    check(bench.core.epoch, equals: 6)
  }
}
