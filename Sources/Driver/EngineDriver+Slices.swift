// Long work of one call, in slices: the baton is free between two, so other calls and deadlines come in between. A
// slice is a number of records, never a time.

import HujiaEngine

extension EngineDriver {
  /// Moves every open incident's clocks to the plans of now; how many were moved. A drain ends it between two slices.
  package func migrateClocks() -> (status: Status, migrated: UInt32) {
    var migrated: UInt32 = 0
    var next: UInt32? = 0
    while let first = next {
      let status = change { core in
        let slice = core.migrateClocks(from: first)
        migrated += slice.changed
        next = slice.next
        return .ok
      }
      guard status == .ok else { return (status, migrated) }
    }
    return (.ok, migrated)
  }

  /// The newest breaches, at most `capacity`, newest first; those that come meanwhile are not among them. Returns how
  /// many were written.
  package func readBreaches(_ capacity: Int, _ body: (Int, Breach, Int64) -> Void) -> Int {
    var written = 0
    var next: UInt32?
    while written < capacity {
      let first = written
      let slice = turn { core in
        var number = next ?? core.breaches.newest
        var count = 0
        while count < min(capacity - first, Self.breachSlice),
          let breach = core.breaches.breach(number: number)
        {
          body(first + count, breach, core.time.now_ns)
          count += 1
          number -= 1
        }
        return (count: count, number: number)
      }
      written += slice.count
      next = slice.number
      if slice.count < Self.breachSlice { break }
    }
    return written
  }

  /// What the plans of now mean for units, watches and what waits, until nothing is left of it.
  func finishBackgroundWork() {
    while turn({ core in
      if core.hasBackgroundWork { core.workInBackground() }
      return core.hasBackgroundWork
    }) {}
  }

  static let breachSlice = 1_024
}
