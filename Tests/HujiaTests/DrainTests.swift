// The Swift face of the end of a shift: nothing more is taken, what was posted is answered, everything can be read.

import Testing

@testable import Hujia

@Suite struct DrainTests {
  private let place = Coordinate(latitude: 37.77, longitude: -122.41)

  @Test func takesNoMore() throws {
    let engine = try Engine(configuration: Configuration(isHostDriven: true))
    try engine.poll(now_ns: 0, wall_us: 1_516_000_000_000_000)
    try engine.put(Unit(id: 1, place: place))
    try engine.put(Watch(id: 7, place: place))
    let call = Incident(tier: .urgent, place: place)
    let answer = try engine.report(call)
    try engine.post(call)
    #expect(try engine.drain())
    #expect(try !engine.drain())
    #expect(throws: HujiaError.state) { try engine.report(call) }
    #expect(throws: HujiaError.state) { try engine.post(call) }
    #expect(throws: HujiaError.state) { try engine.post(call, within: .seconds(3_600)) }
    #expect(throws: HujiaError.state) { try engine.put(Unit(id: 2, place: place)) }
    #expect(throws: HujiaError.state) { try engine.removeUnit(1) }
    #expect(throws: HujiaError.state) { try engine.setActivity(.meal, ofUnit: 1) }
    #expect(throws: HujiaError.state) { try engine.report([Position(unitID: 1, place: place)]) }
    #expect(throws: HujiaError.state) { try engine.close(answer.incidentID) }
    #expect(throws: HujiaError.state) {
      try engine.advance(answer.chosen[0].assignmentID, to: .acknowledged)
    }
    #expect(throws: HujiaError.state) { try engine.checkIn(unit: 1) }
    #expect(throws: HujiaError.state) { try engine.migrateClocks() }
    #expect(throws: HujiaError.state) { try engine.alarm(watch: 7) }
    #expect(throws: HujiaError.state) { try engine.beat([(watch: 7, wall_us: nil)]) }
    #expect(throws: HujiaError.state) { try engine.removeWatch(7) }
    #expect(throws: HujiaError.state) { try engine.resetFigures() }
    #expect(throws: HujiaError.state) { try engine.poll(now_ns: 1, wall_us: 1) }
    #expect(try engine.recommend(call).chosen.isEmpty)
    #expect(try engine.watchState(7) == .present)
    #expect(try engine.takeEvents(upTo: 100).contains { $0.kind == .decided })
    engine.close()
    #expect(throws: HujiaError.stale) { try engine.drain() }
  }

  @Test func whatIsTaken() {
    let taken = (-30...12).filter { HujiaError.isTaken(Int32($0)) }
    #expect(taken == [0, 1, 3, 4, 5, 6, 8, 10, 11, 12])
  }
}
