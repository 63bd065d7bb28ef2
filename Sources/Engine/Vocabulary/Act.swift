// Behind a change: which person, for which reason, out of which program.

/// The person behind an act, and the reason (`hj_action`).
public struct Act: BitwiseCopyable {
  public var operatorID: UInt64
  public var reason: UInt32
  public var role: UInt32
  public var sessionID: UInt64
  @inlinable @inline(__always)
  public init(operatorID: UInt64 = 0, reason: UInt32 = 0, role: UInt32 = 0, sessionID: UInt64 = 0) {
    self.operatorID = operatorID
    self.reason = reason
    self.role = role
    self.sessionID = sessionID
  }

  /// A person gave a name, a reason, a session or a role; the engine's own acts have none of these.
  package var isOfPerson: Bool {
    operatorID | sessionID != 0 || reason | role != 0
  }
}

/// Which program a command comes from, and which of its requests it is. 0/0: the host's own process.
public struct Client: BitwiseCopyable, Equatable, Sendable {
  public var high: UInt64
  public var low: UInt64
  @inlinable public init(high: UInt64 = 0, low: UInt64 = 0) {
    self.high = high
    self.low = low
  }
}
