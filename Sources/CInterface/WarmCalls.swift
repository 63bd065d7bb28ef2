// The calls of an engine once through, at the first hj_engine_open of a process: what the Swift runtime does once for
// them is then done before any fork (Driver/WarmUp.swift says why). Polled, without streets, on no thread.

import CHujia
import HujiaDriver

enum WarmCalls {
  @inline(__always) static func once() { EngineDriver.warmUp(calls) }

  private static func size<Value>(_ value: Value) -> UInt32 { UInt32(MemoryLayout<Value>.size) }

  /// Whether all were made: not when there is no memory for the engine.
  private static func calls() -> Bool {
    var config = hj_config()
    _ = hj_config_init(&config, size(config))
    config.size = size(config)
    config.run_mode = HJ_RUN_POLL
    config.max_units = 2
    config.max_incidents = 2
    config.max_assignments = 2
    config.event_capacity = 16
    config.post_capacity = 2
    config.max_watches = 0
    config.max_clients = 0
    config.figure_types = 0
    config.figure_agencies = 0
    config.figure_beats = 0
    config.breach_capacity = 0
    var detail = hj_error_detail()
    detail.size = size(detail)
    var engine: OpaquePointer?
    guard hj_engine_open(&config, &engine, &detail) == HJ_OK else { return false }
    use(engine)
    let broken = "{}"
    _ = hj_plans_load(engine, broken, UInt32(broken.utf8.count), &detail)
    return hj_engine_close(engine) == HJ_OK
  }

  /// One unit, one call from receipt to the end, its events.
  private static func use(_ engine: OpaquePointer?) {
    var unit = hj_unit()
    unit.size = size(unit)
    unit.id = 1
    unit.lat_e7 = 10
    unit.lon_e7 = 10
    _ = hj_unit_put(engine, &unit)
    var position = hj_position()
    position.size = size(position)
    position.unit_id = 1
    position.lat_e7 = 10
    position.lon_e7 = 10
    _ = hj_positions_report(engine, &position, 1, nil)
    var report = hj_report()
    report.size = size(report)
    report.lat_e7 = 10
    report.lon_e7 = 10
    var dispatch = hj_dispatch()
    dispatch.size = size(dispatch)
    _ = hj_incident_report(engine, &report, &dispatch)
    _ = hj_incident_post(engine, &report)
    _ = hj_assignment_advance(
      engine, dispatch.chosen.0.assignment_id, HJ_ASSIGNMENT_ACKNOWLEDGED, 0)
    _ = hj_engine_poll(engine, 1, 1, 0, nil)
    _ = hj_incident_cancel(engine, dispatch.incident_id, 0)
    var event = hj_event()
    event.size = size(event)
    var count: UInt32 = 0
    while hj_events_poll(engine, &event, 1, &count) == HJ_OK, count > 0 {}
    var stats = hj_stats()
    stats.size = size(stats)
    _ = hj_engine_stats(engine, &stats)
    var status = hj_unit_status()
    status.size = size(status)
    _ = hj_unit_read(engine, 1, &status)
    var nearest = hj_nearest()
    nearest.size = size(nearest)
    var query = hj_nearest_query()
    query.size = size(query)
    query.lat_e7 = 10
    query.lon_e7 = 10
    query.k = 1
    _ = hj_nearest_units(engine, &query, &nearest, 1, &count)
  }
}
