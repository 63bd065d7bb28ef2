// A host that does everything a host can, in poll mode, by a seed: what states of a core are taken from.

import HujiaContainers
import HujiaIngest
import HujiaJournal
import HujiaRoads
import HujiaTestSupport

@testable import HujiaDriver
@testable import HujiaEngine

struct StateLife {
  private static let wall_us: Int64 = 1_600_000_000_000_000
  let city: RecordedCity
  private var random: SplitMix64
  private var now_ns: Int64 = 0
  private var incidents: [UInt64] = []
  private var assignments: [UInt64] = []
  private var clocks: [ClockReference] = []
  private var newest: UInt64 = 0
  private var request: UInt64 = 0

  init(_ city: RecordedCity, seed: UInt64) {
    self.city = city
    random = SplitMix64(seed)
  }

  private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
  private mutating func id(_ most: Int) -> UInt64 { UInt64(1 + below(most)) }
  private mutating func pick(_ ids: [UInt64]) -> UInt64 {
    ids.isEmpty ? 0 : ids[max(below(ids.count), below(ids.count))]
  }

  /// So many commands; some come before the first poll. Every invariant holds after each of them.
  mutating func run(_ commands: Int) throws {
    for number in 0..<commands {
      if number == 20 || number > 20 && below(4) == 0 { poll() }
      if below(150) == 0 { try load() }
      try act()
      if let broken = city.driver.core.pointee.validate() {
        check(false, "after command \(number): \(broken.words) [\(broken.number)]")
        return
      }
    }
  }

  private mutating func poll() {
    now_ns += Int64(below(below(20) == 0 ? 900_000 : 2_000)) * 1_000_000
    _ = city.driver.poll(
      now_ns: now_ns, wall_us: Self.wall_us + now_ns / 1_000, most: below(5) == 0 ? 1 : 0)
  }

  /// Two sets of plans, one after the other: running incidents keep theirs.
  private mutating func load() throws {
    var text = below(2) == 0 ? RecordedCity.plans : Self.plans
    do {
      try text.withUTF8 { try city.driver.loadPlans(UnsafeRawBufferPointer($0)) }
    } catch let failure as Failure where failure.status == .full {
      return  // open incidents hold eight versions
    } catch let failure as Failure where failure.status == .unsupported {
      // The folder's format lacks a word of the first set: the second is loaded instead.
      check(JournalFormat.newest, above: city.driver.journal?.format ?? .max)
      try load()
    }
  }

  private static let plans = """
    {"version": 1, "capabilities": ["patrol", "medic"],
     "clocks": {"acknowledge": {"limit_s": 3, "warn_percent": 50, "steps": [{"do": "notify_again"}, {"after_s": 2, "do": "next_unit"}, {"after_s": 2, "do": "supervisor"}], "repeat_s": 5}},
     "plans": [
       {"name": "near", "types": [1], "radius_m": 700, "units": [{"capabilities": ["patrol"], "count": 3}]},
       {"name": "all", "units": [{"capabilities": ["patrol"]}, {"capabilities": ["medic"]}]}]}
    """

  private mutating func act() throws {
    switch below(8) {
    case 0, 1: report()
    case 2: say(incident())
    case 3: say(progress())
    case 4: say(unit())
    case 5: watch()
    case 6: say(clock())
    default: own()
    }
  }

  /// Now and then it is another program's request, and sometimes the same again.
  private mutating func say(_ change: Change) {
    var command = Command(change, act: Act(operatorID: id(3), reason: 1))
    if below(4) == 0 {
      command.client = Client(high: 7, low: id(4))
      if below(3) > 0 { request += 1 }
      command.request = max(request, 1)
    }
    note(command)
  }

  private mutating func note(_ command: Command) {
    var decision = Decision()
    let status = city.driver.submit(command, into: &decision)
    guard status == .ok || status == .manual else { return }
    if case .report = command.change { incidents.append(decision.answer.incidentID) }
    for place in 0..<decision.answer.count where decision.chosen[place].assignmentID != 0 {
      assignments.append(decision.chosen[place].assignmentID)
    }
    if incidents.count > 60 { incidents.removeFirst(20) }
    if assignments.count > 120 { assignments.removeFirst(40) }
  }

  private mutating func report() {
    var report = city.report(&random, key: below(3) == 0 ? id(30) : 0)
    report.tier = Tier(rawValue: UInt8(1 + below(4))) ?? .routine
    report.flags = UInt32(below(2))
    report.agency = UInt32(below(4))
    report.needs = below(5) == 0 ? 2 : 0
    if below(4) == 0 { report.reference.words[0] = id(1_000) }
    if below(8) == 0 {
      report.appointmentWall_us = Self.wall_us + now_ns / 1_000 + Int64(below(20_000_000))
    }
    if below(6) == 0 {
      report.source = 9  // written on paper
      report.wall_us = ago_us
    }
    if below(5) == 0 {
      _ = city.driver.post(&report)
    } else {
      say(.report(report))
    }
  }

  /// Some seconds ago; 0 = nobody says when.
  private var ago_us: Int64 {
    mutating get { below(3) == 0 ? 0 : Self.wall_us + now_ns / 1_000 - Int64(below(6_000_000)) }
  }

  private mutating func incident() -> Change {
    let (one, other) = (pick(incidents), pick(incidents))
    switch below(10) {
    case 9: return .raise(incident: one, level: UInt32(1 + below(4)), wall_us: ago_us)
    case 0: return .merge(incident: one, into: other, wall_us: 0)
    case 1: return .unmerge(incident: one, wall_us: 0)
    case 2: return .callBack(incident: one, outcome: 3, wall_us: 0)
    case 3: return .setLead(incident: one, agency: UInt32(id(3)), wall_us: 0)
    case 4:
      var change = city.report(&random)
      change.tier = Tier(rawValue: UInt8(below(5))) ?? .none
      return .update(incident: one, change, movesPlace: below(2) == 0)
    case 5: return .assign(incident: one, unit: id(RecordedCity.units), wall_us: ago_us)
    case 6: return .migrate(incident: one)
    default:
      return .end(
        incident: one, as: below(4) == 0 ? .cancelled : .closed, disposition: 2, wall_us: 0)
    }
  }

  private mutating func progress() -> Change {
    let one = pick(assignments)
    switch below(8) {
    case 0:
      return .divert(
        assignment: one, to: pick(incidents), wall_us: 0, isForced: below(4) == 0)
    case 1: return .undeliverable(assignment: one, wall_us: 0)
    default:
      let states: [AssignmentState] = [
        .delivered, .acknowledged, .enRoute, .onScene, .onScene, .reported, .transporting, .cleared,
        .declined, .cancelled,
      ]
      return .advance(assignment: one, to: states[below(states.count)], wall_us: ago_us)
    }
  }

  private mutating func unit() -> Change {
    let unit = id(RecordedCity.units / 12)
    switch below(8) {
    case 0: return .removeUnit(unit)
    case 1: return .checkIn(unit: unit, wall_us: 0)
    case 2, 3:
      let activities = Activity.allCases
      return .setActivity(activities[below(activities.count)], unit: unit, wall_us: 0)
    case 4:
      let fixes = city.fixes(20, &random)
      _ = city.driver.takeFixes(fixes.count) { fixes[$0] }
      return .checkIn(unit: unit, wall_us: 0)
    default:
      let point = RecordedCity.point(&random)
      let wall_us = Self.wall_us + now_ns / 1_000
      let hasPlace = below(3) > 0
      var given = UnitDescription(
        id: unit, kind: UInt32(id(3)), agency: UInt32(below(3)),
        capabilities: UInt64(below(4)), homeBeat: UInt32(below(30)), crew: Int32(below(4)) - 1,
        activity: below(3) == 0 ? .station : .patrolling,
        shiftEnd_us: below(4) == 0 ? wall_us + Int64(below(9_000)) * 1_000_000 : 0,
        place: hasPlace ? city.driver.snap(point) : .nowhere, hasPosition: hasPlace)
      if below(6) == 0 { given.details.shiftBegin_us = wall_us + Int64(below(30_000_000)) }
      return .putUnit(given)
    }
  }

  private mutating func watch() {
    let watch = id(RecordedCity.watches)
    switch below(8) {
    case 0: say(.removeWatch(watch))
    case 1: say(.pauseWatch(watch, until_us: Self.wall_us + now_ns / 1_000 + 5_000_000))
    case 2: say(.resumeWatch(watch))
    case 3: say(.alarm(watch: watch, wall_us: 0))
    case 4:
      let beats = [Heartbeat(watchID: watch, wall_us: 0)]
      _ = beats.withUnsafeBufferPointer { city.driver.takeBeats($0) }
    default:
      let point = RecordedCity.point(&random)
      say(
        .putWatch(
          WatchDescription(
            id: watch, limit_s: UInt32(1 + below(6)), lat_e7: point.lat_e7, lon_e7: point.lon_e7,
            carrier: below(3) == 0 ? id(50) : 0, place: city.driver.snap(point))))
    }
  }

  private mutating func clock() -> Change {
    guard !clocks.isEmpty else { return .audit(isWanted: true) }
    let clock = clocks[below(clocks.count)]
    switch below(3) {
    case 0: return .takeClock(clock)
    case 1: return .snoozeClock(clock, for_ms: Int64(below(4_000)))
    default: return .escalateClock(clock)
    }
  }

  private mutating func own() {
    switch below(10) {
    case 0: say(.migrateSlice(from: 0))
    case 1: if below(6) == 0 { say(.resetFigures) }
    case 2: _ = city.driver.acknowledge(newest - min(newest, UInt64(below(20))))
    case 3: note(Command(.audit(isWanted: true)))
    case 4: say(.setMode(isManual: below(3) == 0))
    default: take(1 + below(60))
    }
  }

  private mutating func take(_ most: Int) {
    let events = UnsafeMutableBufferPointer<Event>.allocate(capacity: most)
    defer { events.deallocate() }
    for event in events[..<city.driver.takeEvents(into: events)] {
      newest = max(newest, event.sequence)
      guard event.kind == .escalation || event.kind == .warning,
        let kind = ClockKind(rawValue: UInt8(truncatingIfNeeded: event.clock))
      else { continue }
      clocks.append(
        ClockReference(
          clock: kind, incidentID: event.incidentID, assignmentID: event.assignmentID,
          watchID: event.watchID, step: event.step, cycle: event.cycle))
      if clocks.count > 20 { clocks.removeFirst() }
    }
  }
}
