// A new epoch of travel times takes over: from this turn on every answer is computed on it.

import HujiaRouting

extension EngineCore {
  /// What `EpochStore` must know of the router that it builds for.
  package var servingMetric: (metric: Metric?, hasOneProfile: Bool) {
    (router.serving, router.isOneProfile)
  }

  /// An epoch of which only the number is known: what it decided stands on record. O(1), and its event.
  package mutating func serveAgain(epoch: UInt64) {
    epochBefore = max(epochBefore, epoch)
    emit(Event(.traffic))
  }

  /// O(1), and an event.
  package mutating func serve(_ metric: Metric) {
    _ = router.publish(metric)
    emit(Event(.traffic))
  }
}
