// Dates beside a calendar that is turned day by day.

import HujiaContainers
import HujiaTestSupport
import Testing

@Suite struct CivilDateTests {
  /// From 1600 to 2400, and both ways.
  @Test func everyDayOfEightCenturies() {
    var date = CivilDate(year: 1600, month: 1, day: 1)
    let first = date.days
    for days in first..<first + 292_194 {
      guard CivilDate(days: days) == date, date.days == days else {
        Issue.record("\(days) is \(CivilDate(days: days)), expected \(date)")
        return
      }
      date.day += 1
      if date.day > CivilDate.length(ofMonth: date.month, date.year) {
        date.day = 1
        date.month += 1
      }
      if date.month > 12 {
        date.month = 1
        date.year += 1
      }
    }
    check(date, equals: CivilDate(year: 2400, month: 1, day: 1))
  }

  @Test func knownDays() {
    check(CivilDate(year: 1970, month: 1, day: 1).days, equals: 0)
    check(CivilDate(year: 2000, month: 2, day: 29).days, equals: 11_016)
    check(CivilDate(year: 1969, month: 12, day: 31).days, equals: -1)
    check(CivilDate(days: -719_528), equals: CivilDate(year: 0, month: 1, day: 1))
    #expect(CivilDate.isLeap(2000) && !CivilDate.isLeap(1900) && CivilDate.isLeap(2024))
  }
}
