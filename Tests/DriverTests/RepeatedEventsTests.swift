// Events that come again, beside a plain list of them.

import HujiaTestSupport
import Testing

@testable import HujiaDriver
@testable import HujiaEngine

@Suite struct RepeatedEventsTests {
  private static func events(_ sequences: some Sequence<UInt64>) -> [Event] {
    sequences.map { sequence in
      var event = Event(.decided)
      event.sequence = sequence
      return event
    }
  }

  /// Taken and acknowledged in any order, with gaps between the numbers.
  @Test func whatIsLeftIsAsOfAPlainList() {
    for seed in UInt64(1)...300 {
      var random = SplitMix64(seed)
      var sequence: UInt64 = 0
      let numbers = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        sequence += .random(in: 1...3, using: &random)
        return sequence
      }
      var plain = numbers
      var repeated = RepeatedEvents(Self.events(numbers))
      for _ in 0..<30 {
        if Bool.random(using: &random) {
          repeated.removeOldest()
          if !plain.isEmpty { plain.removeFirst() }
        } else {
          let upTo = UInt64.random(in: 0...sequence + 2, using: &random)
          repeated.forget(upTo: upTo)
          plain.removeAll { $0 <= upTo }
        }
        check(repeated.oldest?.sequence, equals: plain.first)
        check(repeated.isEmpty, equals: plain.isEmpty)
        #expect(repeated.oldest?.isRepeated != false)
      }
    }
  }

  /// An acknowledgement is one turn, whatever it acknowledges.
  @Test func aTurnLooksAtAFew() {
    for upTo in [0, 1, 40_000, 65_535, 65_536, UInt64.max] {
      var repeated = RepeatedEvents(Self.events(1...65_536))
      check(repeated.forget(upTo: upTo), atMost: 17)
      check(repeated.oldest?.sequence, equals: upTo < 65_536 ? upTo + 1 : nil)
    }
  }
}
