// What a graver call may take from others 抽调: a table by tier pairs, with its guards.

/// For calls of one tier.
package struct PreemptRule: BitwiseCopyable, Equatable, Sendable {
  /// Bits `1 << Tier` of the incidents that may lose a unit; 0 = none may. All of them can wait longer.
  package var from: UInt32 = 0
  /// A unit so near to its own incident drives on.
  package var nearArrival_ms: UInt32 = 60_000
  /// So much sooner than the best free unit it must be there.
  package var margin_ms: UInt64 = 120_000
  /// So many units at most are taken from one incident.
  package var most: UInt32 = 2
  package init() {}

  /// None, so that nobody is robbed.
  static var none: PreemptRule { PreemptRule() }
}
