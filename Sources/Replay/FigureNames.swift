// What the engine's numbers for types, agencies and beats are called in a replay; the engine itself has no names.

import CHujia
import HujiaCities
import HujiaHostKit

package struct FigureNames {
  private var types: [UInt32: String] = [:]
  private var stations: [String] = []
  private var units: [String] = []

  init() {}

  init(_ city: City, _ book: PlanBook) {
    types = book.typeNames
    stations = city.stations.map(\.name)
    units = city.units.map(\.name)
  }

  /// Private ambulances are companies of their own.
  static func agency(of unit: City.Unit) -> UInt32 { unit.type.lowercased() == "private" ? 2 : 1 }

  /// The station that a unit drives home to, from 1.
  static func beat(of unit: City.Unit, in city: City) -> UInt32 {
    UInt32((city.stations.firstIndex { $0.place == unit.home } ?? -1) + 1)
  }

  static func title(_ dimension: Int32) -> String {
    switch dimension {
    case HJ_FIGURES_TIER: return "by tier"
    case HJ_FIGURES_TYPE: return "by type"
    case HJ_FIGURES_AGENCY: return "by agency of the unit"
    case HJ_FIGURES_BEAT: return "by home beat of the unit (its station)"
    case HJ_FIGURES_VULNERABLE: return "by caller"
    default: return "all"
    }
  }

  func label(_ dimension: Int32, _ value: UInt32) -> String {
    if value == .max, dimension != HJ_FIGURES_VULNERABLE { return "all others together" }
    switch dimension {
    case HJ_FIGURES_TIER: return Host.name(HJ_NAMES_TIER, Int32(value))
    case HJ_FIGURES_TYPE: return type(value)
    case HJ_FIGURES_AGENCY: return value == 2 ? "private ambulances" : "public service"
    case HJ_FIGURES_BEAT:
      let isKnown = value >= 1 && Int(value) <= stations.count
      return isKnown ? "station \(stations[Int(value) - 1])" : "without a station"
    default: return value == 1 ? "vulnerable" : "not marked as vulnerable"
    }
  }

  package func type(_ code: UInt32) -> String {
    types[code] ?? (code == 0 ? "no type" : "type \(code)")
  }

  /// Unit ids of a replay count from 1.
  package func unit(_ id: UInt64) -> String {
    id >= 1 && id <= UInt64(units.count) ? units[Int(id) - 1] : id == 0 ? "–" : "\(id)"
  }
}
