// The newest value of each slot: what readers may see while writers are at it, put to sleep in the middle, or outdated.

import HujiaTestSupport
import Synchronization
import Testing

@testable import HujiaContainers

@Suite struct LatestTableTests {
  private func value(_ number: UInt64) -> LatestTable.Value {
    var value = LatestTable.Value(repeating: number)
    value[0] = number & 0xffff_ffff
    return value
  }

  /// The number of a value that is whole; nil for nothing.
  private func number(_ table: borrowing LatestTable, _ slot: UInt32) -> UInt64? {
    guard case .value(let words) = table.read(slot) else { return nil }
    for index in 2..<6 where words[index] != words[1] { return .max }
    return words[0] & 0xffff_ffff == words[1] & 0xffff_ffff ? words[1] : .max
  }

  private func write(
    _ table: borrowing LatestTable, _ slot: UInt32, id: UInt64, _ number: UInt64
  ) -> Bool {
    guard case .claimed(let claim) = table.claim(slot, id: id) else { return false }
    table.write(value(number), under: claim)
    return true
  }

  @Test func writtenAndRead() throws {
    let table = try LatestTable(.system, capacity: 4)
    table.assign(2, id: 77)
    checkNil(number(table, 2))
    for step in 1...9 as ClosedRange<UInt64> {
      check(write(table, 2, id: 77, step))
      check(number(table, 2), equals: step)
      check(table.fresh.popNext(), equals: 2)
      checkNil(table.fresh.popNext())
    }
    check(!write(table, 2, id: 78, 10))
    check(!write(table, 1, id: 77, 10))
    check(number(table, 2), equals: 9)
  }

  @Test func voidAndReassigned() throws {
    let table = try LatestTable(.system, capacity: 1)
    table.assign(0, id: 5)
    check(write(table, 0, id: 5, 1))
    table.void(0)
    checkNil(number(table, 0))
    check(write(table, 0, id: 5, 2))
    check(number(table, 0), equals: 2)
    // A writer of the old unit that comes to its end after the slot has a new one.
    guard case .claimed(let late) = table.claim(0, id: 5) else {
      check(false)
      return
    }
    table.clear(0)
    table.assign(0, id: 6)
    table.write(value(3), under: late)
    checkNil(number(table, 0), "the new owner has no position yet")
    check(!write(table, 0, id: 5, 4))
    check(write(table, 0, id: 6, 5))
    check(number(table, 0), equals: 5)
  }

  /// A writer that was put to sleep in the middle: the last good value stays, and a second writer is told.
  @Test func asleepInTheMiddle() throws {
    let table = try LatestTable(.system, capacity: 1)
    table.assign(0, id: 1)
    check(write(table, 0, id: 1, 1))
    guard case .claimed(let asleep) = table.claim(0, id: 1) else {
      check(false)
      return
    }
    check(number(table, 0), equals: 1)
    if case .busy = table.claim(0, id: 1) { check(true) } else { check(false) }
    table.abandon(asleep)
    check(number(table, 0), equals: 1)
    check(write(table, 0, id: 1, 2))
    check(number(table, 0), equals: 2)
  }

  @Test func neverTorn() throws {
    let shared = Shared(try LatestTable(.system, capacity: 1))
    shared.table.assign(0, id: 1)
    func writer(_ number: UInt64) -> @Sendable () -> Void {
      {
        for step in 1...30_000 as ClosedRange<UInt64> {
          _ = self.write(shared.table, 0, id: 1, step * 2 + number)
        }
        shared.ended.add(1, ordering: .releasing)
      }
    }
    onThreads([
      writer(0), writer(1),
      {
        var torn = 0
        repeat {
          if self.number(shared.table, 0) == .max { torn += 1 }
        } while shared.ended.load(ordering: .acquiring) < 2
        check(torn, equals: 0, "\(torn) torn")
      },
    ])
    check(number(shared.table, 0) != nil)
  }

  private final class Shared: Sendable {
    let table: LatestTable
    let ended = Atomic<Int>(0)
    init(_ table: consuming LatestTable) { self.table = table }
  }
}
