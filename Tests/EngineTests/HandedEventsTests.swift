// What is true of events that were handed out is asked of them: a broken order and a number of the future are named.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct HandedEventsTests {
  private func broken(_ sequences: [UInt64], newest: UInt64) throws -> String? {
    var handed = try HandedEvents(.system, capacity: 4)
    for sequence in sequences {
      var event = Event.blank
      event.sequence = sequence
      handed.note(event)
    }
    var invariants = Invariants()
    handed.validate(&invariants, newest: newest)
    return invariants.broken.map { "\($0.words)" }
  }

  @Test func theirNumbersRise() throws {
    #expect(try broken([1, 2, 5], newest: 5) == nil)
    #expect(try broken([1, 2, 3, 4, 5], newest: 5) == nil, "the oldest goes")
    #expect(try broken([], newest: 0) == nil)
    #expect(try broken([1, 2, 2], newest: 5) == "events that were handed out stand in order")
    #expect(try broken([3, 2], newest: 5) == "events that were handed out stand in order")
    #expect(try broken([1, 6], newest: 5) == "an event that was handed out has been written")
  }
}
