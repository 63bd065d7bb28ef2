// What a host of the city must know of its plans: capability names, type names, and tiers of priorities. The engine's
// own reader of plans says so.

import CHujia
import Glibc
import HujiaDriver
import HujiaHostKit

/// Without a file: no names, every call an emergency.
package struct PlanBook {
  private var names = PlanNames()
  private var codes: [String: UInt32] = [:]
  package private(set) var typeNames: [UInt32: String] = [:]

  package init(path: String?) throws(Failed) {
    guard let path else { return }
    do throws(Failure) { names = try PlanNames.read(path) } catch {
      guard error.status != .file else {
        throw Failed("cannot read \(path)", .give("--plans", "a plans file (PLANS.md)"))
      }
      throw Failed(field: error.field, error.text)
    }
    for type in names.types {
      codes[type.name] = type.code
      typeNames[type.code] = type.name
    }
  }

  /// The city's own plans, else those that ship for a city of its name (installed, or in the source tree).
  package static func path(for city: City) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let tool = String(
      decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let prefix = Output.folder(of: Output.folder(of: tool))
    return [
      city.folder + "/plans.json", "\(prefix)/share/hujia/plans/\(city.name).json",
      "examples/plans/\(city.name).json",
    ].first { access($0, F_OK) == 0 }
  }

  package func capabilities(of unit: City.Unit) -> UInt64 {
    capabilities(ofType: unit.type, isParamedic: unit.isParamedic)
  }

  package func capabilities(ofType type: String, isParamedic: Bool = false) -> UInt64 {
    let word = String(type.lowercased().map { $0 == " " ? "_" : $0 })
    var wanted = [word]
    if isParamedic { wanted.append("als") }
    if City.isAmbulance(type) { wanted.append("transport") }
    return wanted.compactMap { names.capabilities[$0] }.reduce(0) { $0 | 1 << UInt64($1) }
  }

  /// What one plan is called, and what it asks for.
  package struct Plan: Equatable {
    package var name: String
    package var seats: [Seat]
  }

  /// Room for one unit that a plan asks for.
  package struct Seat: Equatable {
    /// Bits of capabilities; a unit that has all of one of these may take it.
    package var alternatives: [UInt64]
    /// The alarm level that it is asked for from.
    package var level: Int

    package func fits(_ capabilities: UInt64) -> Bool {
      alternatives.contains { $0 & ~capabilities == 0 }
    }
  }

  /// A plan by its number in an answer of the engine; nil: none matched, or the plan is built in.
  package func plan(number: UInt32) -> Plan? {
    let place = Int(number) - 1
    guard names.plans.indices.contains(place) else { return nil }
    let plan = names.plans[place]
    return Plan(
      name: plan.name,
      seats: plan.seats.map { Seat(alternatives: $0.alternatives, level: $0.level) })
  }

  package func type(of call: City.Call) -> UInt32 { codes[call.type] ?? 0 }
  package func tier(of call: City.Call) -> Int32 {
    names.priorityTiers[call.priority].map { Int32($0.rawValue) } ?? HJ_TIER_EMERGENCY
  }
}
