// How the engine works: whether it sends by itself, and whether all that it promises beside dispatch holds.

/// One state machine. A person sets MANUAL and ends it; the engine says by itself only that something is wrong, or
/// right again. MANUAL is shown also while something is wrong.
package struct WorkMode: BitwiseCopyable, Equatable, Sendable {
  package internal(set) var isManual = false
  package internal(set) var isDegraded = false
  /// Bits of `HJ_HEALTH_…`.
  package internal(set) var reasons: UInt32 = 0
  package init() {}

  /// `HJ_MODE_…`.
  package var number: Int32 {
    isManual ? Self.manual : isDegraded ? Self.degraded : Self.normal
  }
  package static var normal: Int32 { 1 }
  package static var degraded: Int32 { 2 }
  package static var manual: Int32 { 3 }
}
