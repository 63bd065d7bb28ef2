// What a call may repeat, and two incidents that are one, in Swift: check, convert, call. Holds no logic of its own.

import HujiaDriver

/// An open incident that a call may repeat.
public struct LikelyRepeat: Sendable, Equatable {
  /// 1 to 1,000: how likely it is the same.
  public let score: UInt32
  /// Of merged ones the one that stands for them.
  public let incidentID: UInt64
  /// Milliseconds from its receipt to the call's; negative: the call is the older.
  public let age_ms: Int64
  /// Straight, between the places that were reported.
  public let distance_dm: UInt32
}

extension Engine {
  /// The open incidents that a call may repeat, at most sixteen, the likeliest first. Changes nothing.
  public func repeats(of incident: Incident) throws(HujiaError) -> [LikelyRepeat] {
    let point = try self.point(of: incident)
    return try with { driver in
      var report = raw(
        incident, at: point, driver.place(lat_e7: point.lat, lon_e7: point.lon, datum: 1))
      var list = RepeatList()
      driver.repeats(of: &report, into: &list)
      return .success(
        (0..<list.count).map { place in
          let found = list[place]
          return LikelyRepeat(
            score: found.score, incidentID: found.incidentID, age_ms: found.age_ms,
            distance_dm: found.distance_dm)
        })
    }
  }

  /// Two incidents are one: from here on the other stands for this one. Both keep their orders.
  public func merge(
    _ incidentID: UInt64, into otherID: UInt64, by person: Person? = nil
  ) throws(HujiaError) {
    try check { driver in
      var command = Command(
        .merge(incident: incidentID, into: otherID, wall_us: 0), act: Act(person))
      return driver.submit(&command)
    }
  }

  /// Takes a merge back: each has its receipt, its clocks and its orders again.
  public func unmerge(_ incidentID: UInt64, by person: Person? = nil) throws(HujiaError) {
    try check { driver in
      var command = Command(.unmerge(incident: incidentID, wall_us: 0), act: Act(person))
      return driver.submit(&command)
    }
  }

  /// A likely repeat is none: it is dispatched now. The answer has its live assignments.
  public func separate(
    _ incidentID: UInt64, by person: Person? = nil
  ) throws(HujiaError) -> Dispatch {
    try with { driver in
      var command = Command(.separate(incident: incidentID, wall_us: 0), act: Act(person))
      var decision = Decision()
      let status = driver.submit(&command, into: &decision)
      if status.isError { return .failure(HujiaError(status)) }
      return .success(Dispatch(decision, isRepeat: false))
    }
  }

  /// One more call about an incident: it is counted and told, and opens nothing.
  public func addCall(
    _ call: Incident, to incidentID: UInt64, by person: Person? = nil
  ) throws(HujiaError) {
    let point = try self.point(of: call)
    try check { driver in
      let report = raw(call, at: point, .nowhere)
      var command = Command(.addCall(incident: incidentID, report), act: Act(person))
      return driver.submit(&command)
    }
  }
}
