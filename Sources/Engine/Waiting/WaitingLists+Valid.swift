// What must be true of the lists of waiting incidents, for tests.

import HujiaContainers

extension WaitingLists {
  /// The first that does not hold; nil = all do. O(incidents + needs).
  func brokenInvariant() -> StaticString? {
    var listed = 0
    for entry in 0..<needsInUse {
      let need = needEntry(entry)
      guard let inTree = needCount(entry), inTree == Int(need.count) else {
        return "a need counts the incidents in its tree"
      }
      listed += inTree
      let isOfTier = entry < Tier.allCases.count
      if inTree > 0, !isOfTier, !isIndexed(entry) {
        return "a need that waits is found by what it says"
      }
    }
    return listed == count ? nil : "every waiting incident is in the tree of one need"
  }
}
