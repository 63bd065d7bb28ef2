// The one host: what the engine refuses comes back in its own words, and plans are named by the engine's own reader.

import CHujia
import Glibc
import HujiaHostKit
import Testing

@testable import HujiaCities

struct HostTests {
  private static func refusal(_ body: () throws(Failed) -> Void) -> Failed? {
    do throws(Failed) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private static func plans(_ text: String) throws(Failed) -> String {
    let path = Output.temporary("hujia-plans-\(getpid())-\(UInt32.random(in: 0 ... .max)).json")
    try Output.write(text, to: path, option: "--plans")
    return path
  }

  @Test func openingSaysWhatIsWrong() {
    let none = Self.refusal { () throws(Failed) in _ = try Host(map: "/none.hjmap") { _ in } }
    #expect(none?.field == "map_path")
    #expect(none?.fault.contains("/none.hjmap") == true)
    let units = Self.refusal { () throws(Failed) in
      _ = try Host(map: nil) { $0.max_units = .max }
    }
    #expect(units?.field == "max_units")
    let plans = Self.refusal { () throws(Failed) in
      _ = try Host(map: nil, plans: .text("{\"version\": 2}", name: "our plans")) { _ in }
    }
    #expect(plans?.field == "our plans")
    #expect(plans?.fault.contains("version") == true)
  }

  @Test func statusesComeBackAsTheyAre() throws {
    let host = try Host(map: nil) { $0.run_mode = HJ_RUN_POLL }
    #expect(host.poll(now_ns: 0, wall_us: 1).status == HJ_OK)
    #expect(host.close(7) == HJ_E_STALE)
    #expect(host.remove(unit: 9) == HJ_E_UNKNOWN)
    #expect(host.brokenInvariant == nil)
    var unit = hj_unit()
    unit.id = 4
    unit.lat_e7 = 310_000_000
    unit.lon_e7 = -410_000_000
    #expect(host.put(unit) == HJ_OK)
    #expect(host.read(unit: 4).unit.lat_e7 == 310_000_000)
    let failed = Self.refusal { () throws(Failed) in try Host.check(HJ_E_STALE, "hj_incident_close")
    }
    #expect(failed?.field == "hj_incident_close")
    #expect(failed?.fault.hasPrefix("HJ_E_STALE: ") == true)
  }

  @Test func plansAreNamedByTheEnginesReader() throws {
    let path = try Self.plans(
      """
      {"version": 1, "capabilities": ["engine", "als"],
       "priority_tiers": {"3": "emergency", "2": "routine"},
       "types": [{"code": 7, "name": "Fire"}, {"code": 9}], "plans": [{"name": "any", "units": [{"count": 1}]}]}
      """)
    defer { unlink(path) }
    let book = try PlanBook(path: path)
    var call = City.Call(
      number: 1, type: "Fire", priority: "2", place: Location(lat_e7: 0, lon_e7: 0), received: 0,
      entry: 0, responses: [])
    #expect(book.type(of: call) == 7)
    #expect(book.tier(of: call) == HJ_TIER_ROUTINE)
    (call.type, call.priority) = ("", "9")
    #expect(book.type(of: call) == 0)
    #expect(book.tier(of: call) == HJ_TIER_EMERGENCY)
    #expect(book.typeNames == [7: "Fire"])
    let unit = City.Unit(
      name: "E1", type: "ENGINE", isParamedic: true, home: call.place, hasStation: true)
    #expect(book.capabilities(of: unit) == 3)
    #expect(try PlanBook(path: nil).tier(of: call) == HJ_TIER_EMERGENCY)
  }

  /// A word that nobody knows is refused with its field, and means nothing in silence.
  @Test func brokenPlansAreRefusedAsOpeningRefusesThem() throws {
    for text in [
      "{", "{\"version\": 1, \"plans\": [], \"priority_tiers\": {\"3\": \"emergancy\"}}",
    ] {
      let path = try Self.plans(text)
      defer { unlink(path) }
      let read = Self.refusal { () throws(Failed) in _ = try PlanBook(path: path) }
      let opened = Self.refusal { () throws(Failed) in
        _ = try Host(map: nil, plans: .file(path)) { _ in }
      }
      #expect(read != nil)
      #expect(read == opened)
    }
    let none = Self.refusal { () throws(Failed) in _ = try PlanBook(path: "/none.json") }
    #expect(none?.description == "cannot read /none.json: give --plans a plans file (PLANS.md)")
  }
}
