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
    let type = String(unit.type.lowercased().map { $0 == " " ? "_" : $0 })
    var wanted = [type]
    if unit.isParamedic { wanted.append("als") }
    if type == "medic" || type == "private" { wanted.append("transport") }
    return wanted.compactMap { names.capabilities[$0] }.reduce(0) { $0 | 1 << UInt64($1) }
  }

  package func type(of call: City.Call) -> UInt32 { codes[call.type] ?? 0 }
  package func tier(of call: City.Call) -> Int32 {
    names.priorityTiers[call.priority].map { Int32($0.rawValue) } ?? HJ_TIER_EMERGENCY
  }
}
