// hj_events_poll, hj_events_fd.

import CHujia
import HujiaDriver

@c @implementation
public func hj_events_poll(
  _ engine: OpaquePointer!, _ events: UnsafeMutablePointer<hj_event>!, _ capacity: UInt32,
  _ count: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  with(engine) { driver in
    guard let count else { return .null }
    count.pointee = 0
    guard capacity > 0 else { return .ok }
    let verdict = Sized.checkOutput(events)
    guard verdict == .ok, let events else { return verdict }
    let size = Sized.size(events)
    let taken = driver.takeEvents(
      Int(capacity), into: UnsafeMutableRawPointer(events), stride: Int(size)
    ) { place, size, event in
      let event = event.assumingMemoryBound(to: Event.self).pointee
      Sized.write(hj_event(event), to: place, size: UInt32(size))
    }
    count.pointee = UInt32(taken)
    return .ok
  }
}

extension hj_event {
  init(_ event: Event) {
    self.init()
    kind = event.kind.rawValue
    sequence = event.sequence
    incident_id = event.incidentID
    assignment_id = event.assignmentID
    unit_id = event.unitID
    wall_us = event.wall_us
    due_wall_us = event.dueWall_us
    clock = event.clock
    step = event.step
    reason = event.reason
    state = event.state
    key_high = event.keyHigh
    key_low = event.keyLow
    late_ns = event.late_ns
    action = event.action
    cycle = event.cycle
    operator_id = event.operatorID
    plans_version = event.plansVersion
    epoch = event.epoch
    watch_id = event.watchID
    operator_reason = event.operatorReason
    travel_ms = event.travel_ms
    operator_session = event.operatorSession
    operator_role = event.operatorRole
    outcome = event.outcome
    event.reference.copy(to: &reference)
  }
}

@c @implementation
public func hj_events_fd(_ engine: OpaquePointer!) -> Int32 {
  EngineDriver.value(token(engine)) { driver in driver.eventsDescriptor } ?? -1
}
