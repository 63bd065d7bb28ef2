// Ages, marks, datums and calls without a place in the Swift face.

import HujiaTestSupport
import Testing

@testable import Hujia

@Suite struct MarkFaceTests {
  private static let start_us: Int64 = 1_516_000_000_000_000

  private func engine(_ change: (inout Configuration) -> Void = { _ in }) throws -> Engine {
    var configuration = Configuration(isHostDriven: true)
    change(&configuration)
    let engine = try Engine(configuration: configuration)
    try engine.poll(now_ns: 0, wall_us: Self.start_us)
    return engine
  }

  private let beijing = Coordinate(latitude: 39.9042, longitude: 116.4074)
  private let nearby = Coordinate(latitude: 39.9142, longitude: 116.4074)

  @Test func agesAndMarks() throws {
    let engine = try engine { $0.staleAfter_s = 60 }
    try engine.put(Unit(id: 1, place: nearby))
    try engine.poll(now_ns: 60_000_000_000, wall_us: Self.start_us + 60_000_000)
    var chosen = try engine.recommend(Incident(tier: .urgent, place: beijing)).chosen.first
    #expect(chosen?.age_s == 60)
    #expect(chosen?.marks.contains(.stale) == false)
    try engine.poll(now_ns: 61_000_000_000, wall_us: Self.start_us + 61_000_000)
    chosen = try engine.recommend(Incident(tier: .urgent, place: beijing)).chosen.first
    #expect(chosen?.age_s == 61)
    #expect(chosen?.marks.contains(.stale) == true)
    let near = try engine.nearestUnits(to: beijing, count: 1).first
    #expect(near?.age_s == 61)
    #expect(near?.isStale == true)
    #expect(try engine.report([Position(unitID: 1, place: nearby)]) == 1)
    chosen = try engine.recommend(Incident(tier: .urgent, place: beijing)).chosen.first
    #expect(chosen?.age_s == 0)
    #expect(chosen?.marks.contains(.stale) == false)
  }

  @Test func offDutyAndNoPlace() throws {
    let zero = Coordinate(latitude: 0, longitude: 0)
    for takes in [false, true] {
      let engine = try engine { $0.takesOffDutyPositions = takes }
      try engine.put(Unit(id: 1))
      #expect(try engine.report([Position(unitID: 1, place: zero)]) == 0)
      try engine.setActivity(.offDuty, ofUnit: 1)
      #expect(try engine.report([Position(unitID: 1, place: nearby)]) == (takes ? 1 : 0))
    }
    let engine = try engine()
    try engine.put(Unit(id: 1, place: nearby))
    for place in [nil, zero] {
      let answer = try engine.report(Incident(tier: .emergency, place: place))
      #expect(answer.shortfall == [.manual, .noPlace])
      #expect(answer.chosen.isEmpty)
    }
    #expect(throws: HujiaError.range) { try engine.nearestUnits(to: zero, count: 1) }
  }

  @Test func datums() throws {
    for datum in Datum.allCases {
      let engine = try engine { $0.outputDatum = datum }
      let road = try engine.route(from: beijing, to: nearby)
      let drawn = try #require(beijing.converted(from: .wgs84, to: datum))
      #expect(road.first?.place == drawn)
      let back = try #require(drawn.converted(from: datum, to: .wgs84))
      #expect(abs(back.latitude - beijing.latitude) < 2e-7)
      #expect((drawn == beijing) == (datum == .wgs84))
    }
    #expect(Coordinate(latitude: 91, longitude: 0).converted(from: .gcj02, to: .wgs84) == nil)
  }
}
