// Numbers that are spread over all their bits, for tables and digests.

enum Spread {
  /// A slot as a number whose sums tell sets of slots apart; for tests.
  static func of(_ slot: UInt32) -> UInt64 { mix(UInt64(slot) + 1) }

  static func mix(_ value: UInt64) -> UInt64 {
    var x = value &+ 0x9e37_79b9_7f4a_7c15
    x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
    return x ^ (x >> 31)
  }
}
