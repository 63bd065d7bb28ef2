// The local time of a city's record, as text and as seconds. Reckoned here: no calendar of the system has a say.

import HujiaContainers
import HujiaHostKit

/// The record's local clock (January in California: UTC - 8 h).
package enum LocalTime {
  package static let offset_s = 8.0 * 3_600

  /// "2018-01-13T00:09:05" to seconds since 1970 UTC; nil when empty or broken.
  package static func seconds(_ text: String) -> Double? {
    let digits = text.utf8.split(whereSeparator: { $0 < 0x30 || $0 > 0x39 }).compactMap {
      Int32(String(decoding: $0, as: UTF8.self)).map { Int($0) }
    }
    guard digits.count >= 6, digits[0] <= 9_999, digits[1] >= 1, digits[1] <= 12 else {
      return nil
    }
    let days = CivilDate(year: digits[0], month: digits[1], day: digits[2]).days
    let seconds = days * 86_400 + digits[3] * 3_600 + digits[4] * 60 + digits[5]
    return Double(seconds) + offset_s
  }

  /// A date alone means its midnight.
  package static func moment(_ text: String) -> Double? {
    seconds(text) ?? (text.contains("T") ? nil : seconds(text + "T00:00:00"))
  }

  /// The local midnight before.
  package static func midnight(_ seconds: Double) -> Double {
    ((seconds - offset_s) / 86_400).rounded(.down) * 86_400 + offset_s
  }

  /// "2018-01-13 00:09", local.
  package static func text(_ seconds: Double) -> String {
    let minutes = Int(((seconds - offset_s) / 60).rounded(.down))
    let days = minutes >= 0 ? minutes / 1_440 : (minutes - 1_439) / 1_440
    let date = CivilDate(days: days)
    let ofDay = minutes - days * 1_440
    let clock = "\(String(twoDigits: ofDay / 60)):\(String(twoDigits: ofDay % 60))"
    let number = String(date.year)
    return String(repeating: "0", count: max(4 - number.count, 0)) + number
      + "-\(String(twoDigits: date.month))-\(String(twoDigits: date.day)) \(clock)"
  }

  /// Hour of the local day, 0 ... 23.
  package static func hour(_ seconds: Double) -> Int {
    Int(((seconds - offset_s) / 3_600).rounded(.down).truncatingRemainder(dividingBy: 24))
  }
}
