// A place that is none.

import HujiaRoads

extension Place {
  /// No place at all (0/0 off the streets): nothing can be driven to, or from there. Here and not with `Place`, because
  /// a call into another module would copy the place first.
  @inline(__always) var isNowhere: Bool {
    street == .max && lat_e7 == 0 && lon_e7 == 0
  }
}
