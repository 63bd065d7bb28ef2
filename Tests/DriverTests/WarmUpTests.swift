// What is done once for a process, and again where it failed.

import HujiaTestSupport
import Testing

@testable import HujiaDriver

@Suite struct WarmUpTests {
  /// An open that finds too little memory leaves its warm-up to the next one.
  @Test func whatFailedIsTriedAgainAndWhatSucceededIsNot() {
    var tries = 0
    for (succeeds, expected) in [(false, 1), (false, 2), (true, 3), (true, 3), (false, 3)] {
      WarmUp.once(.tests) {
        tries += 1
        // One inside the other waits for nothing, and is not done.
        WarmUp.once(.tests) {
          tries += 100
          return true
        }
        return succeeds
      }
      check(tries, equals: expected)
    }
  }
}
