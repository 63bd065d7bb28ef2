// Figures and broken promises in Swift: check, convert, call. Holds no logic of its own.

import HujiaDriver

/// Which incidents' intervals.
public enum FigureSelection: Sendable {
  case all
  case tier(Tier)
  case type(UInt32)
  case agency(UInt32)
  case beat(UInt32)
  case vulnerable(Bool)
  /// What was typed in from paper (`Source.catchUp`): it counts nowhere else.
  case catchUp
}

/// What is counted by the host's own codes.
public enum FigureDimension: Sendable {
  case type, agency, beat

  fileprivate var inside: HujiaDriver.FigureDimension {
    switch self {
    case .type: return .type
    case .agency: return .agency
    case .beat: return .beat
    }
  }
}

public struct Figures: Sendable {
  public let count: Int64
  /// How many had a target when they were over, and kept it.
  public let withTarget: Int64
  public let withinTarget: Int64
  public let mean_ms: Int64
  public let min_ms: Int64
  /// Percentiles are off by at most 0.8 %.
  public let p50_ms: Int64
  public let p90_ms: Int64
  public let p99_ms: Int64
  public let max_ms: Int64
  /// Share of those with a target that kept it; nil when none had one.
  public var shareWithinTarget: Double? {
    withTarget > 0 ? Double(withinTarget) / Double(withTarget) : nil
  }
}

/// A promise that was not kept.
public struct Breach: Sendable {
  public let clock: Clock?
  public let incidentID: UInt64
  /// nil: the incident's own clock.
  public let assignmentID: UInt64?
  public let unitID: UInt64?
  public let tier: Tier?
  public let type: UInt32
  public let due_wall_us: Int64
  /// Until the clock stopped, or until now.
  public let over_ms: Int64
  public let isOver: Bool
  /// It was kept after all; the host told so after the limit. It counts as no breach.
  public let wasKept: Bool
  /// Its incident was typed in from paper.
  public let isCatchUp: Bool
}

extension Engine {
  /// How long an interval took, since open or the last reset.
  public func figures(
    _ interval: Interval, of selection: FigureSelection = .all
  ) throws(HujiaError) -> Figures {
    let (dimension, value) = selection.row
    return try with { driver in
      let found = driver.figures(
        FigureInterval(rawValue: interval.rawValue) ?? .receiptToClose, by: dimension,
        value: value)
      return .success(
        Figures(
          count: found.count, withTarget: found.withTarget, withinTarget: found.withinTarget,
          mean_ms: found.mean_ms, min_ms: found.least_ms, p50_ms: found.p50_ms,
          p90_ms: found.p90_ms, p99_ms: found.p99_ms, max_ms: found.greatest_ms))
    }
  }

  /// The types, agencies or beats that have figures of their own, in the order in which they came.
  public func figureValues(_ dimension: FigureDimension) throws(HujiaError) -> [UInt32] {
    try with { driver in
      // Made before the baton is taken; what is beyond the values is cut off after it is given back.
      var values = [UInt32](repeating: 0, count: driver.mostFigureValues)
      let known = values.withUnsafeMutableBufferPointer {
        driver.figureValues(dimension.inside, into: $0)
      }
      return .success(Array(values.prefix(known)))
    }
  }

  /// The latest broken promises, newest first.
  public func breaches(upTo most: Int) throws(HujiaError) -> [Breach] {
    try with { driver in
      // The room is made before the baton is taken.
      var found: [(HujiaDriver.Breach, now_ns: Int64)] = []
      let room = min(max(most, 0), driver.mostBreaches)
      found.reserveCapacity(room)
      _ = driver.readBreaches(room) { _, breach, now_ns in found.append((breach, now_ns)) }
      return .success(found.map { Breach($0, now_ns: $1) })
    }
  }

  public func resetFigures() throws(HujiaError) {
    try check { driver in
      driver.submit(.resetFigures)
    }
  }
}

extension Breach {
  fileprivate init(_ breach: HujiaDriver.Breach, now_ns: Int64) {
    clock = Clock(rawValue: Int32(breach.clock.rawValue))
    incidentID = breach.incidentID
    assignmentID = breach.assignmentID == 0 ? nil : breach.assignmentID
    unitID = breach.unitID == 0 ? nil : breach.unitID
    tier = Tier(rawValue: Int32(breach.tier.rawValue))
    type = breach.type
    due_wall_us = breach.dueWall_us
    over_ms = max((min(breach.ended_ns, now_ns) - breach.due_ns) / 1_000_000, 0)
    isOver = breach.ended_ns != .max
    wasKept = breach.wasKept
    isCatchUp = breach.isCatchUp
  }
}

extension FigureSelection {
  fileprivate var row: (HujiaDriver.FigureDimension, UInt32) {
    switch self {
    case .all: return (.all, 0)
    case .tier(let tier): return (.tier, UInt32(tier.rawValue))
    case .type(let code): return (.type, code)
    case .agency(let code): return (.agency, code)
    case .beat(let code): return (.beat, code)
    case .vulnerable(let isVulnerable): return (.vulnerable, isVulnerable ? 1 : 0)
    case .catchUp: return (.catchUp, 0)
    }
  }
}
