// Times as people write them, and back.

import HujiaTestSupport
import Testing

@testable import HujiaJournalReport

@Suite struct WallTimeTests {
  @Test func momentsThatAreKnown() {
    let utc = WallTime()
    check(utc.moment("1970-01-01"), equals: 0)
    check(utc.moment("2000-02-29T12:34:56.5"), equals: 951_827_696_500_000)
    check(utc.moment("2026-11-30T09:12Z"), equals: 1_796_029_920_000_000)
    check(utc.moment("2026-11-30T17:12+08:00"), equals: 1_796_029_920_000_000)
    check(WallTime(offset_min: 480).moment("2026-11-30 17:12:00"), equals: 1_796_029_920_000_000)
    check(utc.text(1_796_029_920_000_001), equals: "2026-11-30T09:12:00.000001Z")
    check(
      WallTime(offset_min: -210).text(1_796_029_920_000_000),
      equals: "2026-11-30T05:42:00.000000-03:30")
  }

  /// Each day of 800 years, forth and back.
  @Test func everyDay() {
    let utc = WallTime()
    for day in stride(from: Int64(1), to: 292_000, by: 1) {
      let wall_us = day * 86_400_000_000 + day % 86_400 * 1_000_001
      guard utc.moment(utc.text(wall_us)) == wall_us else {
        return _ = check(false, "\(utc.text(wall_us))")
      }
    }
  }

  @Test func whatIsNoTime() {
    for text in [
      "", "now", "2026", "2026-13-01", "2026-02-29", "2026-11-31", "2026-11-30T24:00",
      "2026-11-30T09:60", "2026-11-30T09:12:60", "2026-11-30T09", "2026-11-30T09:12:00.",
      "2026-11-30T09:12:00.1234567", "1969-12-31", "2026-11-30T09:12+8", "2026/11/30",
    ] { check(WallTime().moment(text) == nil, text) }
    for text in ["", "8", "+8", "+08", "+19:00", "+08:60", "08:00", "+0a:00"] {
      check(WallTime(offset: text) == nil, text)
    }
  }
}
