// The two times of a turn. They come in with each turn and are shared by its commands; nothing below asks a clock.

/// `now_ns`: monotonic nanoseconds since the engine's origin. `wall_us`: UTC microseconds since 1970, 0 while unknown
/// (before the first poll). Deadlines live on the first only, so a jump of the second moves none.
package struct Moment: BitwiseCopyable, Equatable, Sendable {
  package var now_ns: Int64
  package var wall_us: Int64
  package init(now_ns: Int64, wall_us: Int64) {
    self.now_ns = now_ns
    self.wall_us = wall_us
  }
}

extension Moment {
  /// A moment of the wall clock that lies in the past, as monotonic time; now for 0 and for the future.
  func ns(atWall_us past_us: Int64) -> Int64 {
    guard past_us > 0, wall_us > 0, past_us < wall_us else { return now_ns }
    let (elapsed_ns, overflows) = (wall_us &- past_us).multipliedReportingOverflow(by: 1_000)
    return overflows ? now_ns : now_ns &- elapsed_ns
  }

  /// When a due time comes on the wall clock as it is now; 0 for never.
  package func wall_us(of due_ns: Int64) -> Int64 {
    guard due_ns != .max else { return 0 }
    return wall_us &+ (due_ns &- now_ns) / 1_000
  }

  /// A century; appointments and begins of shifts beyond it are mistakes.
  static var farthest_us: Int64 { 3_155_760_000_000_000 }
}
