// The Swift face of posting: the answer is an event with the report's key, and a full queue throws when the time is up.

import Testing

@testable import Hujia

@Suite struct PostTests {
  private let place = Coordinate(latitude: 37.77, longitude: -122.41)

  private func open() throws -> Engine {
    let engine = try Engine(configuration: Configuration(isHostDriven: true))
    try engine.poll(now_ns: 0, wall_us: 1_516_000_000_000_000)
    return engine
  }

  @Test func theAnswerCarriesTheKey() throws {
    let engine = try open()
    for number in 1...3 as ClosedRange<UInt64> {
      var incident = Incident(tier: .urgent, place: place)
      incident.key = (7, number)
      try engine.post(incident)
    }
    #expect(try engine.takeEvents(upTo: 10).isEmpty)
    try engine.poll(now_ns: 1, wall_us: 1_516_000_000_000_000)
    let decided = try engine.takeEvents(upTo: 10).filter { $0.kind == .decided }
    #expect(decided.map(\.key.low) == [1, 2, 3])
    #expect(decided.allSatisfy { $0.key.high == 7 && $0.incidentID != 0 })
  }

  @Test func aFullQueueThrows() throws {
    let engine = try open()
    let incident = Incident(tier: .routine, place: place)
    var count = 0
    while count <= 4_096, (try? engine.post(incident)) != nil { count += 1 }
    #expect(count == 4_096)
    #expect(throws: HujiaError(.full)) { try engine.post(incident) }
    #expect(throws: HujiaError(.full)) { try engine.post(incident, within: .milliseconds(20)) }
    #expect(throws: HujiaError.argument) { try engine.post(incident, within: .seconds(-1)) }
    #expect(throws: HujiaError.range) {
      try engine.post(Incident(tier: .routine, place: Coordinate(latitude: 91, longitude: 0)))
    }
    try engine.poll(now_ns: 1, wall_us: 1_516_000_000_000_000)
    try engine.post(incident, within: .seconds(60))
    engine.close()
    #expect(throws: HujiaError.stale) { try engine.post(incident, within: .seconds(60)) }
  }
}
