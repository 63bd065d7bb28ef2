// The engine as a host sees it: every call goes through the C interface, every answer is checked.

import CHujia
import Foundation
import HujiaCInterface

/// A thin host of the C interface in HJ_RUN_POLL. Throws the engine's own words.
final class Dispatcher {
  private let engine: OpaquePointer
  private var events = [hj_event](repeating: hj_event(), count: 256)
  private var points = [hj_route_point](repeating: hj_route_point(), count: 4_096)

  init(map: String?, plans: String?, units: Int, incidents: Int) throws {
    var config = hj_config()
    hj_config_init(&config, UInt32(MemoryLayout<hj_config>.size))
    config.run_mode = HJ_RUN_POLL
    config.max_units = UInt32(max(units, 1))
    config.max_incidents = UInt32(incidents)
    config.max_assignments = UInt32(incidents * 2)
    config.figure_types = 64
    config.figure_beats = 128
    // The record says where its vehicles are, also where it jumps.
    config.max_speed_cms = .max
    var detail = hj_error_detail()
    detail.size = UInt32(MemoryLayout<hj_error_detail>.size)
    var opened: OpaquePointer?
    let mapPath = map.map { strdup($0) }
    let plansPath = plans.map { strdup($0) }
    defer {
      free(mapPath ?? nil)
      free(plansPath ?? nil)
    }
    config.map_path = UnsafePointer(mapPath ?? nil)
    config.map_memory = HJ_MAP_SHARED
    config.plans_path = UnsafePointer(plansPath ?? nil)
    let status = hj_engine_open(&config, &opened, &detail)
    guard status == HJ_OK, let opened else {
      let text = withUnsafeBytes(of: detail.text) {
        String(decoding: $0.prefix(while: { $0 != 0 }), as: UTF8.self)
      }
      let field = withUnsafeBytes(of: detail.field) {
        String(decoding: $0.prefix(while: { $0 != 0 }), as: UTF8.self)
      }
      throw Failed("\(field.isEmpty ? "" : field + ": ")\(text.isEmpty ? Self.text(status) : text)")
    }
    engine = opened
  }

  deinit { hj_engine_close(engine) }

  static func text(_ status: hj_status) -> String {
    "\(String(cString: hj_status_name(status))): \(String(cString: hj_status_text(status)))"
  }

  static func name(_ vocabulary: Int32, _ value: Int32) -> String {
    String(cString: hj_name(vocabulary, value))
  }

  /// The same as people write it: "notify again".
  static func words(_ vocabulary: Int32, _ value: Int32) -> String {
    name(vocabulary, value).replacingOccurrences(of: "_", with: " ")
  }

  private func check(_ status: hj_status, _ act: String) throws {
    if status < 0 { throw Failed("\(act): \(Self.text(status))") }
  }

  func put(_ unit: hj_unit) throws {
    var unit = unit
    unit.size = UInt32(MemoryLayout<hj_unit>.size)
    try check(hj_unit_put(engine, &unit), "hj_unit_put \(unit.id)")
  }

  func setActivity(_ unit: UInt64, _ activity: Int32) {
    _ = hj_unit_set_activity(engine, unit, activity, 0)
  }

  func position(_ unit: UInt64, _ place: City.Point, wall_us: Int64) {
    var fix = hj_position()
    fix.size = UInt32(MemoryLayout<hj_position>.size)
    fix.unit_id = unit
    fix.lat_e7 = place.lat_e7
    fix.lon_e7 = place.lon_e7
    fix.wall_us = wall_us
    fix.heading_cdeg = .min
    fix.speed_cms = .min
    _ = hj_positions_report(engine, &fix, 1, nil)
  }

  /// The answer, and the wall time that the call took, in nanoseconds.
  func report(_ report: hj_report) throws -> (
    status: hj_status, answer: hj_dispatch, took_ns: UInt64
  ) {
    var report = report
    report.size = UInt32(MemoryLayout<hj_report>.size)
    var answer = hj_dispatch()
    answer.size = UInt32(MemoryLayout<hj_dispatch>.size)
    let start = DispatchTime.now().uptimeNanoseconds
    let status = hj_incident_report(engine, &report, &answer)
    let took = DispatchTime.now().uptimeNanoseconds - start
    try check(status, "hj_incident_report")
    return (status, answer, took)
  }

  /// False when the assignment is over already, or further on.
  @discardableResult
  func advance(_ assignment: UInt64, _ state: Int32) throws -> Bool {
    let status = hj_assignment_advance(engine, assignment, state, 0)
    if status == HJ_E_STALE || status == HJ_E_REASON || status == HJ_UNCHANGED { return false }
    try check(status, "hj_assignment_advance to \(Self.name(HJ_NAMES_ASSIGNMENT, state))")
    return true
  }

  func close(incident: UInt64) throws {
    try check(hj_incident_close(engine, incident, 1, 0), "hj_incident_close")
  }

  /// Whether the plan still wants units there that could not be sent yet.
  func isWaiting(incident: UInt64) -> Bool {
    var status = hj_incident_status()
    status.size = UInt32(MemoryLayout<hj_incident_status>.size)
    guard hj_incident_read(engine, incident, &status) == HJ_OK else { return false }
    return status.shortfall & HJ_SHORTFALL_NOT_AVAILABLE != 0
  }

  /// Moves the clock; returns when the engine wants to be polled next.
  func poll(now_ns: Int64, wall_us: Int64) throws -> Int64 {
    var next: Int64 = .max
    try check(hj_engine_poll(engine, now_ns, wall_us, 0, &next), "hj_engine_poll")
    return next
  }

  func takeEvents(_ body: (hj_event) throws -> Void) throws {
    while true {
      events[0].size = UInt32(MemoryLayout<hj_event>.size)
      var count: UInt32 = 0
      try check(hj_events_poll(engine, &events, UInt32(events.count), &count), "hj_events_poll")
      for index in 0..<Int(count) { try body(events[index]) }
      if count < events.count { return }
    }
  }

  func route(assignment: UInt64) -> [hj_route_point] {
    route { points, capacity, needed in
      hj_assignment_route(engine, assignment, points, capacity, needed)
    }
  }

  func route(from: City.Point, to: City.Point) -> [hj_route_point] {
    route { points, capacity, needed in
      hj_route(
        engine, from.lat_e7, from.lon_e7, to.lat_e7, to.lon_e7, nil, points, capacity, needed)
    }
  }

  /// The name of a street, asked for as a host must: once more where the first buffer is too short.
  func streetName(_ street: UInt64) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    var needed: UInt32 = 0
    var status = hj_street_name(engine, street, &buffer, UInt32(buffer.count), &needed)
    if status == HJ_E_BUFFER {
      buffer = [CChar](repeating: 0, count: Int(needed))
      status = hj_street_name(engine, street, &buffer, UInt32(buffer.count), &needed)
    }
    guard status == HJ_OK else { return "" }
    return String(
      decoding: buffer.prefix(while: { $0 != 0 }).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func route(
    _ ask: (UnsafeMutablePointer<hj_route_point>, UInt32, UnsafeMutablePointer<UInt32>) -> hj_status
  ) -> [hj_route_point] {
    points[0].size = UInt32(MemoryLayout<hj_route_point>.size)
    var needed: UInt32 = 0
    let capacity = UInt32(points.count)
    let status = points.withUnsafeMutableBufferPointer { ask($0.baseAddress!, capacity, &needed) }
    guard status == HJ_OK || status == HJ_E_BUFFER else { return [] }
    return Array(points.prefix(Int(min(needed, capacity))))
  }

  func figures(by dimension: Int32, value: UInt32, interval: Int32) -> hj_figures {
    var query = hj_figures_query()
    query.size = UInt32(MemoryLayout<hj_figures_query>.size)
    query.dimension = dimension
    query.value = value
    query.interval = interval
    var figures = hj_figures()
    figures.size = UInt32(MemoryLayout<hj_figures>.size)
    hj_figures_read(engine, &query, &figures)
    return figures
  }

  /// The values of a dimension that have a row of their own, in the order in which they came.
  func figureValues(by dimension: Int32) -> [UInt32] {
    var count: UInt32 = 0
    hj_figures_values(engine, dimension, nil, 0, &count)
    var values = [UInt32](repeating: 0, count: Int(count))
    guard hj_figures_values(engine, dimension, &values, count, &count) == HJ_OK else { return [] }
    return values
  }

  /// The latest broken promises, newest first.
  func breaches(_ most: Int) -> [hj_breach] {
    var breaches = [hj_breach](repeating: hj_breach(), count: most)
    breaches[0].size = UInt32(MemoryLayout<hj_breach>.size)
    var count: UInt32 = 0
    hj_figures_breaches(engine, &breaches, UInt32(most), &count)
    return Array(breaches.prefix(Int(count)))
  }

  func stats() -> hj_stats {
    var stats = hj_stats()
    stats.size = UInt32(MemoryLayout<hj_stats>.size)
    hj_engine_stats(engine, &stats)
    return stats
  }
}
