// What the simulator must know of a plans file: capability names, type names, and tiers of priorities.

import CHujia
import Foundation

/// The parts of a plans file that a host reads too. Without a file: no names, every call an emergency.
struct PlanBook {
  private struct Text: Decodable {
    struct TypeEntry: Decodable {
      var code: UInt32
      var name: String?
    }
    var capabilities: [String]?
    var types: [TypeEntry]?
    var priority_tiers: [String: String]?
  }

  private(set) var bits: [String: Int] = [:]
  private(set) var codes: [String: UInt32] = [:]
  private(set) var typeNames: [UInt32: String] = [:]
  private(set) var tiers: [String: Int32] = [:]

  init(path: String?) throws {
    guard let path else { return }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failed("cannot read \(path): give --plans a plans file (PLANS.md)")
    }
    // The engine checks the file and says what is wrong with it; here a broken one just has no names.
    guard let text = try? JSONDecoder().decode(Text.self, from: data) else { return }
    for (bit, name) in (text.capabilities ?? []).enumerated() { bits[name] = bit }
    for type in text.types ?? [] {
      codes[type.name ?? ""] = type.code
      typeNames[type.code] = type.name
    }
    let words = ["emergency": 1, "urgent": 2, "routine": 3, "preventive": 4] as [String: Int32]
    for (priority, word) in text.priority_tiers ?? [:] { tiers[priority] = words[word] }
  }

  func capabilities(of unit: City.Unit) -> UInt64 {
    let type = unit.type.lowercased().replacingOccurrences(of: " ", with: "_")
    var names = [type]
    if unit.isParamedic { names.append("als") }
    if type == "medic" || type == "private" { names.append("transport") }
    return names.compactMap { bits[$0] }.reduce(0) { $0 | 1 << UInt64($1) }
  }

  func type(of call: City.Call) -> UInt32 { codes[call.type] ?? 0 }
  func tier(of call: City.Call) -> Int32 { tiers[call.priority] ?? HJ_TIER_EMERGENCY }
}
