// hj_traffic_report, hj_traffic_report_each, hj_traffic_report_by.

import CHujia
import HujiaDriver

@c @implementation
public func hj_traffic_report(
  _ engine: OpaquePointer!, _ times: UnsafePointer<hj_street_time>!, _ count: UInt32
) -> hj_status {
  hj_traffic_report_each(engine, times, count, nil, nil)
}

@c @implementation
public func hj_traffic_report_each(
  _ engine: OpaquePointer!, _ times: UnsafePointer<hj_street_time>!, _ count: UInt32,
  _ verdicts: UnsafeMutablePointer<hj_status>!, _ accepted: UnsafeMutablePointer<UInt32>!
) -> hj_status {
  hj_traffic_report_by(engine, times, count, verdicts, accepted, nil)
}

@c @implementation
public func hj_traffic_report_by(
  _ engine: OpaquePointer!, _ times: UnsafePointer<hj_street_time>!, _ count: UInt32,
  _ verdicts: UnsafeMutablePointer<hj_status>!, _ accepted: UnsafeMutablePointer<UInt32>!,
  _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    accepted?.pointee = 0
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard count <= 1_048_576 else { return .argument }
    guard count > 0 else { return .ok }
    guard let times else { return .null }
    let first = UnsafeRawPointer(times)
    let status = Sized<hj_street_time>.check(first)
    guard status == .ok else { return status }
    let stride = Int(first.loadUnaligned(as: UInt32.self))
    let answer = EngineDriver.cold(token(engine)) {
      driver.reportTraffic(
        Int(count), act: act,
        { streetTime(Sized<hj_street_time>.copy(first + $0 * stride, size: stride)) },
        { verdicts?[$0] = $1.rawValue })
    }
    accepted?.pointee = UInt32(answer.accepted)
    return answer.status
  }
}

/// nil: refused, and why.
private func streetTime(_ given: hj_street_time) -> (Status, StreetTime?) {
  guard let direction = StreetDirection(rawValue: given.direction) else {
    return (.argument, nil)
  }
  var profile: Profile?
  if given.profile != 0 {
    guard let only = Check.profile(given.profile) else { return (.argument, nil) }
    profile = only
  }
  let time: StreetTime.Time
  switch given.travel_ms {
  case UInt32.max: time = .closed
  case UInt32.max - 1: time = .asMapped
  case StreetTime.range_ms: time = .travel(ms: given.travel_ms)
  default: return (.argument, nil)
  }
  return (
    .ok,
    StreetTime(streetID: given.street_id, time: time, direction: direction, profile: profile)
  )
}
