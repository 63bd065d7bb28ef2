// What changes the engine. Statuses come back as they are: what each means is the caller's to say.

import CHujia

extension Host {
  /// A decision: its status and what was decided.
  package typealias Decision = (status: hj_status, answer: hj_dispatch)

  private func decide(
    _ report: hj_report,
    _ ask: (UnsafePointer<hj_report>, UnsafeMutablePointer<hj_dispatch>) -> hj_status
  ) -> Decision {
    var report = report
    report.sayItsSize()
    var answer = hj_dispatch.sized
    let status = ask(&report, &answer)
    return (status, answer)
  }

  package func report(_ report: hj_report) -> Decision {
    decide(report) { hj_incident_report(engine, $0, $1) }
  }

  /// The same without a copy, where the time of the call counts. Both must say their size.
  package func report(_ report: inout hj_report, into answer: inout hj_dispatch) -> hj_status {
    hj_incident_report(engine, &report, &answer)
  }

  package func selfInitiated(_ unit: UInt64, _ report: hj_report) -> Decision {
    decide(report) { hj_unit_self_initiated(engine, unit, $0, $1) }
  }

  package func recommend(_ report: hj_report) -> Decision {
    decide(report) { hj_incident_recommend(engine, $0, $1) }
  }

  package func update(_ incident: UInt64, _ report: hj_report) -> Decision {
    decide(report) { hj_incident_update(engine, incident, $0, $1) }
  }

  package func post(_ report: hj_report) -> hj_status {
    var report = report
    report.sayItsSize()
    return hj_incident_post(engine, &report)
  }

  package func assign(_ incident: UInt64, _ unit: UInt64) -> (
    status: hj_status, assignment: UInt64
  ) {
    var assignment: UInt64 = 0
    let status = hj_incident_assign(engine, incident, unit, 0, &assignment)
    return (status, assignment)
  }

  package func divert(_ assignment: UInt64, to incident: UInt64, isForced: Bool = false) -> (
    status: hj_status, assignment: UInt64
  ) {
    var fresh: UInt64 = 0
    var action = hj_action.sized
    action.reason = isForced ? 1 : 0
    action.force = isForced ? 1 : 0
    let status = hj_assignment_divert_by(engine, assignment, incident, 0, &fresh, &action)
    return (status, fresh)
  }

  package func cancel(_ incident: UInt64) -> hj_status { hj_incident_cancel(engine, incident, 0) }
  /// With disposition 1: dealt with.
  package func close(_ incident: UInt64) -> hj_status { hj_incident_close(engine, incident, 1, 0) }

  package func advance(_ assignment: UInt64, _ state: Int32) -> hj_status {
    hj_assignment_advance(engine, assignment, state, 0)
  }

  /// By a person, with a reason.
  package func advance(
    _ assignment: UInt64, _ state: Int32, operator person: UInt64, reason: UInt32
  ) -> hj_status {
    var action = hj_action.sized
    action.reason = reason
    action.operator_id = person
    return hj_assignment_advance_by(engine, assignment, state, 0, &action)
  }

  package func put(_ unit: hj_unit) -> hj_status {
    var unit = unit
    unit.sayItsSize()
    return hj_unit_put(engine, &unit)
  }

  package func remove(unit: UInt64) -> hj_status { hj_unit_remove(engine, unit) }

  package func setActivity(_ unit: UInt64, _ activity: Int32) -> hj_status {
    hj_unit_set_activity(engine, unit, activity, 0)
  }

  /// A fix of a unit without heading and speed.
  package static func fix(_ unit: UInt64, at place: Location, wall_us: Int64 = 0) -> hj_position {
    var fix = hj_position.sized
    fix.unit_id = unit
    fix.lat_e7 = place.lat_e7
    fix.lon_e7 = place.lon_e7
    fix.wall_us = wall_us
    fix.heading_cdeg = .min  // HJ_UNKNOWN
    fix.speed_cms = .min
    return fix
  }

  /// The fixes must say their size, at least the first.
  package func positions(_ fixes: UnsafeBufferPointer<hj_position>) -> (
    status: hj_status, accepted: UInt32
  ) {
    var accepted: UInt32 = 0
    if successor != nil { remember(fixes) }
    let status = hj_positions_report(engine, fixes.baseAddress, UInt32(fixes.count), &accepted)
    return (status, accepted)
  }

  package func streetTime(_ time: hj_street_time) -> (status: hj_status, isTaken: Bool) {
    var time = time
    time.sayItsSize()
    var taken: UInt32 = 0
    let status = hj_traffic_report_each(engine, &time, 1, nil, &taken)
    return (status, taken == 1)
  }

  /// Each must say its size. What became of each, in their order.
  package func streetTimes(
    _ times: [hj_street_time]
  ) -> (status: hj_status, verdicts: [hj_status]) {
    var verdicts = [hj_status](repeating: HJ_OK, count: times.count)
    let status = hj_traffic_report_each(engine, times, UInt32(times.count), &verdicts, nil)
    return (status, verdicts)
  }

  /// Moves the clock of HJ_RUN_POLL; `most` items of work if not 0. Says when the next poll is due.
  package func poll(
    now_ns: Int64, wall_us: Int64, most: UInt32 = 0
  ) -> (status: hj_status, next_ns: Int64) {
    var next_ns: Int64 = 0
    successor?.lastPoll = (now_ns, wall_us, most)
    let status = hj_engine_poll(engine, now_ns, wall_us, most, &next_ns)
    // It died within this poll: the other goes on with it.
    if let successor, isReached(successor, isPast: true) { return takeOver(successor) }
    return (status, next_ns)
  }

  // Events

  /// Readable when an event waits.
  package var eventsDescriptor: Int32 { hj_events_fd(engine) }

  /// Takes all waiting events in order, a `room` full at a time.
  package func takeEvents<Broken>(
    _ room: inout [hj_event], _ body: (hj_event) throws(Broken) -> Void
  ) throws(Broken) -> hj_status {
    while true {
      room[0].sayItsSize()
      var count: UInt32 = 0
      let status = hj_events_poll(engine, &room, UInt32(room.count), &count)
      guard status == HJ_OK else { return status }
      for index in 0..<Int(count) {
        // What came before the crash comes again; it was handled.
        if kept != nil, room[index].sequence <= newestEvent { continue }
        newestEvent = max(newestEvent, room[index].sequence)
        try body(room[index])
      }
      if Int(count) < room.count { return status }
    }
  }

  package static func roomForEvents(_ count: Int) -> [hj_event] {
    [hj_event](repeating: hj_event(), count: count)
  }
}
