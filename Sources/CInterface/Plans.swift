// hj_plans_load.

import CHujia
import HujiaDriver

@c @implementation
public func hj_plans_load(
  _ engine: OpaquePointer!, _ json: UnsafePointer<CChar>!, _ length: UInt32,
  _ detail: UnsafeMutablePointer<hj_error_detail>!
) -> hj_status {
  with(engine) { driver in
    guard let json else { return .null }
    guard length > 0, length <= 16 << 20 else { return .argument }
    let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(json), count: Int(length))
    return EngineDriver.cold(token(engine)) {
      do throws(Failure) {
        try driver.loadPlans(bytes)
        return Status.ok
      } catch {
        return Status(rawValue: Detail.fill(detail, error))
      }
    }
  }
}
