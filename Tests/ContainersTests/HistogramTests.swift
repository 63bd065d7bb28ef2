// Percentiles beside sorted lists of the same samples.

import HujiaTestSupport
import Testing

@testable import HujiaContainers

@Suite struct HistogramTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func percentilesAreWithinTheStatedError(_ seed: UInt64) throws {
    var random = SplitMix64(seed)
    var histograms = try Histograms(.system, rows: 2)
    var samples: [Int64] = []
    for _ in 0..<20_000 {
      // From milliseconds to days: the exponent is drawn first.
      let value = Int64(random.next() % (UInt64(1) << UInt64(1 + random.below(31))))
      samples.append(value)
      histograms.record(value, row: 1)
    }
    samples.sort()
    let summary = histograms.summary(row: 1)
    if check(summary.count, equals: 20_000) {
      check(summary.least, equals: samples[0])
    }
    check(summary.greatest, equals: samples[19_999])
    check(summary.sum, equals: samples.reduce(0, +))
    for permille in [1, 10, 100, 250, 500, 750, 900, 990, 999, 1_000] as [Int64] {
      let exact = samples[max(Int((20_000 * permille + 999) / 1_000), 1) - 1]
      let found = histograms.percentile(permille, row: 1)
      check(abs(found - exact) * 128, atMost: exact, "\(permille): \(found), not \(exact)")
    }
    check(histograms.summary(row: 0).count, equals: 0)
    check(histograms.percentile(500, row: 0), equals: 0)
  }

  @Test func everyValueFallsIntoABucketThatHoldsIt() {
    var last = -1
    for exponent in 0..<31 {
      for offset in [-1, 0, 1, 37] as [Int64] {
        let value = max((Int64(1) << Int64(exponent)) + offset, 0)
        guard value <= Histograms.longest else { continue }
        let bucket = Histograms.bucket(value)
        check(bucket, atLeast: 0)
        check(bucket, below: Histograms.buckets)
        check(abs(Histograms.middle(bucket) - value) * 128, atMost: value, "\(value)")
        if offset == 0 {
          check(bucket, atLeast: last)
          last = bucket
        }
      }
    }
    for value in 0..<(1 << 14) as Range<Int64> {
      let step = Histograms.bucket(value + 1) - Histograms.bucket(value)
      check(step == 0 || step == 1, "\(value)")
    }
    check(Histograms.bucket(Histograms.longest), equals: Histograms.buckets - 1)
  }

  @Test func whatIsOutsideTheRangeCountsAtItsEnd() throws {
    var histograms = try Histograms(.system, rows: 2)
    histograms.record(7, row: 1)
    histograms.record(-5, row: 0)
    histograms.record(.max, row: 0)
    check(histograms.summary(row: 0).least, equals: 0)
    check(histograms.summary(row: 0).greatest, equals: Histograms.longest)
    check(histograms.percentile(1_000, row: 0), atMost: Histograms.longest)
    check(histograms.percentile(500, row: 0), equals: 0)
    histograms.removeAll(row: 0)
    check(histograms.summary(row: 1).count, equals: 1)
    check(histograms.percentile(990, row: 1), equals: 7)
    check(histograms.summary(row: 0).count, equals: 0)
    check(histograms.percentile(990, row: 0), equals: 0)
  }
}
