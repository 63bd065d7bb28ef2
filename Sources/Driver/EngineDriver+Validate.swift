// The simulator asks after every command whether what must be true between two commands is true.

import HujiaEngine

extension EngineDriver {
  /// The first invariant of the engine that does not hold, in words; nil = all do. Waits for the baton. O(all tables).
  package static func brokenInvariant(_ token: UInt) -> String? {
    let found = value(token) { driver -> BrokenInvariant? in
      driver.baton.take()
      let broken = driver.core.pointee.validate()
      driver.baton.give()
      return broken
    }
    guard let found, let broken = found else { return nil }
    return "\(broken.words) [\(broken.number)]"
  }
}
