// What needs no engine: strings that last, whether a status means taken, degrees. Words, sentences and the version are
// generated (Names.swift, StatusText.swift).

import CHujia
import HujiaDriver

/// A string that lives as long as the library.
func constant(_ text: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

@c @implementation
public func hj_is_taken(_ status: hj_status) -> Int32 { Status(rawValue: status).isTaken ? 1 : 0 }

@c @implementation
public func hj_e7_from_degrees(
  _ lat: Double, _ lon: Double, _ lat_e7: UnsafeMutablePointer<Int32>!,
  _ lon_e7: UnsafeMutablePointer<Int32>!
) -> hj_status {
  guard let lat_e7, let lon_e7 else { return Status.null.rawValue }
  // Comparisons with NaN are false, so NaN is refused here too.
  guard lat >= -90, lat <= 90, lon >= -180, lon <= 180 else { return Status.range.rawValue }
  lat_e7.pointee = Int32((lat * 1e7).rounded())
  lon_e7.pointee = Int32((lon * 1e7).rounded())
  return Status.ok.rawValue
}

@c @implementation
public func hj_degrees_from_e7(_ e7: Int32) -> Double { Double(e7) / 1e7 }
