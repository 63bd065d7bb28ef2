// Roads in the Swift face: names, legs, profiles, and errors by name.

import HujiaMapBuild
import HujiaTestSupport
import Testing

@testable import Hujia

@Suite struct RouteTests {
  /// Two roads from west to east: through Market Street in two pieces (30 s as everybody, 60 s with lights), through
  /// Bow Street and a lane without a name (60 s, 30 s).
  private func map(_ folder: TemporaryFolder) throws -> String {
    var draft = MapDraft()
    for (lat, lon) in [(0, 0), (0, 20_000), (0, 40_000), (-20_000, 20_000)] {
      // A tenth of a degree north: 0/0 is no place.
      draft.nodes.append((lat_e7: Int32(1_000_000 + lat), lon_e7: Int32(lon)))
    }
    let calm = MapDraft.Times(normal_ms: 15_000, response_ms: 30_000)
    let pressing = MapDraft.Times(normal_ms: 30_000, response_ms: 15_000)
    let streets: [(UInt64, UInt32, UInt32, String, MapDraft.Times)] = [
      (40, 0, 1, "Market Street", calm), (30, 1, 2, "Market Street", calm),
      (20, 0, 3, "Bow Street", pressing), (10, 3, 2, "", pressing),
    ]
    for (id, from, to, name, times) in streets {
      draft.streets.append(
        MapDraft.Street(
          id: id, from: from, to: to, length_mm: 300_000, name: name, forward: times,
          backward: times))
    }
    let path = folder.file("small.hjmap")
    try MapImage(draft).write(to: path)
    return path
  }

  private let west = Coordinate(latitude: 0.1, longitude: 0)
  private let east = Coordinate(latitude: 0.1, longitude: 0.004)

  @Test func legsNamesAndProfiles() throws {
    let folder = TemporaryFolder()
    let engine = try Engine(configuration: Configuration(map: map(folder), isHostDriven: true))
    let lights = try engine.route(from: west, to: east)
    #expect(lights.last?.time_ms == 30_000)
    #expect(lights.map(\.streetID) == [20, 20, 10])
    #expect(
      lights.legs == [
        RouteLeg(streetName: "Bow Street", distance_dm: 3_000, time_ms: 15_000),
        RouteLeg(streetName: "", distance_dm: 3_000, time_ms: 15_000),
      ])
    let calm = try engine.route(from: west, to: east, profile: .normal)
    #expect(
      calm.legs == [RouteLeg(streetName: "Market Street", distance_dm: 6_000, time_ms: 30_000)])
    #expect(try engine.travelTime(from: west, to: east) == (30_000, false, 0))
    #expect(try engine.travelTime(from: west, to: east, profile: .normal) == (30_000, false, 0))
    #expect(try engine.streetName(20) == "Bow Street")
    #expect(try engine.streetName(10) == "")
    #expect(throws: HujiaError.unknownStreet) { try engine.streetName(50) }

    try engine.put(Unit(id: 7, place: west))
    #expect(try engine.nearestUnits(to: east, count: 1).first?.travel_ms == 30_000)
    for (tier, name) in [(Tier.emergency, "Bow Street"), (.routine, "Market Street")] {
      let answer = try engine.report(Incident(tier: tier, place: east))
      let road = try engine.route(ofAssignment: answer.chosen[0].assignmentID)
      #expect(road.legs.first?.streetName == name)
      try engine.close(answer.incidentID, disposition: 1)
    }
    #expect(throws: HujiaError.stale) { try engine.route(ofAssignment: 1) }
  }

  @Test func offTheStreetsThereIsNoName() throws {
    let engine = try Engine(configuration: Configuration(isHostDriven: true))
    let line = try engine.route(from: west, to: east)
    #expect(line.count == 2)
    #expect(line.allSatisfy { $0.streetID == nil && $0.streetName.isEmpty })
    #expect(line.legs.count == 1)
    let time = try engine.travelTime(from: west, to: east)
    #expect(time.isStraightLine)
    #expect(time.travel_ms == line.last?.time_ms)
    #expect([RoutePoint]().legs.isEmpty)
  }
}
