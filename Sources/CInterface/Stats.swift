// hj_engine_stats: counters, read without the baton.

import CHujia
import HujiaDriver

@c @implementation
public func hj_engine_stats(
  _ engine: OpaquePointer!, _ stats: UnsafeMutablePointer<hj_stats>!
) -> hj_status {
  with(engine) { driver in
    let status = Sized.checkOutput(stats)
    guard status == .ok, let stats else { return status }
    var filled = hj_stats()
    filled.abi_version = UInt32(HJ_ABI_VERSION)
    withUnsafeMutableBytes(of: &filled.allocator) { Detail.store(driver.allocatorName, $0) }
    filled.memory_bytes = driver.memory_bytes
    filled.posts = driver.postsTaken
    filled.posts_waiting_high = driver.postsWaitingHigh
    filled.map_nodes = Int64(driver.map.placeCount)
    filled.map_streets = Int64(driver.map.streetCount)
    fillDecisions(&filled, driver)
    fillClocks(&filled, driver)
    fillTables(&filled, driver)
    fillTraffic(&filled, driver.trafficFigures)
    fillIngest(&filled, driver)
    fillWatches(&filled, driver)
    Sized.write(&filled, to: UnsafeMutableRawPointer(stats), size: Sized.size(stats))
    return .ok
  }
}

private func fillDecisions(_ stats: inout hj_stats, _ driver: EngineDriver) {
  stats.reports = driver.counter(Counter.reports)
  stats.decisions = driver.counter(Counter.decisions)
  stats.refused = driver.counter(Counter.refused)
  stats.repeated = driver.counter(Counter.repeated)
  stats.manual = driver.counter(Counter.manual)
  stats.shortfalls = driver.counter(Counter.shortfalls)
  stats.keys_evicted = driver.counter(Counter.keysEvicted)
  stats.incidents_opened = driver.counter(Counter.incidentsOpened)
  stats.incidents_closed = driver.counter(Counter.incidentsClosed)
  stats.assignments_opened = driver.counter(Counter.assignmentsOpened)
  stats.assignments_acknowledged = driver.counter(Counter.assignmentsAcknowledged)
  stats.assignments_declined = driver.counter(Counter.assignmentsDeclined)
  stats.assignments_expired = driver.counter(Counter.assignmentsExpired)
}

private func fillClocks(_ stats: inout hj_stats, _ driver: EngineDriver) {
  stats.escalations = driver.counter(Counter.escalations)
  stats.late_deadlines = driver.counter(Counter.lateDeadlines)
  stats.late_p50_ns = driver.counter(Counter.latenessP50_ns)
  stats.late_p99_ns = driver.counter(Counter.latenessP99_ns)
  stats.worst_lateness_ns = driver.counter(Counter.worstLateness_ns)
  stats.escalations_waiting = driver.counter(Counter.escalationsWaiting)
  stats.events_written = driver.counter(Counter.eventsWritten)
  stats.events_lost = driver.counter(Counter.eventsLost)
  stats.events_waiting = driver.counter(Counter.eventsWaiting)
  stats.turns = driver.counter(Counter.turns)
  stats.longest_turn_ns = driver.counter(Counter.longestTurn_ns)
}

private func fillTables(_ stats: inout hj_stats, _ driver: EngineDriver) {
  stats.positions_accepted = driver.ingestCounter(IngestCounter.fixes(.accepted))
  stats.positions_refused = driver.fixesRefused
  stats.units = driver.counter(Counter.units)
  stats.units_high = driver.counter(Counter.unitsHigh)
  stats.incidents_open = driver.counter(Counter.incidentsOpen)
  stats.incidents_open_high = driver.counter(Counter.incidentsOpenHigh)
  stats.assignments_live = driver.counter(Counter.assignmentsLive)
  stats.assignments_live_high = driver.counter(Counter.assignmentsLiveHigh)
  stats.deadlines_armed = driver.counter(Counter.deadlinesArmed)
  stats.deadlines_armed_high = driver.counter(Counter.deadlinesArmedHigh)
}

private func fillTraffic(_ stats: inout hj_stats, _ traffic: EngineDriver.TrafficFigures) {
  stats.traffic_epoch = traffic.epoch
  stats.traffic_reports = traffic.accepted
  stats.traffic_refused = traffic.refused
  stats.traffic_pending = traffic.pending
  stats.epochs_built = traffic.built
  stats.epochs_mended = traffic.mended
  stats.epoch_build_ns = traffic.lastBuild_ns
  stats.epoch_build_longest_ns = traffic.longestBuild_ns
}

private func fillIngest(_ stats: inout hj_stats, _ driver: EngineDriver) {
  stats.positions_unknown_unit = driver.ingestCounter(IngestCounter.fixes(.unknownUnit))
  stats.positions_out_of_range = driver.ingestCounter(IngestCounter.fixes(.range))
  stats.positions_inaccurate = driver.ingestCounter(IngestCounter.fixes(.accuracy))
  stats.positions_future = driver.ingestCounter(IngestCounter.fixes(.future))
  stats.positions_old = driver.ingestCounter(IngestCounter.fixes(.older))
  stats.positions_too_fast = driver.ingestCounter(IngestCounter.fixes(.speed))
  stats.positions_busy = driver.ingestCounter(IngestCounter.fixes(.busy))
  stats.calls_added = driver.counter(Counter.callsAdded)
  stats.positions_off_duty = driver.ingestCounter(IngestCounter.fixes(.offDuty))
  stats.stalls = driver.ingestCounter(IngestCounter.stalls)
  stats.longest_stall_ns = driver.ingestCounter(IngestCounter.longestStall_ns)
  stats.calls_combined = driver.baton.helpedCount
  stats.calls_handed_over = driver.baton.handedOverCount
  stats.calls_ahead_high = driver.baton.mostAheadCount
  stats.longest_wait_ns = driver.baton.longestWait_ns
  stats.events_waiting_high = driver.counter(Counter.eventsWaitingHigh)
}

private func fillWatches(_ stats: inout hj_stats, _ driver: EngineDriver) {
  stats.watches = driver.counter(Counter.watches)
  stats.watches_high = driver.counter(Counter.watchesHigh)
  stats.watch_beats = driver.counter(Counter.watchBeats)
  stats.watch_beats_refused = driver.counter(Counter.watchBeatsRefused)
  stats.watch_alarms = driver.counter(Counter.watchAlarms)
  stats.absences = driver.counter(Counter.absences)
  stats.audit_runs = driver.counter(Counter.auditRuns)
  stats.audit_found = driver.counter(Counter.auditFound)
  stats.breaches = driver.counter(Counter.breaches)
}
