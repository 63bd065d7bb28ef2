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

  /// A place of ours in the datum that the host asked for. `0/0`, no place, stays so.
  @inline(__always)
  package func output(lat_e7: Int32, lon_e7: Int32) -> (lat_e7: Int32, lon_e7: Int32) {
    guard outputDatum > 1, let datum = Datum(rawValue: outputDatum) else { return (lat_e7, lon_e7) }
    return datum.fromWGS84(lat_e7: lat_e7, lon_e7: lon_e7)
  }
  /// Whether places change on the way out.
  package var convertsOutput: Bool { outputDatum > 1 }

  /// Converts and snaps; 0/0 is no place, and nothing is looked up for it.
  @inline(__always)
  package func place(
    lat_e7: Int32, lon_e7: Int32, datum: Int32, heading_cdeg: Int32 = .min,
    speed_cms: Int32 = .min
  ) -> Place {
    let point = wgs84(lat_e7: lat_e7, lon_e7: lon_e7, datum: datum)
    return snap(point, heading_cdeg: heading_cdeg, speed_cms: speed_cms)
  }

  /// A place that something is asked about; nil for 0/0, which is no place but on a map that has streets around it.
  @inline(__always)
  package func askedPlace(lat_e7: Int32, lon_e7: Int32, datum: Int32) -> Place? {
    if lat_e7 != 0 || lon_e7 != 0 { return place(lat_e7: lat_e7, lon_e7: lon_e7, datum: datum) }
    guard map.hasGrid(around: lat_e7, lon_e7) else { return nil }
    return map.snap(lat_e7: lat_e7, lon_e7: lon_e7, limit_mm: snapLimit_mm)
  }

  /// One end of a road, WGS-84. Without streets that is a straight line between any two points.
  @inline(__always)
  package func roadEnd(lat_e7: Int32, lon_e7: Int32) -> Place? {
    map.streetCount == 0
      ? map.snap(lat_e7: lat_e7, lon_e7: lon_e7, limit_mm: snapLimit_mm)
      : askedPlace(lat_e7: lat_e7, lon_e7: lon_e7, datum: 1)
  }

  /// `hint`: the street it was on before; it never changes the answer.
  @inline(__always)
  package func snap(
    _ point: (lat_e7: Int32, lon_e7: Int32), hint: UInt32 = Place.none,
    heading_cdeg: Int32 = .min, speed_cms: Int32 = .min
  ) -> Place {
    if point.lat_e7 == 0, point.lon_e7 == 0 { return .nowhere }
    return map.snap(
      lat_e7: point.lat_e7, lon_e7: point.lon_e7, hint: hint, heading_cdeg: heading_cdeg,
      speed_cms: speed_cms, limit_mm: snapLimit_mm)
  }

  /// From one datum to another, by the header's numbers; 0 is WGS-84. No engine is needed.
  package static func converted(
    lat_e7: Int32, lon_e7: Int32, from: Int32, to: Int32
  ) -> (lat_e7: Int32, lon_e7: Int32) {
    Datum.convert(
      lat_e7: lat_e7, lon_e7: lon_e7, from: Datum(rawValue: from) ?? .wgs84,
      to: Datum(rawValue: to) ?? .wgs84)
  }
}
