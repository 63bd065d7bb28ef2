// hj_plans_load, _by.

import CHujia
import HujiaDriver

@c @implementation
public func hj_plans_load(
  _ engine: OpaquePointer!, _ json: UnsafePointer<CChar>!, _ length: UInt32,
  _ detail: UnsafeMutablePointer<hj_error_detail>!
) -> hj_status {
  hj_plans_load_by(engine, json, length, detail, nil)
}

@c @implementation
public func hj_plans_load_by(
  _ engine: OpaquePointer!, _ json: UnsafePointer<CChar>!, _ length: UInt32,
  _ detail: UnsafeMutablePointer<hj_error_detail>!, _ action: UnsafePointer<hj_action>!
) -> hj_status {
  with(engine) { driver in
    let (verdict, act) = Check.act(action)
    guard verdict == .ok else { return verdict }
    guard let json else { return .null }
    guard length > 0, length <= 16 << 20 else { return .argument }
    let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(json), count: Int(length))
    return EngineDriver.cold(token(engine)) {
      do throws(Failure) {
        try driver.loadPlans(bytes, act: act)
        return Status.ok
      } catch {
        return Status(rawValue: Detail.fill(detail, error))
      }
    }
  }
}
