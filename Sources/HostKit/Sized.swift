// Structs of the header say how large they are. The host says it for its callers.

import CHujia

package protocol Sized {
  init()
  var size: UInt32 { get set }
}

extension Sized {
  /// All zero, but for its size.
  package static var sized: Self {
    var value = Self()
    value.size = UInt32(MemoryLayout<Self>.size)
    return value
  }

  mutating func sayItsSize() { size = UInt32(MemoryLayout<Self>.size) }
}

extension hj_action: Sized {}
extension hj_breach: Sized {}
extension hj_dispatch: Sized {}
extension hj_error_detail: Sized {}
extension hj_event: Sized {}
extension hj_figures: Sized {}
extension hj_figures_query: Sized {}
extension hj_heartbeat: Sized {}
extension hj_incident_status: Sized {}
extension hj_nearest: Sized {}
extension hj_nearest_query: Sized {}
extension hj_position: Sized {}
extension hj_report: Sized {}
extension hj_route_point: Sized {}
extension hj_stats: Sized {}
extension hj_street_time: Sized {}
extension hj_unit: Sized {}
extension hj_unit_status: Sized {}
extension hj_watch: Sized {}
