// The order of ways: by time, and among equally fast ones by length. So the distance of an answer is as well
// defined as its time, whichever algorithm found it. Must never wrap: infinity plus anything is infinity.

/// Milliseconds in the upper 31 bits (29 used), millimetres in the lower 33, compared as one number. A time of
/// 2²⁹ − 1 ms (6.2 days) or more is unreachable; a length saturates at 2³² − 1 mm (4,294 km). Two finite costs add up
/// without a carry from the length into the time.
package struct Cost: BitwiseCopyable, Sendable, Equatable, Comparable {
  package var bits: UInt64

  /// Times from here on are "unreachable". The sum of two fits 32 bits, that of two costs a signed 64-bit number,
  /// so vectors of either need no saturating addition.
  package static var unreachable_ms: UInt32 { 0x1fff_ffff }
  package static var unreachable: Cost { Cost(bits: UInt64(unreachable_ms) << 33) }
  package static var zero: Cost { Cost(bits: 0) }

  @inline(__always) package init(bits: UInt64) { self.bits = bits }

  @inline(__always) package init(time_ms: UInt32, length_mm: UInt32) {
    bits =
      time_ms >= Cost.unreachable_ms
      ? Cost.unreachable.bits : UInt64(time_ms) << 33 | UInt64(length_mm)
  }

  @inline(__always) package var time_ms: UInt32 { UInt32(truncatingIfNeeded: bits >> 33) }
  @inline(__always) package var length_mm: UInt32 {
    UInt32(truncatingIfNeeded: bits & 0xffff_ffff)
  }
  @inline(__always) package var isReachable: Bool { bits < Cost.unreachable.bits }
  /// Rounded once, half up.
  @inline(__always) package var length_dm: UInt32 {
    UInt32(truncatingIfNeeded: (UInt64(length_mm) + 50) / 100)
  }

  @inline(__always) package static func < (a: Cost, b: Cost) -> Bool { a.bits < b.bits }

  /// A sum without its carry: a length that left its 32 bits is the greatest there is.
  @inline(__always) static func clamped(_ bits: UInt64) -> Cost {
    Cost(bits: bits & (1 << 32) == 0 ? bits : ((bits >> 33) << 33) | 0xffff_ffff)
  }

  @inline(__always) package static func + (a: Cost, b: Cost) -> Cost {
    let sum = a.bits &+ b.bits
    if sum >= unreachable.bits { return unreachable }
    return clamped(sum)
  }
}

/// Milliseconds from an arc's tail to a point `offset_mm` along the direction of travel: ⌊arc_ms · offset / length⌋.
/// What remains to the head is `arc_ms` minus that, so the two parts always add up to the whole.
@inline(__always)
package func timeAlong(arc_ms: UInt32, offset_mm: UInt32, length_mm: UInt32) -> UInt32 {
  guard length_mm != 0 else { return 0 }
  let offset = UInt64(min(offset_mm, length_mm))
  return UInt32(truncatingIfNeeded: UInt64(arc_ms) &* offset / UInt64(length_mm))
}
