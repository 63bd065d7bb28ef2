// The places of a recorded command, snapped to the map of now.

import HujiaEngine
import HujiaRoads

extension RecordedChange {
  /// Every place with a point of its own is found anew. What has none stays without.
  mutating func snap(_ snap: ((lat_e7: Int32, lon_e7: Int32)) -> Place) {
    guard case .plain(let change) = self else { return }
    switch change {
    case .report(var report):
      report.place = snap((report.lat_e7, report.lon_e7))
      self = .plain(.report(report))
    case .post(var report):
      report.place = snap((report.lat_e7, report.lon_e7))
      self = .plain(.post(report))
    case .selfInitiated(let unit, var report):
      report.place = snap((report.lat_e7, report.lon_e7))
      self = .plain(.selfInitiated(unit: unit, report))
    case .update(let incident, var report, let movesPlace) where movesPlace:
      report.place = snap((report.lat_e7, report.lon_e7))
      self = .plain(.update(incident: incident, report, movesPlace: movesPlace))
    case .putUnit(var unit) where unit.hasPosition:
      unit.place = snap((unit.place.lat_e7, unit.place.lon_e7))
      self = .plain(.putUnit(unit))
    case .putWatch(var watch):
      watch.place = snap((watch.lat_e7, watch.lon_e7))
      self = .plain(.putWatch(watch))
    default: return
    }
  }
}
