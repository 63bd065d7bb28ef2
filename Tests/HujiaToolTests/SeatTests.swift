// Seats of a plan through the C interface: a declined one is filled even when others have arrived, a served one is not
// filled again, and a unit that did not sign is offered to what waits.

import CHujia
import HujiaHostKit
import Testing

@testable import HujiaSimulation

struct SeatTests {
  private let host: Witness

  init() throws {
    host = try Witness(map: nil, units: 16)
    _ = host.poll(now_ns: 0, wall_us: 1_767_600_000_000_000, most: 0)
  }

  private func put(_ id: UInt64, _ capabilities: UInt64) {
    var unit = hj_unit()
    unit.id = id
    unit.capabilities = capabilities
    unit.lat_e7 = 310_000_000 + Int32(id) * 1_000
    unit.lon_e7 = -410_000_000
    #expect(host.put(unit) == HJ_OK)
  }

  private func call(type: UInt32) -> hj_dispatch {
    var report = hj_report()
    report.type = type
    report.lat_e7 = 310_000_000
    report.lon_e7 = -410_000_000
    return host.report(report).answer
  }

  private func incident(of unit: UInt64) -> UInt64 { host.read(unit: unit).unit.incident_id }

  @Test func aDeclinedSeatIsFilledAfterOthersArrived() {
    for id in 1...3 { put(UInt64(id), 4) }
    let fire = call(type: 3)
    #expect(fire.assignment_count == 3)
    put(4, 4)
    #expect(host.advance(fire.units[0].assignment_id, HJ_ASSIGNMENT_ON_SCENE) == HJ_OK)
    #expect(host.advance(fire.units[1].assignment_id, HJ_ASSIGNMENT_DECLINED) == HJ_OK)
    #expect(incident(of: 4) == fire.incident_id)
    #expect(incident(of: fire.units[1].unit_id) == 0)
  }

  @Test func aServedSeatStaysServed() {
    for id in 1...2 { put(UInt64(id), 4) }
    let fire = call(type: 3)
    #expect(fire.assignment_count == 2)
    #expect(fire.shortfall & HJ_SHORTFALL_NOT_AVAILABLE != 0)
    #expect(host.advance(fire.units[0].assignment_id, HJ_ASSIGNMENT_ON_SCENE) == HJ_OK)
    #expect(host.advance(fire.units[0].assignment_id, HJ_ASSIGNMENT_CLEARED) == HJ_OK)
    // The third seat still waits: one more is sent, and only one.
    put(3, 4)
    put(4, 4)
    let units: [UInt64] = [1, 2, 3, 4]
    let there = units.filter { incident(of: $0) == fire.incident_id }
    #expect(there.count == 2)
  }

  @Test func whoDidNotSignIsOfferedToThoseWhoWait() throws {
    put(1, 5)
    let patrol = call(type: 5)
    #expect(patrol.units.map(\.unit_id) == [1])
    let fire = call(type: 3)
    #expect(fire.assignment_count == 0)
    put(2, 1)
    #expect(incident(of: 2) == 0)
    _ = host.poll(now_ns: 30_000_000_000, wall_us: 1_767_600_030_000_000, most: 0)
    #expect(incident(of: 2) == patrol.incident_id)
    #expect(incident(of: 1) == fire.incident_id)
  }
}
