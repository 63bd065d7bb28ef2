// Callers that wait for the disk: a batch wakes those of its records, nobody else, and none is left behind.

import HujiaContainers
import Testing

@testable import HujiaJournal

@Suite struct WaiterTests {
  @Test func aBatchWakesItsOwnAlone() {
    var waiters = Waiters()
    let early = waiters.bed(for: 10)
    waiters.depart(10)
    #expect(waiters.bed(for: 10) === early, "it lay down before the batch set out")
    #expect(waiters.bed(for: 11) !== early)
    let woken = waiters.arrive(10)
    #expect(woken.0 === early)
    #expect(woken.1 == nil)
  }

  @Test func thoseOfTheNextBatchLieApart() {
    var waiters = Waiters()
    waiters.depart(10)
    let later = waiters.bed(for: 11)
    _ = waiters.arrive(10)
    #expect(waiters.bed(for: 12) === later, "nothing is on its way")
    waiters.depart(12)
    #expect(waiters.arrive(12).0 === later)
  }

  @Test func whatIsNotThatBatchWakesAll() {
    for record: UInt64 in [0, 9, 11] {
      var waiters = Waiters()
      waiters.depart(10)
      let beds = [waiters.bed(for: 10), waiters.bed(for: 11)]
      let woken = waiters.arrive(record)
      #expect(woken.0 === beds[0] && woken.1 === beds[1], "\(record)")
    }
    var waiters = Waiters()
    let bed = waiters.bed(for: 1)
    let woken = waiters.arrive(5)
    #expect(woken.0 === bed || woken.1 === bed, "a segment behind a gap settles what no batch has")
  }
}
