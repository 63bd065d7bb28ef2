// A host that starts again, in Swift: what is open, by page, by key, by reference, by assignment.

import HujiaTestSupport
import Testing

@testable import Hujia

@Suite struct AskingFaceTests {
  private let place = Coordinate(latitude: 37.7793, longitude: -122.4193)

  private func engine(_ folder: TemporaryFolder) throws -> Engine {
    var configuration = Configuration(isHostDriven: true)
    configuration.journal = folder.file("journal")
    configuration.eventsWhen = .durable
    configuration.maxIncidents = 512
    return try Engine(configuration: configuration)
  }

  @Test func afterARestart() throws {
    let folder = TemporaryFolder()
    var engine = try engine(folder)
    try engine.poll(now_ns: 1, wall_us: 1_516_000_000_000_000)
    for id in 1...3 { try engine.put(Unit(id: UInt64(id), place: place)) }
    try engine.put(Watch(id: 9, place: place))
    var opened: [UInt64] = []
    for number in 1...200 {
      var incident = Incident(tier: .emergency, place: place)
      incident.key = (7, UInt64(number))
      incident.reference = Reference([UInt8(number)])
      opened.append(try engine.report(incident).incidentID)
    }
    for number in 100..<200 { try engine.close(opened[number]) }
    engine.close()
    engine = try self.engine(folder)
    let (incidents, sequence) = try engine.openIncidents()
    #expect(incidents.map(\.id).sorted() == opened[..<100].sorted())
    #expect(incidents.allSatisfy { $0.key.high == 7 && $0.place == place })
    #expect(sequence > 200)
    #expect(try engine.findIncident(key: (7, 42)) == opened[41])
    #expect(try engine.findIncident(key: (7, 142)) == opened[141])
    #expect(try engine.findIncident(key: (8, 42)) == nil)
    #expect(throws: HujiaError.argument) { try engine.findIncident(key: (0, 0)) }
    let reference = try #require(Reference([150]))
    #expect(try engine.findIncident(reference: reference) == opened[149])
    #expect(try engine.units().units.map(\.id) == [1, 2, 3])
    #expect(try engine.watches().watches.map(\.id) == [9])
    let busy = try #require(try engine.units().units.first { $0.assignmentID != nil })
    let assignment = try engine.assignment(try #require(busy.assignmentID))
    #expect(assignment.unitID == busy.id)
    #expect(assignment.state == .dispatched)
    #expect(assignment.dispatched_us == 1_516_000_000_000_000)
    #expect(assignment.acknowledged_us == nil)
    #expect(try engine.assignments(of: assignment.incidentID).map(\.id) == [assignment.id])
    #expect(throws: HujiaError.stale) { try engine.assignment(1) }
    #expect(throws: HujiaError.stale) { try engine.assignments(of: 1) }
    // Nothing is shown before it is durable, and a poll waits for that.
    try engine.poll(now_ns: 1, wall_us: 1_516_000_000_000_001)
    let events = try engine.takeEvents(upTo: 10_000)
    #expect(events.last?.kind == .recovered)
    let durable = try engine.journalStatus().durable
    #expect(events.allSatisfy { $0.record <= durable && !$0.isNotDurable })
  }
}
