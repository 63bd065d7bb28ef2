// hj_engine_stats: counters, read without the baton.

import CHujia
import HujiaDriver
import HujiaEngine

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
    filled.map_nodes = Int64(driver.map.nodeCount)
    filled.map_streets = Int64(driver.map.streetCount)
    fillDecisions(&filled, driver)
    fillClocks(&filled, driver)
    fillTables(&filled, driver)
    Sized.write(filled, to: UnsafeMutableRawPointer(stats), size: Sized.size(stats))
    return .ok
  }
}

private func fillDecisions(_ stats: inout hj_stats, _ driver: EngineDriver) {
  stats.reports = driver.counters.read(Counter.reports)
  stats.decisions = driver.counters.read(Counter.decisions)
  stats.refused = driver.counters.read(Counter.refused)
  stats.repeated = driver.counters.read(Counter.repeated)
  stats.manual = driver.counters.read(Counter.manual)
  stats.shortfalls = driver.counters.read(Counter.shortfalls)
  stats.keys_evicted = driver.counters.read(Counter.keysEvicted)
  stats.incidents_opened = driver.counters.read(Counter.incidentsOpened)
  stats.incidents_closed = driver.counters.read(Counter.incidentsClosed)
  stats.assignments_opened = driver.counters.read(Counter.assignmentsOpened)
  stats.assignments_acknowledged = driver.counters.read(Counter.assignmentsAcknowledged)
  stats.assignments_declined = driver.counters.read(Counter.assignmentsDeclined)
  stats.assignments_expired = driver.counters.read(Counter.assignmentsExpired)
}

private func fillClocks(_ stats: inout hj_stats, _ driver: EngineDriver) {
  stats.escalations = driver.counters.read(Counter.escalations)
  stats.late_deadlines = driver.counters.read(Counter.lateDeadlines)
  stats.worst_lateness_ns = driver.counters.read(Counter.worstLateness_ns)
  stats.escalations_waiting = driver.counters.read(Counter.escalationsWaiting)
  stats.events_written = driver.counters.read(Counter.eventsWritten)
  stats.events_lost = driver.counters.read(Counter.eventsLost)
  stats.events_waiting = driver.counters.read(Counter.eventsWaiting)
  stats.turns = driver.counters.read(Counter.turns)
  stats.longest_turn_ns = driver.counters.read(Counter.longestTurn_ns)
}

private func fillTables(_ stats: inout hj_stats, _ driver: EngineDriver) {
  stats.positions_accepted = driver.counters.read(Counter.positionsAccepted)
  stats.positions_refused = driver.counters.read(Counter.positionsRefused)
  stats.units = driver.counters.read(Counter.units)
  stats.units_high = driver.counters.read(Counter.unitsHigh)
  stats.incidents_open = driver.counters.read(Counter.incidentsOpen)
  stats.incidents_open_high = driver.counters.read(Counter.incidentsOpenHigh)
  stats.assignments_live = driver.counters.read(Counter.assignmentsLive)
  stats.assignments_live_high = driver.counters.read(Counter.assignmentsLiveHigh)
  stats.deadlines_armed = driver.counters.read(Counter.deadlinesArmed)
  stats.deadlines_armed_high = driver.counters.read(Counter.deadlinesArmedHigh)
}
