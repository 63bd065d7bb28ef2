// The engine under stress, opened through the C interface as a host would: its own loop thread, a plan of its own.

import CHujia
import Foundation
import HujiaCInterface

/// Owns an open engine. Any thread may use `pointer`.
final class StressEngine: @unchecked Sendable {
  let pointer: OpaquePointer

  /// One unit for four calls in five, two or four for the rest: 1.3 units a call.
  static let plans = """
    {"version": 1, "capabilities": ["patrol", "medic", "rescue"], "plans": [
      {"name": "two", "types": [2], "units": [{"capabilities": ["patrol"]}, {"capabilities": ["medic"]}]},
      {"name": "four", "types": [3], "units": [
        {"capabilities": ["patrol"], "count": 2}, {"capabilities": ["medic"]}, {"capabilities": ["rescue"]}]},
      {"name": "one", "units": [{"capabilities": ["patrol"]}]}]}
    """

  init(map: String, units: Int, isReplayed: Bool = false) throws {
    var config = hj_config()
    hj_config_init(&config, UInt32(MemoryLayout<hj_config>.size))
    config.max_units = UInt32(units)
    // So large that nothing is full without reason, and so small that every table has been touched within seconds:
    // else a short run's resident memory would grow for no other cause.
    config.max_incidents = 1_024
    config.max_assignments = 2_048
    config.key_capacity = 2_048
    config.post_capacity = 1_024
    config.event_capacity = 16_384
    // Recorded vehicles go much faster than in life; invented ones drive a few metres from fix to fix.
    if isReplayed { config.max_speed_cms = .max }
    var detail = hj_error_detail()
    detail.size = UInt32(MemoryLayout<hj_error_detail>.size)
    let path = strdup(map)
    defer { free(path) }
    config.map_path = UnsafePointer(path)
    config.map_memory = HJ_MAP_SHARED
    var opened: OpaquePointer?
    guard hj_engine_open(&config, &opened, &detail) == HJ_OK, let opened else {
      throw Failed("hj_engine_open: \(Self.text(detail))")
    }
    pointer = opened
    let json = Self.plans
    guard hj_plans_load(pointer, json, UInt32(json.utf8.count), &detail) == HJ_OK else {
      throw Failed("the plans of the stress run: \(Self.text(detail))")
    }
  }

  deinit { close() }

  /// When nobody uses it any more; a second time it does nothing.
  func close() { hj_engine_close(pointer) }

  private static func text(_ detail: hj_error_detail) -> String {
    func words(_ raw: UnsafeRawBufferPointer) -> String {
      String(decoding: raw.prefix(while: { $0 != 0 }), as: UTF8.self)
    }
    let field = withUnsafeBytes(of: detail.field, words)
    let text = withUnsafeBytes(of: detail.text, words)
    return field.isEmpty ? text : "\(field): \(text)"
  }

  /// Everyone patrols; three in ten are medics, one in ten can rescue.
  func put(unit: Int, at place: City.Point) throws {
    var car = hj_unit()
    car.size = UInt32(MemoryLayout<hj_unit>.size)
    car.id = UInt64(unit + 1)
    car.crew = 2
    car.capabilities = 1 | (unit % 10 < 3 ? 2 : 0) | (unit % 10 == 9 ? 4 : 0)
    car.lat_e7 = place.lat_e7
    car.lon_e7 = place.lon_e7
    let status = hj_unit_put(pointer, &car)
    guard status == HJ_OK else { throw Failed("hj_unit_put: \(Dispatcher.text(status))") }
  }

  func stats() -> hj_stats {
    var stats = hj_stats()
    stats.size = UInt32(MemoryLayout<hj_stats>.size)
    hj_engine_stats(pointer, &stats)
    return stats
  }
}

/// Digits in groups of three.
enum Thousands {
  static func text(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }
}
