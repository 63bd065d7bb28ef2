// Numbers as people read them. Made with integers: no locale and no formatter has a say.

package enum Decimals {
  /// `digits` 0 ... 9 decimals, rounded as the exact value demands and halves to even, like `printf("%.*f")` in the C
  /// locale.
  package static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    // No figure of ours comes near: such a number has no exact decimals to print.
    guard value.magnitude < 0x1p90 else { return "\(value)" }
    let scaled = scaled(value.magnitude, digits)
    let sign = value.sign == .minus ? "-" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let power = power(digits)
    let rest = String(scaled % power)
    return sign + String(scaled / power) + "."
      + String(repeating: "0", count: digits - rest.count) + rest
  }

  /// The same with a sign in any case.
  package static func signed(_ value: Double, _ digits: Int) -> String {
    let text = fixed(value, digits)
    return text.first == "-" ? text : "+" + text
  }

  /// Six significant digits at most, no zeros at the end: labels of an axis. From 1e-4 to 1e6 like `printf("%g")`; a
  /// greater number is written out, a smaller one has nine decimals.
  package static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, 0) }
    // Digits before the point; each zero right behind it counts as one less.
    var whole = 1
    var bound = 1.0
    while bound * 10 <= value.magnitude, whole < 17 { (bound, whole) = (bound * 10, whole + 1) }
    bound = 1
    while value.magnitude < bound, whole > -3 { (bound, whole) = (bound / 10, whole - 1) }
    var text = fixed(value, min(max(6 - whole, 0), 9))
    // 9.999996 became 10.00000: one digit less says the same.
    guard text.contains(".") else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  private static func power(_ digits: Int) -> UInt128 {
    (0..<digits).reduce(1) { product, _ in product * 10 }
  }

  /// value * 10^digits to the nearest integer, halves to even: exactly, as the bits of a Double are an integer times a
  /// power of two.
  private static func scaled(_ value: Double, _ digits: Int) -> UInt128 {
    guard value != 0 else { return 0 }
    let shift = Int(value.exponent) - 52
    let whole = UInt128((value.significand * 0x1p52)) * power(digits)
    if shift >= 0 { return whole << UInt128(shift) }
    guard shift > -128 else { return 0 }
    let cut = UInt128(-shift)
    let rest = whole & (1 << cut - 1)
    let half = UInt128(1) << (cut - 1)
    let floor = whole >> cut
    return rest > half || rest == half && floor & 1 == 1 ? floor + 1 : floor
  }
}

/// Digits in groups of three.
package enum Thousands {
  package static func text(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }
}

/// Text in columns.
extension String {
  /// Spaces behind, up to `width` characters.
  package func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(width - count, 0))
  }

  /// Spaces before.
  package func padded(left width: Int) -> String {
    String(repeating: " ", count: max(width - count, 0)) + self
  }

  /// Sixteen hexadecimal digits.
  package init(hex number: UInt64) {
    let digits = String(number, radix: 16)
    self = String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Two decimal digits: hours, minutes.
  package init(twoDigits number: Int) { self = number < 10 ? "0\(number)" : "\(number)" }
}
