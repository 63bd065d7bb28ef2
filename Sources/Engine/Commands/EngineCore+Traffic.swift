// A new epoch of travel times takes over: from this turn on every answer is computed on it.

import HujiaRouting

extension EngineCore {
  /// What `EpochStore` must know of the router that it builds for.
  package var servingMetric: (metric: Metric?, hasOneProfile: Bool) {
    (router.serving, router.isOneProfile)
  }

  /// The epoch that answers; 0 = the map's own travel times.
  package var epoch: UInt64 { router.epoch }

  /// O(1), and an event.
  package mutating func serve(_ metric: Metric) {
    _ = router.publish(metric)
    emit(Event(.traffic))
  }
}
