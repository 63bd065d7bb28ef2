// What must be true of the lists of waiting incidents, for tests.

import HujiaContainers

extension WaitingLists {
  /// Between two commands. O(incidents + needs).
  func validate(_ invariants: inout Invariants) {
    var listed = 0
    for entry in 0..<needsInUse {
      let need = needEntry(entry)
      let inTree = needCount(entry)
      invariants.hold(
        inTree == Int(need.count), "a need counts the incidents in its tree", entry)
      listed += inTree ?? 0
      let isOfTier = entry < Tier.allCases.count
      invariants.hold(
        inTree == 0 || isOfTier || isIndexed(entry), "a need that waits is found by what it says",
        entry)
    }
    invariants.hold(listed == count, "every waiting incident is in the tree of one need", listed)
  }
}
