// One number for a whole run: every answer and event in order. FNV-1a, 64 bit (Fowler, Noll, Vo).

import HujiaHostKit

struct Digest {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ word: UInt64) {
    var word = word
    for _ in 0..<8 {
      value = (value ^ (word & 0xff)) &* 0x0000_0100_0000_01b3
      word >>= 8
    }
  }

  mutating func add(_ word: Int64) { add(UInt64(bitPattern: word)) }
  mutating func add(_ word: Int32) { add(UInt64(UInt32(bitPattern: word))) }
  mutating func add(_ word: UInt32) { add(UInt64(word)) }

  /// Sixteen hexadecimal digits.
  var text: String { String(hex: value) }
}
