// Numbers as people read them equal what the C library prints, which is the slow twin here.

import Glibc
import HujiaHostKit
import Testing

struct DecimalsTests {
  /// The C library's word, in the "C" locale, which a Swift program has unless it asks for another.
  private static func printed(_ format: String, _ value: Double) -> String {
    var room = [CChar](repeating: 0, count: 512)
    _ = withVaList([value]) { vsnprintf(&room, room.count, format, $0) }
    return String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Of every size, and halves, where rounding is decided by the last bit.
  private static func values() -> [Double] {
    var random = SplitMix64(seed: 8)
    var values: [Double] = [
      0, -0.0, 0.5, 1.5, 2.5, 0.05, 0.25, 0.125, 0.375, 1.005, 9.995, 99.95, 0.1 + 0.2, 1e-300,
      .leastNonzeroMagnitude, 1e15, 9_007_199_254_740_992, 1e22, 123_456_789_012_345_680,
      0.999_999_5, 999.5,
    ]
    for _ in 0..<20_000 {
      let size = pow(10, random.between(-12, 18))
      values.append(random.between(-1, 1) * size)
      values.append(Double(random.below(2_000_000)) / 8)
      values.append(Double(random.below(2_000_000)) / 1_000)
    }
    return values
  }

  @Test func fixedIsAsPrinted() {
    for value in Self.values() {
      for digits in 0...9 {
        let expected = Self.printed("%.\(digits)f", value)
        #expect(Decimals.fixed(value, digits) == expected, "\(value), \(digits) digits")
      }
      #expect(Decimals.signed(value, 1) == Self.printed("%+.1f", value))
    }
    #expect(Decimals.fixed(.nan, 1) == "nan")
    #expect(Decimals.fixed(-.infinity, 1) == "-inf")
    #expect(Decimals.fixed(1e300, 1) == "1e+300")
  }

  @Test func shortIsAsPrinted() {
    for value in Self.values() {
      // Elsewhere the C library writes powers of ten.
      guard value == 0 || value.magnitude >= 1e-4 && value.magnitude < 999_999 else { continue }
      #expect(Decimals.short(value) == Self.printed("%g", value), "\(value)")
    }
    #expect(Decimals.short(2_500_000) == "2500000")
    #expect(Decimals.short(1e-6) == "0.000001")
  }

  @Test func columnsAndDigits() {
    #expect("ab".padded(4) == "ab  ")
    #expect("ab".padded(left: 4) == "  ab")
    #expect("abcde".padded(left: 4) == "abcde")
    #expect(String(hex: 0x2f) == "000000000000002f")
    #expect(String(hex: .max) == "ffffffffffffffff")
    #expect([0, 9, 10, 59].map { String(twoDigits: $0) } == ["00", "09", "10", "59"])
    #expect(Thousands.text(0) == "0")
    #expect(Thousands.text(999) == "999")
    #expect(Thousands.text(-1_234_567) == "-1,234,567")
  }
}
