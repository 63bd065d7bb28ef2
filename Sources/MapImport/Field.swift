// Fields of tables: numbers read strictly, and texts of others made fit to be shown.

/// A decimal number as people write one: digits, one decimal point, an exponent. Swift's own reader also takes
/// hexadecimal, "inf" and "nan", which no street table means.
package enum Field {
  /// Longer numbers are mistakes; reading ten megabytes of digits would take seconds.
  private static var longestNumber: Int { 64 }

  /// nil when the text is no such number, or is too large for one.
  package static func decimal(_ text: some StringProtocol) -> Double? {
    let bytes = text.utf8
    guard !bytes.isEmpty, bytes.count <= longestNumber,
      bytes.allSatisfy({
        switch $0 {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
          UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
          return true
        default: return false
        }
      }), let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  /// A whole number of at most 20 digits, exactly; "7.0" and "7." count as 7. nil when it is none. A detour over floating
  /// point would make one number of 9007199254740992 and 9007199254740993.
  package static func whole(_ text: String) -> Int128? {
    var digits = Substring(text)
    if let point = digits.firstIndex(of: ".") {
      guard digits[digits.index(after: point)...].allSatisfy({ $0 == "0" }) else { return nil }
      digits = digits[..<point]
    }
    guard digits.utf8.count <= 21, digits.utf8.first != UInt8(ascii: "+") else { return nil }
    return Int128(digits)
  }

  /// The text in quotes, on one line and short, whatever it holds.
  package static func shown(_ text: some StringProtocol) -> String {
    var shown = "\""
    var count = 0
    for scalar in text.unicodeScalars {
      count += 1
      guard count <= 40 else { return shown + "...\" (\(text.utf8.count) bytes)" }
      let isControl = scalar.value < 0x20 || (scalar.value >= 0x7f && scalar.value < 0xa0)
      shown.unicodeScalars.append(isControl ? "\u{fffd}" : scalar)
    }
    return shown + "\""
  }

  /// With one digit behind the point.
  static func tenths(_ value: Double) -> String {
    let tenths = Int((abs(value) * 10).rounded())
    return (value < 0 && tenths > 0 ? "-" : "") + "\(tenths / 10).\(tenths % 10)"
  }

  /// "97.3 %".
  static func percent(_ share: Double) -> String { tenths(share * 100) + " %" }

  /// What to do about a text that is no number; empty when nothing is known.
  static func remedy(_ text: String) -> String {
    let bytes = text.utf8
    if bytes.count > longestNumber { return "; at most \(longestNumber) characters are read" }
    if bytes.filter({ $0 == UInt8(ascii: ",") }).count == 1,
      decimal(text.swapping(",", for: ".")) != nil
    {
      return "; for decimal commas give --decimal-comma"
    }
    if text.holds("°") { return "; degrees are written as decimals, 7.25" }
    return ""
  }
}

// Names of our own: `contains` and `replacing` would be those of the regular expressions, 1.3 MB for these lines alone.
extension String {
  func swapping(_ one: Character, for other: Character) -> String {
    String(map { $0 == one ? other : $0 })
  }

  /// Whether `part` stands in it, byte for byte.
  func holds(_ part: String) -> Bool {
    var rest = utf8[...]
    while rest.count >= part.utf8.count {
      if rest.starts(with: part.utf8) { return true }
      guard rest.popFirst() != nil else { return false }
    }
    return false
  }
}
