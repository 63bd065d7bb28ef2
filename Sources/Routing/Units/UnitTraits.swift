// What a filter asks about a unit, in half a cache line.

struct UnitTraits: BitwiseCopyable {
  var capabilities: UInt64 = 0
  var availableUntil_us: Int64 = 0
  var agency: UInt32 = 0
  var skipStamp: UInt32 = 0
  var kind: UInt32 = 0
  var level: UInt8 = 0
  /// People aboard, at most 255: 0 = nobody.
  var crew: UInt8 = 0
  var hasPlace = false
  var isLive = false

  /// Levels are below 32. What most questions ask is answered without a branch for each part.
  @inline(__always) func matches(_ filter: UnitFilter) -> Bool {
    let levelMisses = UInt64(~(filter.levels &>> UInt32(level)) & 1)
    guard levelMisses | (filter.capabilities & ~capabilities) == 0 else { return false }
    return crew >= filter.leastCrew && (!filter.asksMore || matchesRest(filter))
  }

  /// What only some questions ask.
  @inline(__always) private func matchesRest(_ filter: UnitFilter) -> Bool {
    (filter.skipStamp == 0 || skipStamp != filter.skipStamp)
      && (filter.agency == 0 || filter.agency == agency)
      && (filter.kind == 0 || filter.kind == kind)
      && (filter.availableUntil_us == .min || filter.availableUntil_us <= availableUntil_us)
  }

  /// By the lowest two bits of the level, 2 and 3 together: units of one class stand in one cell tree. The caller gives
  /// levels that are asked for together the same bits.
  @inline(__always) var levelClass: Int { Self.levelClass(level) }
  @inline(__always) static func levelClass(_ level: UInt8) -> Int { Int(min(level & 3, 2)) }
  static var classes: Int { 3 }
  /// Which classes a set of levels touches, as bits.
  @inline(__always) static func classes(of levels: UInt32) -> UInt32 {
    (levels & 0x1111_1111 != 0 ? 1 : 0) | (levels & 0x2222_2222 != 0 ? 2 : 0)
      | (levels & 0xcccc_cccc != 0 ? 4 : 0)
  }
}
