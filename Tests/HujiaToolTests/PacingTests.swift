// Intended starts are exact, whatever the rate; a lane's rate is divided without loss; percentiles are those of the
// samples; a stall is felt by everything that was due in it.

import CHujia
import Glibc
import HujiaHostKit
import HujiaRoads
import Testing

@testable import HujiaStress

struct PacingTests {
  @Test func dueTimesDoNotDrift() {
    for rate in [1, 3, 7, 14, 1_000, 333_333, 1_000_000] {
      let pacing = Pacing(rate: .perSecond(rate))
      #expect(pacing.due_ns(0) == 0)
      // A day later the act is due on the second.
      #expect(pacing.due_ns(rate * 86_400) == 86_400_000_000_000)
      for act in 1..<200 {
        let exact = Double(act) * 1e9 / Double(rate)
        let due = pacing.due_ns(act) ?? 0
        #expect(Double(due) <= exact)
        #expect(exact - Double(due) < 1)
      }
    }
  }

  @Test func aBatchIsDueWhenItsLastItemIs() {
    let pacing = Pacing(rate: .perSecond(1_000), batch: 10)
    #expect(pacing.due_ns(0) == 9_000_000)
    #expect(pacing.due_ns(1) == 19_000_000)
    #expect(pacing.acts(before_ns: 9_000_000) == 0)
    #expect(pacing.acts(before_ns: 9_000_001) == 1)
    #expect(pacing.acts(before_ns: 1_000_000_000) == 100)
  }

  @Test func actsBeforeATimeAreCountedAsOneByOne() {
    for (rate, batch, offset_ns) in [(7, 1, 0), (1_000, 3, 123_456), (99, 50, 0)] {
      let pacing = Pacing(rate: .perSecond(rate), batch: batch, offset_ns: Int64(offset_ns))
      for time_ns in [Int64(1), 1_000_000, 500_000_000, 3_999_999_999, 7_000_000_000] {
        var count = 0
        while let due_ns = pacing.due_ns(count), due_ns < time_ns { count += 1 }
        #expect(pacing.acts(before_ns: time_ns) == count)
      }
    }
  }

  @Test func aLaneIsDividedWithoutLoss() {
    for (rate, count) in [(1_000_000, 3), (14, 4), (3, 8), (100, 1)] {
      let shares = (0..<count).map { Pacing.share(.perSecond(rate), producer: $0, of: count) }
      let sum = shares.reduce(0) { sum, share in
        guard case .perSecond(let own) = share.rate else { return sum }
        return sum + own
      }
      #expect(sum == rate)
      #expect(Set(shares.filter { $0.spin_ns > 0 }.map(\.offset_ns)).count == min(count, rate))
    }
    // A producer whose share is nothing never acts.
    let idle = Pacing.share(.perSecond(3), producer: 5, of: 8)
    #expect(idle.due_ns(0) == .max)
    #expect(idle.acts(before_ns: 60_000_000_000) == 0)
  }

  @Test func spinningCostsATwentieth() {
    for (rate, batch) in [(14, 1), (1_000, 1), (500_000, 256), (1_000_000, 64)] {
      let pacing = Pacing(rate: .perSecond(rate), batch: batch)
      let pause_ns = Int64(batch) * 1_000_000_000 / Int64(rate)
      #expect(pacing.spin_ns <= pause_ns / 20)
      #expect(pacing.spin_ns <= 500_000)
    }
    #expect(Pacing(rate: .max).spin_ns == 0)
    #expect(Pacing(rate: .max).due_ns(7) == nil)
  }

  @Test func batchesKeepAThreadAtTwoThousandActs() {
    #expect(Pacing.batch(for: .perSecond(500), producers: 1) == 1)
    #expect(Pacing.batch(for: .perSecond(1_000_000), producers: 2) == 256)
    #expect(Pacing.batch(for: .perSecond(100_000_000), producers: 1) == 1_024)
    #expect(StressSettings.threads(.positions, .perSecond(1_000_000)) == 2)
    #expect(StressSettings.threads(.positions, .perSecond(500_000)) == 1)
    #expect(StressSettings.threads(.calls, .perSecond(1_000_000)) == 1)
  }

  @Test func ratesAreRead() {
    #expect(Rate("max") == .max)
    #expect(Rate("1,000,000") == .perSecond(1_000_000))
    #expect(Rate("1_000") == .perSecond(1_000))
    #expect(Rate("0") == .perSecond(0))
    for text in ["", "-1", "fast", "1.5", "100000001", "99999999999999999999"] {
      #expect(Rate(text) == nil)
    }
  }

  // Percentiles

  private static func record(_ times_ns: [Int64], in span: Span) -> LaneRecord {
    let record = LaneRecord(seconds: span.seconds)
    record.begin(span)
    for (index, time_ns) in times_ns.enumerated() {
      let due_ns = span.start_ns + Int64(index) * 1_000_000
      record.record(
        .taken, due_ns: due_ns, begin_ns: due_ns + time_ns / 2, end_ns: due_ns + time_ns)
    }
    record.finish()
    return record
  }

  @Test func percentilesAreThoseOfTheSamples() {
    var random = SplitMix64(seed: 4)
    let times = (0..<5_000).map { _ in Int64(pow(10, random.between(3, 8))) }
    let record = Self.record(times, in: Span(start_ns: 77, seconds: 10))
    let sorted = times.sorted()
    for percentile in [1.0, 50, 90, 99, 99.9] {
      let exact = Double(sorted[min(Int(percentile / 100 * 5_000), 4_999)])
      let found = Double(record.response.valueAtPercentile(percentile))
      #expect(abs(found / exact - 1) < 0.02)
      #expect(abs(Double(record.service.valueAtPercentile(percentile)) * 2 / exact - 1) < 0.02)
    }
    #expect(record.sum == Outcome(offered: 5_000, accepted: 5_000))
  }

  @Test func secondsAddUp() {
    // One act a millisecond, each done in 0.1 ms; in the third second in 5 ms.
    let times = (0..<4_000).map { Int64($0 / 1_000 == 2 ? 5_000_000 : 100_000) }
    let record = Self.record(times, in: Span(start_ns: 0, seconds: 4))
    let rows = (0..<4).compactMap { record.second($0) }
    #expect(rows.count == 4)
    #expect(rows.map(\.offered).reduce(0, +) == 4_000)
    #expect(rows[0].offered == 1_000)
    #expect(rows[1].p99_ns < 200_000)
    #expect(rows[2].p99_ns > 4_900_000)
    #expect(record.second(5) == nil)
  }

  /// Stands still once, for a third of a second.
  private final class Stalling: Producer, @unchecked Sendable {
    private var count = 0
    override func act() -> Outcome {
      count += 1
      if count == 100 { usleep(333_000) }
      return .taken
    }
  }

  @Test func aStallIsFeltByAllThatWasDueInIt() throws {
    let host = try StressEngine.open(map: StressTests.map(), units: 1)
    let stalling = Stalling(
      .calls, Pacing(rate: .perSecond(500)), host, seconds: 1)
    try stalling.begin(Span(start_ns: HostClock.now_ns + 1_000_000, seconds: 1))
    while !stalling.hasEnded { usleep(1_000) }
    let long: ClosedRange<UInt64> = 50_000_000...LaneRecord.longest_ns
    let felt = Int(stalling.record.response.count(within: long))
    let stood = Int(stalling.record.service.count(within: long))
    // 0.28 s of acts that were due long before they could begin; the call itself was slow once.
    #expect(felt >= stood + 50)
    #expect(stalling.record.sum.offered + stalling.unsent == 500)
  }
}
