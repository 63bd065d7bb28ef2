// Work that no caller waits for, a slice at a time.

extension EngineCore {
  /// Whether background work is left: offers to what waits, limits of watches.
  package var hasBackgroundWork: Bool { hasOffersLeft || watchSweep != nil }

  /// One slice of it: a number of steps, so the same calls meet it at the same place. It goes as far as the steps left
  /// of the turn's slice of offers do. O(slice).
  mutating func workInBackground(_ offerSteps: inout Int, _ decision: inout Decision) {
    if watchSweep != nil { rearmWatches() }
    if hasOffersLeft { workOffers(&offerSteps, &decision) }
  }
}
