// Watches, figures and traffic in the Swift face: three days of silence end to end, how long it took, a closed street.

import HujiaMapBuild
import HujiaTestSupport
import Testing

@testable import Hujia

@Suite struct WatchFaceTests {
  private static let hour_us: Int64 = 3_600_000_000
  private static let start_us: Int64 = 1_516_000_000_000_000
  private let place = Coordinate(latitude: 37.77, longitude: -122.41)

  private func open() throws -> Engine {
    let engine = try Engine(configuration: Configuration(isHostDriven: true))
    try engine.poll(now_ns: 0, wall_us: Self.start_us)
    try engine.put(Unit(id: 1, place: place))
    return engine
  }

  private func poll(_ engine: Engine, hour: Double) throws -> [Event] {
    let at_us = Int64(hour * Double(Self.hour_us))
    try engine.poll(now_ns: at_us * 1_000, wall_us: Self.start_us + at_us)
    return try engine.takeEvents(upTo: 100)
  }

  @Test func threeDaysOfSilence() throws {
    let engine = try open()
    var door = Watch(id: 7, place: place)
    door.tier = .urgent
    door.type = 31
    door.homeOfficer = 101
    door.gridWorker = 102
    try engine.put(door)
    var status = try engine.watchStatus(7)
    #expect(status.state == .present)
    #expect(status.limit_s == 259_200)
    #expect(status.step == 0)
    #expect(status.next_us == Self.start_us + 72 * Self.hour_us)
    #expect(status.incidentID == nil)

    let steps: [(hour: Double, action: Step, unit: UInt64)] = [
      (72, .homeOfficer, 101), (74, .gridWorker, 102), (76, .openIncident, 0),
    ]
    for (index, step) in steps.enumerated() {
      #expect(try poll(engine, hour: step.hour - 0.001).allSatisfy { $0.kind != .escalation })
      let events = try poll(engine, hour: step.hour)
      let fired = try #require(events.first { $0.kind == .escalation })
      #expect(fired.clock == .absence)
      #expect(fired.watchID == 7)
      #expect(fired.step == Int32(index + 1))
      #expect(fired.action == step.action)
      #expect(fired.unitID == step.unit)
      #expect(fired.reason == Reason.none)
      #expect(fired.due_us == Self.start_us + Int64(step.hour) * Self.hour_us)
      #expect(try engine.watchStatus(7).step == Int32(index + 1))
      if step.action == .openIncident {
        #expect(events.contains { $0.kind == .assignment && $0.unitID == 1 })
      }
    }
    status = try engine.watchStatus(7)
    #expect(status.state == .absent)
    #expect(status.next_us == nil)
    let incident = try #require(status.incidentID)
    try engine.close(incident, disposition: 1)
    let ended = try engine.takeEvents(upTo: 100).filter { $0.kind == .absenceEnded }
    #expect(ended.map(\.watchID) == [7] && ended[0].reason == .closed)
    #expect(try engine.watchStatus(7).state == .present)
  }

  @Test func signsOfLifePausesAndAlarms() throws {
    let engine = try open()
    try engine.put(Watch(id: 7, place: place, limit_s: 3_600))
    _ = try poll(engine, hour: 0.9)
    #expect(try engine.beat([(7, nil), (8, nil), (7, Self.start_us)]) == 1)
    #expect(try engine.watchStatus(7).lastSeen_us == Self.start_us + Self.hour_us * 9 / 10)
    #expect(try poll(engine, hour: 1.8).allSatisfy { $0.kind != .escalation })
    #expect(try poll(engine, hour: 1.9).contains { $0.kind == .escalation })
    #expect(try engine.beat([(7, nil)]) == 1)
    #expect(try engine.takeEvents(upTo: 9).contains { $0.reason == .signOfLife })

    let until_us = Self.start_us + 10 * Self.hour_us
    try engine.pauseWatch(7, until_us: until_us)
    #expect(try engine.watchStatus(7).state == .paused)
    #expect(try engine.watchStatus(7).next_us == until_us)
    #expect(throws: HujiaError.argument) { try engine.pauseWatch(7, until_us: -1) }
    #expect(try poll(engine, hour: 10.9).allSatisfy { $0.kind != .escalation })
    try engine.resumeWatch(7)

    let first = try engine.alarm(watch: 7)
    let again = try engine.alarm(watch: 7)
    #expect(!first.isRepeat)
    #expect(again.isRepeat)
    #expect(first.incidentID == again.incidentID)
    #expect(
      first.chosen.map(\.unitID) == [1]
        && first.chosen[0].assignmentID == again.chosen[0].assignmentID)
    try engine.removeWatch(7)
    #expect(throws: HujiaError.unknownWatch) { try engine.watchStatus(7) }
    #expect(throws: HujiaError.unknownWatch) { try engine.alarm(watch: 7) }
    #expect(throws: HujiaError.unknownWatch) { try engine.removeWatch(7) }
    #expect(throws: HujiaError.argument) { try engine.put(Watch(id: 0, place: place)) }
    #expect(throws: HujiaError.range) {
      try engine.put(Watch(id: 1, place: Coordinate(latitude: 91, longitude: 0)))
    }
  }
}

@Suite struct FigureFaceTests {
  private static let start_us: Int64 = 1_516_000_000_000_000
  private let place = Coordinate(latitude: 37.77, longitude: -122.41)

  private func poll(_ engine: Engine, s: Int64) throws {
    try engine.poll(now_ns: s * 1_000_000_000, wall_us: Self.start_us + s * 1_000_000)
  }

  /// Two calls: one reached in 100 s and one in 700 s, of 480 s.
  @Test func howLongItTook() throws {
    let engine = try Engine(configuration: Configuration(isHostDriven: true))
    try poll(engine, s: 0)
    for (agency, beat) in [(UInt32(3), UInt32(9)), (4, 11)] {
      var unit = Unit(id: UInt64(agency), place: place)
      unit.agency = agency
      unit.homeBeat = beat
      try engine.put(unit)
    }
    var waiting: [Dispatch] = []
    for type in [UInt32(51), 52] {
      var call = Incident(tier: .emergency, type: type, place: place)
      call.isVulnerable = false
      waiting.append(try engine.report(call))
    }
    for answer in waiting {
      try engine.advance(answer.chosen[0].assignmentID, to: .acknowledged)
    }
    try poll(engine, s: 100)
    try engine.advance(waiting[0].chosen[0].assignmentID, to: .onScene)
    try poll(engine, s: 700)
    let open = try #require(try engine.breaches(upTo: 5).first)
    #expect(open.clock == .arrival && open.incidentID == waiting[1].incidentID && !open.isOver)
    #expect(open.over_ms == 220_000)
    #expect(open.tier == .emergency)
    #expect(open.type == 52)
    #expect(open.assignmentID == nil)
    try engine.advance(waiting[1].chosen[0].assignmentID, to: .onScene)

    let all = try engine.figures(.dispatchToArrival)
    #expect(all.count == 2)
    #expect(all.withTarget == 2)
    #expect(all.withinTarget == 1)
    #expect(all.mean_ms == 400_000)
    #expect(all.min_ms == 100_000)
    #expect(all.max_ms == 700_000)
    #expect(all.shareWithinTarget == 0.5)
    #expect(try engine.figureValues(.type) == [51, 52])
    #expect(try engine.figureValues(.agency).sorted() == [3, 4])
    #expect(try engine.figureValues(.beat).sorted() == [9, 11])
    #expect(try engine.figures(.dispatchToArrival, of: .type(51)).max_ms == 100_000)
    #expect(try engine.figures(.dispatchToArrival, of: .type(53)).count == 0)
    #expect(try engine.figures(.dispatchToArrival, of: .tier(.emergency)).count == 2)
    #expect(try engine.figures(.dispatchToArrival, of: .tier(.urgent)).shareWithinTarget == nil)
    #expect(try engine.figures(.dispatchToArrival, of: .vulnerable(false)).count == 2)
    #expect(try engine.figures(.dispatchToArrival, of: .vulnerable(true)).count == 0)
    let byAgency = try [3, 4].map { try engine.figures(.dispatchToArrival, of: .agency($0)).count }
    #expect(byAgency == [1, 1])
    #expect(try engine.breaches(upTo: 5).first?.isOver == true)
    #expect(try engine.breaches(upTo: 0).isEmpty && engine.breaches(upTo: -1).isEmpty)
    try engine.resetFigures()
    #expect(try engine.figures(.dispatchToArrival).count == 0)
    #expect(try engine.breaches(upTo: 5).isEmpty)
  }
}

@Suite struct TrafficFaceTests {
  /// One street from west to east, in three pieces of 10 s.
  private func map(_ folder: TemporaryFolder) throws -> String {
    var draft = MapDraft()
    for lon in [0, 20_000, 40_000, 60_000] { draft.nodes.append((lat_e7: 0, lon_e7: Int32(lon))) }
    for (id, from) in [(UInt64(40), UInt32(0)), (41, 1), (42, 2)] {
      draft.streets.append(
        MapDraft.Street(
          id: id, from: from, to: from + 1, length_mm: 222_000, name: "Long Street",
          forward: .init(10_000), backward: .init(10_000)))
    }
    let path = folder.file("line.hjmap")
    try MapImage(draft).write(to: path)
    return path
  }

  @Test func slowClosedAndAsMapped() throws {
    let folder = TemporaryFolder()
    let engine = try Engine(configuration: Configuration(map: map(folder), isHostDriven: true))
    let west = Coordinate(latitude: 0, longitude: 0)
    let east = Coordinate(latitude: 0, longitude: 0.006)
    var now_ns: Int64 = 0
    func served(_ times: [StreetTime], taken: Int) throws -> (ms: UInt32, epoch: UInt64) {
      #expect(try engine.report(traffic: times) == taken)
      now_ns += 1_000_000_000
      try engine.poll(now_ns: now_ns, wall_us: 1_516_000_000_000_000 + now_ns / 1_000)
      let events = try engine.takeEvents(upTo: 10).filter { $0.kind == .traffic }
      let time = try engine.travelTime(from: west, to: east)
      return (time.isStraightLine ? .max : time.travel_ms, events.last?.epoch ?? 0)
    }
    #expect(try served([], taken: 0) == (30_000, 0))
    #expect(try served([StreetTime(40, .milliseconds(95_000))], taken: 1) == (115_000, 1))
    // One that is refused never fails the rest.
    let mixed = [
      StreetTime(99, .closed), StreetTime(41, .milliseconds(0)),
      StreetTime(40, .asMapped, direction: .forward), StreetTime(41, .milliseconds(15_000)),
    ]
    #expect(try served(mixed, taken: 2) == (35_000, 2))
    #expect(try served([StreetTime(41, .closed)], taken: 1).ms == .max)
    #expect(try engine.travelTime(from: east, to: west).isStraightLine)
    let again = [StreetTime(40, .asMapped), StreetTime(41, .asMapped)]
    #expect(try served(again, taken: 2).ms == 30_000)
    // All arms of the last junction are closed: a place there lies on its street, at the map's time.
    #expect(try served([StreetTime(42, .closed)], taken: 1).ms == 30_000)
    #expect(try engine.travelTime(from: east, to: west).travel_ms == 30_000)
    #expect(try !engine.travelTime(from: east, to: west).isStraightLine)

    var off = Configuration(map: try map(folder), isHostDriven: true)
    off.traffic = .off
    let deaf = try Engine(configuration: off)
    #expect(throws: HujiaError.self) { try deaf.report(traffic: [StreetTime(40, .closed)]) }
  }

  /// Each is an act of its own on record; a time is nobody's, and of nobody none is.
  @Test func closedByAPerson() throws {
    let folder = TemporaryFolder()
    var configuration = Configuration(map: try map(folder), isHostDriven: true)
    configuration.journal = folder.file("journal")
    let engine = try Engine(configuration: configuration)
    try engine.poll(now_ns: 1, wall_us: 1_516_000_000_000_000)
    let times = [
      StreetTime(41, .closed), StreetTime(40, .milliseconds(15_000)), StreetTime(99, .closed),
      StreetTime(42, .asMapped, direction: .forward),
    ]
    for (person, acts) in [
      (nil, 0), (Person(operatorID: 7, reason: 3), 2), (Person(operatorID: 0), 0),
    ] {
      let before = try engine.journalStatus().recorded
      check(try engine.report(traffic: times, by: person), equals: 3)
      check(try engine.journalStatus().recorded - before, equals: UInt64(acts))
    }
    try engine.poll(now_ns: 2, wall_us: 1_516_000_000_000_001)
    let way = try engine.travelTime(
      from: Coordinate(latitude: 0, longitude: 0), to: Coordinate(latitude: 0, longitude: 0.006))
    check(way.isStraightLine, "the middle is closed")
  }
}
