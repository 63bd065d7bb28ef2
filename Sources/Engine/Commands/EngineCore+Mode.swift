// Sending by hand 人工调度: a person takes the sending over, or gives it back.

extension EngineCore {
  /// In MANUAL the engine sends nobody by itself. What it would do is told, and what would have been served waits.
  /// Given back, all units are offered to what waits, the most urgent first: background work, in slices. O(1).
  mutating func set(isManual: Bool, act: Act) -> Status {
    guard mode.isManual != isManual else { return .unchanged }
    mode.isManual = isManual
    counters.set(Counter.isManual, isManual ? 1 : 0)
    if isManual { offerSweep.isUnderWay = false } else { sweepOffers() }
    tellMode(act)
    return .ok
  }

  /// The host hears how the engine works, and what is wrong with it.
  mutating func tellMode(_ act: Act) {
    var event = Event(.mode)
    event.state = mode.number
    event.step = Int32(bitPattern: mode.reasons)
    event.sign(act)
    emit(event)
  }
}
