// After an engine was rebuilt on another map than its journal's: places that stand in choices are points beside the
// streets, since the streets they were snapped to are elsewhere. They are snapped to those that there are.

import HujiaIngest
import HujiaRoads

extension EngineCore {
  /// Before anybody has the engine. O(units + incidents).
  package mutating func snapAnew(_ snap: (_ lat_e7: Int32, _ lon_e7: Int32) -> Place) {
    for slot in 0..<UInt32(units.touched)
    where units.isLive(slot) && units[slot].hasPosition {
      let place = units[slot].place
      locate(
        TakenFix(
          slot: slot, ask: 0, wall_us: units[slot].fixWall_us, fix_ns: units[slot].fix_ns,
          place: snap(place.lat_e7, place.lon_e7)))
    }
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
      let place = incidents[slot].place
      incidents.move(slot, to: snap(place.lat_e7, place.lon_e7))
    }
  }
}
