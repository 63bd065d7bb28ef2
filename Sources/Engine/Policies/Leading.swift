// Which of several agencies leads 首接责任制.

/// What is known of an agency's part in an incident: since when; 0 = of none.
struct AgencyClaim: BitwiseCopyable {
  var agency: UInt32 = 0
  var at_ns = Int64.max

  /// The earlier of two.
  func earlier(_ agency: UInt32, at_ns: Int64) -> AgencyClaim {
    at_ns < self.at_ns ? AgencyClaim(agency: agency, at_ns: at_ns) : self
  }
}

/// Of each kind the first.
struct AgencyClaims: BitwiseCopyable {
  /// The agency that received the call, of merged ones the first that did.
  var received = AgencyClaim()
  /// The first that signed, that was on scene, whose unit moved without a word.
  var signed = AgencyClaim()
  var arrived = AgencyClaim()
  var moved = AgencyClaim()
}

enum Leading {
  /// The receiver; else the first that signed; else the first on scene; else the first whose unit moved. 0 = none of
  /// these is known.
  static func agency(_ claims: AgencyClaims) -> UInt32 {
    if claims.received.agency != 0 { return claims.received.agency }
    if claims.signed.agency != 0 { return claims.signed.agency }
    return claims.arrived.agency != 0 ? claims.arrived.agency : claims.moved.agency
  }
}
