// The Swift face of clocks: a dispatcher sees an escalation and takes it, a unit checks in, an appointment is kept.

import Testing

@testable import Hujia

@Suite struct ClockFaceTests {
  private static let second_ns: Int64 = 1_000_000_000
  private static let start_us: Int64 = 1_516_000_000_000_000

  private func open() throws -> Engine {
    let engine = try Engine(configuration: Configuration(isHostDriven: true))
    try engine.poll(now_ns: 0, wall_us: Self.start_us)
    return engine
  }

  private func poll(_ engine: Engine, _ s: Int64) throws -> [Event] {
    try engine.poll(now_ns: s * Self.second_ns, wall_us: Self.start_us + s * 1_000_000)
    return try engine.takeEvents(upTo: 100)
  }

  private let place = Coordinate(latitude: 37.77, longitude: -122.41)

  @Test func anEscalationIsTaken() throws {
    let engine = try open()
    let dispatch = try engine.report(Incident(tier: .emergency, place: place))
    let events = try poll(engine, 60)
    let seen = try #require(events.compactMap { ClockSeen($0) }.first)
    #expect(seen.clock == .pending)
    #expect(seen.incidentID == dispatch.incidentID)
    #expect(seen.step == 1)
    #expect(throws: HujiaError.argument) { try engine.take(seen, operatorID: 0) }
    #expect(try engine.take(seen, operatorID: 7) == .done)
    #expect(try engine.take(seen, operatorID: 8) == .unchanged)
    let status = try engine.read(seen)
    #expect(status.state == .taken)
    #expect(status.step == 1)
    #expect(status.due_us == nil)
    #expect(try poll(engine, 1_000).allSatisfy { $0.kind != .escalation })
    #expect(try engine.escalate(seen, operatorID: 7) == .done)
    #expect(try engine.escalate(seen, operatorID: 7) == .passed)
  }

  @Test func theAbsenceOfAWatchIsTaken() throws {
    let engine = try open()
    try engine.put(Watch(id: 7, place: place, limit_s: 60))
    var seen = ClockSeen(.absence, watchID: 7)
    #expect(try engine.read(seen).due_us == Self.start_us + 60_000_000)
    seen = try #require(try poll(engine, 60).compactMap { ClockSeen($0) }.first)
    #expect(seen.watchID == 7)
    #expect(seen.incidentID == 0)
    #expect(seen.step == 1)
    #expect(try engine.take(seen, operatorID: 7, reason: 12) == .done)
    let told = try #require(try engine.takeEvents(upTo: 10).first)
    #expect(told.kind == .clock)
    #expect(told.watchID == 7)
    #expect(told.operatorID == 7)
    #expect(told.operatorReason == 12)
    #expect(try engine.read(seen).state == .taken)
    #expect(throws: HujiaError.argument) {
      try engine.take(ClockSeen(.absence, step: 1), operatorID: 7)
    }
    #expect(throws: HujiaError.unknownUnit) {
      try engine.take(ClockSeen(.absence, watchID: 8, step: 1), operatorID: 7)
    }
  }

  @Test func aStepIsPutOff() throws {
    let engine = try open()
    let dispatch = try engine.report(Incident(tier: .emergency, place: place))
    let seen = ClockSeen(.pending, incidentID: dispatch.incidentID)
    #expect(throws: HujiaError(.reason)) {
      try engine.snooze(seen, for_s: 90, operatorID: 7, reason: 0)
    }
    #expect(throws: HujiaError(.snooze)) {
      try engine.snooze(seen, for_s: 400, operatorID: 7, reason: 1)
    }
    #expect(try engine.snooze(seen, for_s: 90, operatorID: 7, reason: 1) == .done)
    #expect(try engine.read(seen).due_us == Self.start_us + 90_000_000)
    #expect(try poll(engine, 89).allSatisfy { $0.kind != .escalation })
    #expect(try poll(engine, 90).contains { $0.kind == .escalation })
  }

  @Test func anAppointmentIsKept() throws {
    let engine = try open()
    var incident = Incident(tier: .preventive, place: place)
    incident.appointment_us = Self.start_us + 3_600_000_000
    let dispatch = try engine.report(incident)
    #expect(dispatch.state == .held)
    #expect(dispatch.chosen.isEmpty)
    try engine.put(Unit(id: 1, place: place))
    _ = try poll(engine, 3_599)
    #expect(try engine.takeEvents(upTo: 10).isEmpty)
    #expect(try poll(engine, 3_600).contains { $0.kind == .assignment && $0.unitID == 1 })
    #expect(throws: HujiaError.unknownUnit) { try engine.checkIn(unit: 9) }
    try engine.setLead(4, of: dispatch.incidentID, by: Person(operatorID: 7))
    try engine.close(dispatch.incidentID, by: Person(operatorID: 8, reason: 3))
    try engine.calledBack(dispatch.incidentID, by: Person(operatorID: 9))
    let acts = try engine.takeEvents(upTo: 20).filter { $0.operatorID != nil }
    #expect(Set(acts.compactMap(\.operatorID)) == [7, 8, 9])
    #expect(acts.allSatisfy { $0.operatorReason == ($0.operatorID == 8 ? 3 : 0) })
    #expect(try engine.migrateClocks() == 0)
  }
}
