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
