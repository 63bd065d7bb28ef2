// One way's tags to what may be driven on it: each profile and direction, or why it is left out.

/// What a way is to drivers.
struct Road: Sendable {
  /// km/h in the direction of the way and against it; 0 = closed. A road for destinations is slower by their factor.
  var forward_kmh = ByProfile<Float>(normal: 0, response: 0)
  var backward_kmh = ByProfile<Float>(normal: 0, response: 0)
  /// No limit is posted: the speeds are the class's.
  var isFilled = false
  /// Of a ferry's whole way, whatever its length.
  var duration_s: Float?

  var isOneWay: Bool { !isOpen(forward_kmh) || !isOpen(backward_kmh) }
  private func isOpen(_ speeds: ByProfile<Float>) -> Bool {
    speeds.normal > 0 || speeds.response > 0
  }
}

/// What was seen on the way to a road that is worth counting.
struct RoadRemarks: OptionSet {
  let rawValue: Int
  static let unreadableSpeed = RoadRemarks(rawValue: 1)
  static let unreadableOneWay = RoadRemarks(rawValue: 2)
  static let unknownAccess = RoadRemarks(rawValue: 4)
  static let conditional = RoadRemarks(rawValue: 8)
}

enum RoadVerdict {
  case road(Road, RoadRemarks)
  case leftOut(LeftOut)
  /// Nothing that roads are counted by: a hiking route.
  case none
}

extension RoadRules {
  func verdict(_ tags: WayTags) -> RoadVerdict {
    let rule: RoadClass
    var duration_s: Float?
    if let name = tags["highway"] {
      guard let found = highways[name] else { return .leftOut(.unknownClass) }
      rule = found
    } else if let name = tags["route"], let found = routes[name] {
      rule = found
      duration_s = tags["duration"].flatMap(DurationText.seconds).map { Float($0) }
    } else {
      return .none
    }
    if tags["area"] == "yes" { return .leftOut(.area) }
    if rule.isUnbuilt { return .leftOut(.unbuilt) }
    if rule.speed_kmh.normal == nil, rule.speed_kmh.response == nil {
      return .leftOut(.notForVehicles)
    }
    return road(rule, tags, duration_s)
  }

  private func road(_ rule: RoadClass, _ tags: WayTags, _ duration_s: Float?) -> RoadVerdict {
    var road = Road()
    var remarks: RoadRemarks = Self.hasCondition(tags) ? .conditional : []
    var isReversible = false
    let forward = limit(tags, ":forward")
    let backward = limit(tags, ":backward")
    if forward == .unreadable || backward == .unreadable { remarks.insert(.unreadableSpeed) }
    for profile in RoadProfile.allCases {
      let direction = Direction(tags, rule, profile)
      if direction.isUnreadable { remarks.insert(.unreadableOneWay) }
      isReversible = isReversible || direction.isReversible
      func speed(_ limit: Limit, _ suffix: String) -> Float {
        let (passage, isUnknown) = self.passage(rule, tags, profile, suffix)
        if isUnknown { remarks.insert(.unknownAccess) }
        return self.speed(rule, tags, profile, limit, passage)
      }
      if direction.isForward { road.forward_kmh[profile] = speed(forward, ":forward") }
      if direction.isBackward { road.backward_kmh[profile] = speed(backward, ":backward") }
    }
    let speeds = [road.forward_kmh, road.backward_kmh]
    guard speeds.contains(where: { $0.normal > 0 || $0.response > 0 }) else {
      return .leftOut(
        isReversible ? .reversible : rule.isByPermission ? .withoutPermission : .noAccess)
    }
    func isPosted(_ limit: Limit) -> Bool { if case .kmh = limit { true } else { false } }
    road.duration_s = duration_s
    road.isFilled = duration_s == nil && !isPosted(forward) && !isPosted(backward)
    return .road(road, remarks)
  }

  private func passage(
    _ rule: RoadClass, _ tags: WayTags, _ profile: RoadProfile, _ direction: String
  ) -> (Passage, isUnknown: Bool) {
    let said = permission(
      tags, profile, direction: direction, isByPermission: rule.isByPermission)
    return (said.passage ?? (rule.isByPermission ? .closed : .open), said.isUnknown)
  }

  private func speed(
    _ rule: RoadClass, _ tags: WayTags, _ profile: RoadProfile, _ limit: Limit, _ passage: Passage
  ) -> Float {
    guard passage != .closed, var speed = rule.speed_kmh[profile] else { return 0 }
    if case .kmh(let posted) = limit { speed = posted * self.limit[profile] }
    for tag in self.tags where tags[tag.key] == tag.value {
      switch tag.effect[profile] {
      case .closed: return 0
      case .atMost(let most): speed = min(speed, most)
      }
    }
    if passage == .destination { speed /= destination[profile] }
    return Float(speed)
  }

  private static func hasCondition(_ tags: WayTags) -> Bool {
    tags.pairs.contains { pair in
      pair.key.hasSuffix(":conditional")
        && ["access", "vehicle", "motor_vehicle", "motorcar", "oneway", "maxspeed"].contains {
          pair.key.hasPrefix($0)
        }
    }
  }
}

/// Which ways a road may be driven. Keys for others (`oneway:psv`, `oneway:bicycle` …) are not asked.
struct Direction: Equatable {
  var isForward = true
  var isBackward = true
  /// By the hour, or by a signal: nobody can tell from here.
  var isReversible = false
  var isUnreadable = false

  init(_ tags: WayTags, _ rule: RoadRules.RoadClass, _ profile: RoadProfile) {
    var keys = ["oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"]
    if profile == .response { keys.insert("oneway:emergency", at: 0) }
    switch tags.first(keys)?.trimmed.lowercased() {
    case "yes", "true", "1": isBackward = false
    case "-1", "reverse": isForward = false
    case "no", "false", "0", "alternating": break
    case "reversible":
      isForward = false
      isBackward = false
      isReversible = true
    case let value:
      isUnreadable = value != nil
      let ring = tags["junction"]
      if rule.isOneWay || ring == "roundabout" || ring == "circular" { isBackward = false }
    }
  }
}
