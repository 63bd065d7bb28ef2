// What the engine took last, so that a renewed feed costs only what changed, and a street that it no longer names goes
// back to the map's own time. What was refused is said again with the next reading.

package struct FlowChange: Equatable, Sendable {
  package enum Time: Equatable, Sendable {
    case travel(ms: UInt32)
    case closed
    case asMapped
  }
  package var key: StreetFlow.Key
  package var time: Time
}

package struct FlowBook {
  private var last: [StreetFlow.Key: UInt32?] = [:]

  package init() {}

  package var streets: Int { last.count }

  /// What to report so that exactly `flows` hold. What goes back to the map comes first, so that a street that was
  /// reported for both profiles may be reported for each. O(n log n).
  package func changes(to flows: [StreetFlow]) -> [FlowChange] {
    var next: [StreetFlow.Key: UInt32?] = [:]
    for flow in flows { next[flow.key] = .some(flow.travel_ms) }
    var changes: [FlowChange] = []
    for key in last.keys where next[key] == nil {
      changes.append(FlowChange(key: key, time: .asMapped))
    }
    changes.sort { Self.isBefore($0.key, $1.key) }
    let gone = Set(changes.map { Place($0.key) })
    for flow in flows {
      // Taking back one profile's time may take back another's: then it is said again.
      if let known = last[flow.key], known == flow.travel_ms, !gone.contains(Place(flow.key)) {
        continue
      }
      changes.append(
        FlowChange(key: flow.key, time: flow.travel_ms.map { .travel(ms: $0) } ?? .closed))
    }
    return changes
  }

  /// The engine accepted it. In the order of `changes`.
  package mutating func took(_ change: FlowChange) {
    switch change.time {
    case .travel(let ms): last[change.key] = .some(ms)
    case .closed: last[change.key] = .some(nil)
    case .asMapped:
      // With it goes what another profile of the place had: `changes` says that again.
      for profile in [StreetFlow.Profile.both, .response, .normal] {
        var key = change.key
        key.profile = profile
        last.removeValue(forKey: key)
      }
    }
  }

  private struct Place: Hashable {
    var street: UInt64
    var isForward: Bool
    init(_ key: StreetFlow.Key) {
      street = key.street
      isForward = key.isForward
    }
  }

  private static func isBefore(_ a: StreetFlow.Key, _ b: StreetFlow.Key) -> Bool {
    (a.street, a.isForward ? 0 : 1, a.profile.rawValue)
      < (b.street, b.isForward ? 0 : 1, b.profile.rawValue)
  }
}
