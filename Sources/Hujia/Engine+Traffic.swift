// Live traffic in Swift: check, convert, call. Holds no logic of its own.

import HujiaDriver

/// How long it takes now to drive a street from end to end.
public struct StreetTime: Sendable, Equatable {
  public enum Time: Sendable, Equatable {
    /// 1 ms to 24 h.
    case milliseconds(UInt32)
    /// Nobody drives there.
    case closed
    /// The map's own time again.
    case asMapped
  }
  /// As route points carry it: the id in the map's source.
  public var streetID: UInt64
  public var time: Time
  public var direction: Direction
  /// nil: both profiles.
  public var profile: Profile?

  public init(
    _ streetID: UInt64, _ time: Time, direction: Direction = .both, profile: Profile? = nil
  ) {
    self.streetID = streetID
    self.time = time
    self.direction = direction
    self.profile = profile
  }

  fileprivate var inside: HujiaDriver.StreetTime? {
    let time: HujiaDriver.StreetTime.Time
    switch self.time {
    case .milliseconds(let ms):
      guard HujiaDriver.StreetTime.range_ms.contains(ms) else { return nil }
      time = .travel(ms: ms)
    case .closed: time = .closed
    case .asMapped: time = .asMapped
    }
    return HujiaDriver.StreetTime(
      streetID: streetID, time: time,
      direction: StreetDirection(rawValue: direction.rawValue) ?? .both,
      profile: profile?.inside)
  }
}

extension Engine {
  /// Takes in streets' travel times as they are now and returns at once: the next epoch of travel times is built
  /// meanwhile (host-driven: by the next `poll`), and an event of kind `traffic` says when it serves. Returns how many
  /// were taken; refused are unknown streets and times out of range. `person`: closures, and streets that are given
  /// back their map's time, stand on record under that name; refused is also what a full ring has no room for.
  @discardableResult
  public func report(
    traffic times: [StreetTime], by person: Person? = nil
  ) throws(HujiaError) -> Int {
    try with { driver in
      let answer = driver.reportTraffic(
        times.count, act: Act(person),
        { index in
          guard let time = times[index].inside else { return (.argument, nil) }
          return (.ok, time)
        }, { _, _ in })
      return answer.status.isError
        ? .failure(HujiaError(answer.status)) : .success(answer.accepted)
    }
  }
}
