// Daylight-saving time beyond the listed years: the rule text at the end of a time zone file, like
// PST8PDT,M3.2.0,M11.1.0. Source: RFC 8536 section 3.3.1, POSIX "TZ". Everything it cannot read is
// "no rule".

import HujiaContainers
import HujiaEngine

/// A zone with daylight-saving time each year.
struct ZoneRule {
  /// When a change comes each year, in the local time that holds before it.
  private enum Day {
    case weekday(month: Int64, week: Int64, day: Int64)  // day 0 = Sunday; week 5 = the last
    case julian(Int64)  // 1 ... 365, February 29 is never counted
    case ofYear(Int64)  // 0 ... 365
  }

  private let standard_s: Int64
  private let daylight_s: Int64
  private let start: (day: Day, time_s: Int64)
  private let end: (day: Day, time_s: Int64)

  /// nil when the text has no daylight-saving time, or is no rule.
  init?(_ text: String) {
    var reader = Reader(bytes: Array(text.utf8))
    guard reader.name(), let west_s = reader.time(), reader.name() else { return nil }
    standard_s = -west_s
    if reader.isAt(",") {
      daylight_s = standard_s + 3_600
    } else {
      guard let summer_s = reader.time() else { return nil }
      daylight_s = -summer_s
    }
    guard reader.take(","), let first = reader.change(), reader.take(","),
      let second = reader.change(), reader.isAtEnd
    else { return nil }
    start = first
    end = second
  }

  /// Both changes of every year after a moment, to the year 2200, in order of time.
  func changes(after_s: Int64) -> [ZoneChange] {
    var changes: [ZoneChange] = []
    for year in Int64(1970)...2_200 {
      let forth_s = Self.midnight_s(start.day, year) + start.time_s - standard_s
      let back_s = Self.midnight_s(end.day, year) + end.time_s - daylight_s
      changes.append(ZoneChange(from_s: forth_s, offset_s: Int32(clamping: daylight_s)))
      changes.append(ZoneChange(from_s: back_s, offset_s: Int32(clamping: standard_s)))
    }
    return changes.filter { $0.from_s > after_s }.sorted { $0.from_s < $1.from_s }
  }

  /// Seconds since 1970 of the day's midnight, as if local time were UTC.
  private static func midnight_s(_ day: Day, _ year: Int64) -> Int64 {
    switch day {
    case .julian(let number):
      let isAfterFebruary = number >= 60 && CivilDate.isLeap(Int(year))
      return (days(year, 1, 1) + number - 1 + (isAfterFebruary ? 1 : 0)) * 86_400
    case .ofYear(let number): return (days(year, 1, 1) + number) * 86_400
    case .weekday(let month, let week, let day):
      let first = days(year, month, 1)
      let next = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1)
      // 1970-01-01 was a Thursday (4).
      let weekday = ((first + 4) % 7 + 7) % 7
      var found = first + (day - weekday + 7) % 7 + (week - 1) * 7
      while found >= next { found -= 7 }
      return found * 86_400
    }
  }

  /// Days since 1970-01-01.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    Int64(CivilDate(year: Int(year), month: Int(month), day: Int(day)).days)
  }

  private struct Reader {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }
    func isAt(_ sign: Unicode.Scalar) -> Bool {
      offset < bytes.count && bytes[offset] == UInt8(ascii: sign)
    }
    mutating func take(_ sign: Unicode.Scalar) -> Bool {
      guard isAt(sign) else { return false }
      offset += 1
      return true
    }

    /// Letters, or anything within < and >.
    mutating func name() -> Bool {
      let first = offset
      if take("<") {
        while offset < bytes.count, !isAt(">") { offset += 1 }
        return take(">")
      }
      while offset < bytes.count, (0x61...0x7a).contains(bytes[offset] | 0x20) { offset += 1 }
      return offset > first
    }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
      let first = offset
      var value: Int64 = 0
      while offset < bytes.count, (0x30...0x39).contains(bytes[offset]), offset - first < 3 {
        value = value * 10 + Int64(bytes[offset] - 0x30)
        offset += 1
      }
      return offset > first && range.contains(value) ? value : nil
    }

    /// [+-]h[:mm[:ss]] in seconds; up to a week, as RFC 8536 allows.
    mutating func time() -> Int64? {
      let isNegative = isAt("-")
      if isNegative || isAt("+") { offset += 1 }
      guard let hours = number(0...167) else { return nil }
      var time_s = hours * 3_600
      for unit_s in [60, 1] as [Int64] where take(":") {
        guard let part = number(0...59) else { return nil }
        time_s += part * unit_s
      }
      return isNegative ? -time_s : time_s
    }

    /// Mm.w.d, Jn or n, then /time; two in the morning where none is given.
    mutating func change() -> (day: Day, time_s: Int64)? {
      let day: Day
      if take("M") {
        guard let month = number(1...12), take("."), let week = number(1...5), take("."),
          let weekday = number(0...6)
        else { return nil }
        day = .weekday(month: month, week: week, day: weekday)
      } else if take("J") {
        guard let number = number(1...365) else { return nil }
        day = .julian(number)
      } else {
        guard let number = number(0...365) else { return nil }
        day = .ofYear(number)
      }
      guard take("/") else { return (day, 7_200) }
      guard let time_s = time() else { return nil }
      return (day, time_s)
    }
  }
}
