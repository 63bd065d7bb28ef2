// What a command decided. The caller's turn owns it; the core keeps none.

import HujiaContainers

/// The answer to one command: who goes and why, or how far a slice of work came. Each command that is carried out
/// begins it anew, whatever it held; `chosen` beyond `answer.count` is never read, so nobody needs to fill one
/// beforehand (`withBlank`).
package struct Decision: BitwiseCopyable {
  package var answer = Answer()
  /// The first `answer.count` are filled.
  package var chosen: InlineArray<16, Chosen>
  package var slice = Slice()

  package init() {
    chosen = .init(repeating: Chosen())
  }
}

/// How far a slice of work came (`tick`, `audit`, `background`, `migrateSlice`, `beats`, `takeEvents`, `tendEpoch`).
package struct Slice: BitwiseCopyable {
  /// Steps fired, incidents moved, lost promises found, heartbeats or events taken.
  package var done = 0
  /// Steps fired into the room of events that were taken.
  package var fired = 0
  /// Where the next slice begins.
  package var next: UInt32 = 0
  /// Steps of offers that are left of the turn's slice.
  package var offerSteps = 0
  package var hasMore = false
  package init() {}
}
