// From a feed's coordinates to a place on the streets, on the caller's thread: the map is immutable.

import HujiaContainers
import HujiaEngine
import HujiaGeography
import HujiaRoads

extension EngineDriver {
  /// WGS-84 from the datum a feed declares (0 = the engine's).
  @inline(__always)
  package func wgs84(
    lat_e7: Int32, lon_e7: Int32, datum given: Int32
  ) -> (lat_e7: Int32, lon_e7: Int32) {
    let number = given == 0 ? datum : given
    guard number > 1, let datum = Datum(rawValue: number) else { return (lat_e7, lon_e7) }
    return datum.toWGS84(lat_e7: lat_e7, lon_e7: lon_e7)
  }

  /// Converts and snaps.
  @inline(__always)
  package func place(
    lat_e7: Int32, lon_e7: Int32, datum: Int32, hint: UInt32 = Place.none,
    heading_cdeg: Int32 = .min, speed_cms: Int32 = .min
  ) -> Place {
    let point = wgs84(lat_e7: lat_e7, lon_e7: lon_e7, datum: datum)
    return map.snap(
      lat_e7: point.lat_e7, lon_e7: point.lon_e7, hint: hint, heading_cdeg: heading_cdeg,
      speed_cms: speed_cms, limit_mm: snapLimit_mm)
  }

  /// The street a unit was last on, as far as is known; without the baton. O(1).
  @inline(__always)
  package func streetHint(ofUnit id: UInt64) -> UInt32 {
    guard let slot = core.pointee.unitIndex.find(id) else { return Place.none }
    return core.pointee.streetHints.number(slot)
  }

  /// Takes positions in: snaps a slice of them without the baton, then hands the slice over under it.
  package func takeFixes(_ count: Int, _ fix: (Int) -> Fix?) -> Int {
    let slice = 16  // 1 KiB: larger would not be on the stack
    return withUnsafeTemporaryAllocation(of: Fix.self, capacity: slice) { fixes in
      var accepted = 0
      var next = 0
      while next < count {
        var ready = 0
        while next < count, ready < slice {
          if let fix = fix(next) {
            fixes[ready] = fix
            ready += 1
          }
          next += 1
        }
        accepted += take(fixes, ready)
      }
      turnRefusals(count - accepted)
      return accepted
    }
  }

  private func take(_ fixes: UnsafeMutableBufferPointer<Fix>, _ count: Int) -> Int {
    guard count > 0 else { return 0 }
    return turn { core in
      var taken = 0
      for index in 0..<count where core.take(fixes[index]) { taken += 1 }
      core.counters.add(Counter.positionsAccepted, Int64(taken))
      return taken
    }
  }

  private func turnRefusals(_ count: Int) {
    guard count > 0 else { return }
    turn { core in core.counters.add(Counter.positionsRefused, Int64(count)) }
  }
}
