// The one seeded random of the tool: cities, replays, simulations and loads are invented with it.

/// A seeded generator (Steele, Lea, Flood 2014): the same seed invents the same things on every machine.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64
  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// 0 ..< bound; 0 where the bound is less than 1. Integers only.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(bound, 1))) }

  /// 0 ..< 1
  package mutating func share() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
  package mutating func between(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * share()
  }
}
