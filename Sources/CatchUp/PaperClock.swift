// Times as people write them on paper: "03:15", "2026-11-30 03:15:20", "2026-11-30T03:15+08:00".

import HujiaContainers

/// How times without a date or an offset are meant. Without being told it takes none: nothing is guessed.
package struct PaperClock: Sendable {
  /// Days since 1970; nil: each time says its own.
  package var day: Int?
  /// Of local time, east of Greenwich; nil: each time says its own.
  package var offset_s: Int?

  package init(day: Int? = nil, offset_s: Int? = nil) {
    self.day = day
    self.offset_s = offset_s
  }

  package struct Unreadable: Error, Equatable {
    package var text: String
    package init(text: String) { self.text = text }
  }

  /// UTC microseconds since 1970.
  package func time(_ text: String) -> Result<Int64, Unreadable> {
    var rest = Substring(text)
    var day = day
    if rest.dropFirst(4).first == "-" {
      guard let own = Self.day(String(rest.prefix(10))) else {
        return .failure(Unreadable(text: "has no date that there is: write 2026-11-30"))
      }
      day = own
      rest = rest.dropFirst(10)
      guard let first = rest.first, first == " " || first == "T" else {
        return .failure(Unreadable(text: "has no time: write 2026-11-30 03:15"))
      }
      rest = rest.dropFirst()
    }
    guard let day else {
      return .failure(Unreadable(text: "has no date: write one, or give --date"))
    }
    let clock = rest.prefix { $0.isNumber || $0 == ":" }
    guard let second = Self.second(String(clock)) else {
      return .failure(Unreadable(text: "is no time: write 03:15 or 03:15:20"))
    }
    rest = rest.dropFirst(clock.count)
    guard let offset_s = rest.isEmpty ? offset_s : Self.offset(String(rest)) else {
      return .failure(
        Unreadable(
          text: rest.isEmpty
            ? "says nothing of its zone: give --offset, like +08:00"
            : "has no offset like +08:00 or Z at its end"))
    }
    return .success(Int64(day * 86_400 + second - offset_s) * 1_000_000)
  }

  /// Days since 1970 of "2026-11-30".
  package static func day(_ text: String) -> Int? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
      let year = digits(parts[0]), let month = digits(parts[1]), let day = digits(parts[2]),
      year >= 1970, (1...12).contains(month), day >= 1,
      day <= CivilDate.length(ofMonth: month, year)
    else { return nil }
    return CivilDate(year: year, month: month, day: day).days
  }

  /// Seconds east of Greenwich of "+08:00", "-0330" or "Z".
  package static func offset(_ text: String) -> Int? {
    if text == "Z" { return 0 }
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let number = text.dropFirst().filter { $0 != ":" }
    guard number.utf8.count == 4, let value = digits(number[...]), value % 100 < 60, value <= 1_400
    else { return nil }
    let offset_s = (value / 100 * 60 + value % 100) * 60
    return sign == "-" ? -offset_s : offset_s
  }

  private static func second(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 }),
      let hour = digits(parts[0]), let minute = digits(parts[1]),
      let second = parts.count == 3 ? digits(parts[2]) : 0, hour < 24, minute < 60, second < 60
    else { return nil }
    return (hour * 60 + minute) * 60 + second
  }

  private static func digits(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}
