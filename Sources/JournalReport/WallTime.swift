// Wall times as people write them, and back. Must never: ask the system for its time zone, so that the same
// journal is printed alike everywhere.

import HujiaContainers

package struct WallTime: Equatable, Sendable {
  /// Minutes east of Greenwich.
  package var offset_min: Int

  package init(offset_min: Int = 0) { self.offset_min = offset_min }

  /// "+08:00", "-03:30", "Z"; nil: none of these.
  package init?(offset text: String) {
    if text == "Z" || text == "z" {
      self.init()
      return
    }
    let bytes = Array(text.utf8)
    guard bytes.count == 6, bytes[0] == 43 || bytes[0] == 45, bytes[3] == 58,
      let hours = Self.number(bytes[1...2]), let minutes = Self.number(bytes[4...5]), hours <= 18,
      minutes < 60
    else { return nil }
    self.init(offset_min: (bytes[0] == 45 ? -1 : 1) * (hours * 60 + minutes))
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    digits.allSatisfy { $0 >= 48 && $0 <= 57 }
      ? digits.reduce(0) { $0 * 10 + Int($1) - 48 } : nil
  }

  /// "2026-11-30T09:12:03.123456+08:00"; "–" where no time is known.
  package func text(_ wall_us: Int64) -> String {
    guard wall_us > 0 else { return "–" }
    let local_us = wall_us + Int64(offset_min) * 60_000_000
    let (days, rest) = Self.divided(local_us, 86_400_000_000)
    let date = CivilDate(days: Int(days))
    let seconds = rest / 1_000_000
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let micros = String(rest % 1_000_000 + 1_000_000).dropFirst()
    return
      "\(date.year)-\(two(Int64(date.month)))-\(two(Int64(date.day)))T\(two(seconds / 3_600)):\(two(seconds / 60 % 60))"
      + ":\(two(seconds % 60)).\(micros)\(zone)"
  }

  private var zone: String {
    guard offset_min != 0 else { return "Z" }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = abs(offset_min)
    return "\(offset_min < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }

  /// Microseconds since 1970: "2026-11-30", "2026-11-30T09:12", with seconds, with a fraction, with an offset of its own.
  /// nil: none of these.
  package func moment(_ text: String) -> Int64? {
    var bytes = Array(text.utf8)
    var zone = self
    if let last = bytes.last, last == 90 || last == 122 {
      zone = WallTime()
      bytes.removeLast()
    } else if bytes.count > 16,
      let own = WallTime(offset: String(decoding: bytes.suffix(6), as: UTF8.self))
    {
      zone = own
      bytes.removeLast(6)
    }
    guard bytes.count >= 10, bytes[4] == 45, bytes[7] == 45,
      let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
      let day = Self.number(bytes[8..<10]), (1...12).contains(month), year >= 1970,
      (1...CivilDate.length(ofMonth: month, year)).contains(day)
    else { return nil }
    guard let rest_us = Self.ofDay(bytes[10...]) else { return nil }
    let days = Int64(CivilDate(year: year, month: month, day: day).days)
    return days * 86_400_000_000 + rest_us - Int64(zone.offset_min) * 60_000_000
  }

  /// "T09:12:03.5" in microseconds; nothing is midnight.
  private static func ofDay(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let at = Array(bytes)
    guard !at.isEmpty else { return 0 }
    guard at.count >= 6, at[0] == 84 || at[0] == 32, at[3] == 58, let hour = number(at[1...2]),
      let minute = number(at[4...5]), hour < 24, minute < 60
    else { return nil }
    var seconds = 0
    var micros: Int64 = 0
    if at.count > 6 {
      guard at.count >= 9, at[6] == 58, let given = number(at[7...8]), given < 60 else {
        return nil
      }
      seconds = given
    }
    if at.count > 9 {
      guard at[9] == 46, at.count > 10, at.count <= 16, let fraction = number(at[10...]) else {
        return nil
      }
      micros = Int64(fraction)
      for _ in at.count..<16 { micros *= 10 }
    }
    return Int64(hour * 3_600 + minute * 60 + seconds) * 1_000_000 + micros
  }

  private static func divided(_ number: Int64, _ by: Int64) -> (Int64, Int64) {
    let rest = (number % by + by) % by
    return ((number - rest) / by, rest)
  }
}
