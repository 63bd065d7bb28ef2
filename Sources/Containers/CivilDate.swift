// A date of the Gregorian calendar, reckoned here: no calendar of the system has a say.

/// Proleptic, in years that Int holds with room to spare (text gives at most a few digits).
public struct CivilDate: Equatable, Sendable {
  public var year: Int
  /// 1 ... 12
  public var month: Int
  /// From 1 on; `days` counts on beyond the month's end.
  public var day: Int

  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The date of a day since 1970-01-01. O(1). Source: H. Hinnant, "civil_from_days".
  public init(days: Int) {
    let (era, ofEra) = Self.divided(days + 719_468, 146_097)
    let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * ofYear + 2) / 153
    month = march < 10 ? march + 3 : march - 9
    day = ofYear - (153 * march + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01. O(1). Source: H. Hinnant, "days_from_civil".
  public var days: Int {
    let (era, ofEra) = Self.divided(month <= 2 ? year - 1 : year, 400)
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }

  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// Days of a month, 1 ... 12.
  public static func length(ofMonth month: Int, _ year: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Rounded down, with a rest of 0 or more.
  static func divided(_ number: Int, _ by: Int) -> (Int, Int) {
    let rest = (number % by + by) % by
    return ((number - rest) / by, rest)
  }
}
