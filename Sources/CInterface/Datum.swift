// hj_datum_convert. No engine is needed.

import CHujia
import HujiaDriver

@c @implementation
public func hj_datum_convert(
  _ from: Int32, _ to: Int32, _ lat_e7: UnsafeMutablePointer<Int32>!,
  _ lon_e7: UnsafeMutablePointer<Int32>!
) -> hj_status {
  guard let lat_e7, let lon_e7 else { return Status.null.rawValue }
  guard Check.isDatum(from), Check.isDatum(to) else { return Status.argument.rawValue }
  guard Check.isPlace(lat_e7.pointee, lon_e7.pointee) else { return Status.range.rawValue }
  let point = EngineDriver.converted(
    lat_e7: lat_e7.pointee, lon_e7: lon_e7.pointee, from: from, to: to)
  lat_e7.pointee = point.lat_e7
  lon_e7.pointee = point.lon_e7
  return Status.ok.rawValue
}
