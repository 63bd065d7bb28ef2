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
      var filled = hj_event(event.assumingMemoryBound(to: Event.self))
      Sized.write(&filled, to: place, size: UInt32(size))
    }
    count.pointee = UInt32(taken)
    return .ok
  }
}

extension hj_event {
  /// Field by field out of where it stands: a value would be copied on its way here.
  @inline(__always)
  init(_ place: UnsafePointer<Event>) {
    self.init()
    kind = place.pointee.kind.rawValue
    sequence = place.pointee.sequence
    incident_id = place.pointee.incidentID
    assignment_id = place.pointee.assignmentID
    unit_id = place.pointee.unitID
    wall_us = place.pointee.wall_us
    due_wall_us = place.pointee.dueWall_us
    clock = Int32(place.pointee.clockByte)
    step = place.pointee.step
    reason = place.pointee.reason
    state = place.pointee.state
    key_high = place.pointee.keyHigh
    key_low = place.pointee.keyLow
    late_ns = place.pointee.late_ns
    action = Int32(place.pointee.actionByte)
    cycle = place.pointee.cycle
    operator_id = place.pointee.operatorID
    plans_version = place.pointee.plansVersion
    epoch = place.pointee.epoch
    watch_id = place.pointee.watchID
    operator_reason = place.pointee.operatorReason
    travel_ms = place.pointee.travel_ms
    operator_session = place.pointee.operatorSession
    operator_role = place.pointee.operatorRole
    outcome = place.pointee.outcome
    place.pointee.reference.copy(to: &reference)
    record = place.pointee.record
    if place.pointee.isRepeated { flags |= HJ_EVENT_FLAG_REPEATED }
    if place.pointee.isUndurable { flags |= HJ_EVENT_FLAG_NOT_DURABLE }
    if place.pointee.isCatchUp { flags |= HJ_EVENT_FLAG_CATCH_UP }
  }
}

@c @implementation
public func hj_events_fd(_ engine: OpaquePointer!) -> Int32 {
  EngineDriver.value(token(engine)) { driver in driver.eventsDescriptor } ?? -1
}
