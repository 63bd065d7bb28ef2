// Keys by age against a plain dictionary: known for their retention, whatever comes besides; unknown from then on; the
// oldest goes first where the room is short.

import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct KeyTests {
  private struct Known {
    var key: UInt64
    var caller: UInt64
    var incident: UInt64
    var taken_s: Int64
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func aKeyIsKnownForItsRetentionAndNoLonger(_ seed: UInt64) throws {
    var random = SplitMix64(seed)
    let retention_s = Int64(1 + random.below(50))
    let capacity = 1 + Int(random.below(24))
    let bench = try Bench(
      Bench.row(), incidents: 16, events: 16, keys: capacity,
      keyRetention_ns: retention_s * Bench.second_ns)
    var book: [Known] = []
    var evicted = 0
    var now_s: Int64 = 0
    var seen: [Int32: Int] = [:]
    for _ in 0..<1_500 {
      now_s += Int64(random.below(random.below(10) == 0 ? 80 : 4))
      // The wall clock says nothing about age.
      bench.wall_us += Int64(random.below(3)) * 86_400_000_000 - 86_400_000_000
      bench.poll(s: Double(now_s))
      let key = 1 + UInt64(random.below(12))
      let caller = UInt64(random.below(3))
      let known = book.last { $0.key == key && now_s - $0.taken_s < retention_s }
      let status = bench.report(bench.call(bench.node(1), key: key, caller: caller))
      seen[status.rawValue, default: 0] += 1
      if let known {
        check(status, equals: (known.caller == caller ? .exists : .conflict))
        if status == .exists { check(bench.decision.answer.incidentID, equals: known.incident) }
      } else {
        check(status, equals: .ok)
        // Room is made only by age and by number, the oldest first.
        let alive = book.filter { now_s - $0.taken_s < retention_s }
        if alive.count == capacity { evicted += 1 }
        book = (book.count > 100 ? Array(book.suffix(100)) : book)
        if alive.count == capacity, let oldest = alive.first {
          book.removeAll { $0.key == oldest.key && $0.taken_s == oldest.taken_s }
        }
        book.append(
          Known(
            key: key, caller: caller, incident: bench.decision.answer.incidentID, taken_s: now_s))
        bench.close(bench.decision.answer.incidentID)
      }
      check(bench.core.validate() == nil)
      _ = bench.drain()
    }
    check(bench.counter(Counter.keysEvicted), equals: Int64(evicted))
    check(seen[Status.ok.rawValue, default: 0], above: 50)
    check(seen[Status.exists.rawValue, default: 0], above: 0)
  }

  /// Yesterday's key says nothing about today's emergency, also when nothing came in between.
  @Test func anOldKeyIsGoneWithoutOthersToPushItOut() throws {
    let bench = try Bench(Bench.row(), keys: 64, keyRetention_ns: 100 * Bench.second_ns)
    for key in 1...40 as ClosedRange<UInt64> {
      check(bench.report(bench.call(bench.node(1), key: key, caller: 1)), equals: .ok)
      bench.close(bench.decision.answer.incidentID)
    }
    bench.poll(100 * Bench.second_ns - 1)
    check(bench.report(bench.call(bench.node(1), key: 40, caller: 2)), equals: .conflict)
    bench.poll(s: 100)
    for key in (1...40 as ClosedRange<UInt64>).reversed() {
      check(bench.report(bench.call(bench.node(1), key: key, caller: 2)), equals: .ok, "key \(key)")
      bench.close(bench.decision.answer.incidentID)
      check(bench.report(bench.call(bench.node(1), key: key, caller: 2)), equals: .exists)
      check(bench.core.validate() == nil)
    }
  }
}
