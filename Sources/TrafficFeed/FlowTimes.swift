// What a feed says of parts of arcs becomes travel times of streets, by the ids that the C interface knows. The part of
// an arc that the feed does not name keeps the map's own time.

import HujiaRoads
import HujiaRouting

/// A street, a direction and a time, as `hj_street_time` has them.
package struct StreetFlow: Hashable, Sendable {
  package enum Profile: Int32, Sendable {
    case both = 0
    case response = 1
    case normal = 2
  }
  package struct Key: Hashable, Sendable {
    package var street: UInt64
    package var isForward: Bool
    package var profile: Profile

    package init(street: UInt64, isForward: Bool, profile: Profile) {
      self.street = street
      self.isForward = isForward
      self.profile = profile
    }
  }
  package var key: Key
  /// Nil: closed.
  package var travel_ms: UInt32?

  package init(key: Key, travel_ms: UInt32?) {
    self.key = key
    self.travel_ms = travel_ms
  }
}

package struct FlowTimes {
  private let map: RoadMap
  /// What levels 1 to 4 make of the map's own time.
  private let levels: [Double]
  private struct Part {
    var from_mm: UInt32
    var to_mm: UInt32
    var flow: Flow
  }
  private var parts: [UInt32: [Part]] = [:]
  /// Closures of a part of a street that has several pieces under one id: the street stays open.
  package private(set) var closuresLeftOut = 0
  /// Streets whose other pieces share the id: their time is the whole street's.
  package private(set) var shared = 0

  package static let usualLevels = [1.0, 1.7, 3.0, 5.0]

  package init(_ map: RoadMap, levels: [Double] = usualLevels) {
    self.map = map
    self.levels = levels
  }

  /// Of one arc so many parts are kept: each is held against each when the times are made.
  static let mostParts = 64
  /// Parts of arcs that were dropped because as many newer ones name other places of the arc.
  package private(set) var crowded = 0

  /// A later record wins over an earlier one where both name a place. O(parts kept) a span.
  package mutating func add(_ spans: [ArcSpan], _ flow: Flow) {
    for span in spans { crowded += Self.add(span, flow, to: &parts[span.arc, default: []]) }
  }

  /// How many parts had to go that the new one does not cover.
  private static func add(_ span: ArcSpan, _ flow: Flow, to parts: inout [Part]) -> Int {
    parts.removeAll { $0.from_mm >= span.from_mm && $0.to_mm <= span.to_mm }
    let isFull = parts.count >= mostParts
    if isFull { parts.removeFirst() }
    parts.append(Part(from_mm: span.from_mm, to_mm: span.to_mm, flow: flow))
    return isFull ? 1 : 0
  }

  package var arcs: Int { parts.count }

  /// The times of every street that was named, in the order of ids. O(arcs named, times the pieces of their streets).
  package mutating func flows() -> [StreetFlow] {
    var flows: [StreetFlow] = []
    var seen: Set<StreetFlow.Key> = []
    for arc in parts.keys.sorted() {
      let street = map.arcStreet[Int(arc)]
      let isForward = map.isForward(arc) != isSecond(street)
      let id = map.streetID[Int(street)]
      let key = StreetFlow.Key(street: id, isForward: isForward, profile: .both)
      if seen.insert(key).inserted { add(street: id, isForward, key, &flows) }
    }
    return flows.sorted {
      ($0.key.street, $0.key.isForward ? 0 : 1, $0.key.profile.rawValue)
        < ($1.key.street, $1.key.isForward ? 0 : 1, $1.key.profile.rawValue)
    }
  }

  private mutating func add(
    street id: UInt64, _ isForward: Bool, _ key: StreetFlow.Key, _ flows: inout [StreetFlow]
  ) {
    var pieces: [UInt32] = []
    map.forEachStreet(withID: id) { street in
      let facts = map.streetFacts[Int(street)]
      let arc = isForward != isSecond(street) ? facts.forwardArc : facts.backwardArc
      if arc != RoadMap.none, facts.length_mm > 0 { pieces.append(arc) }
    }
    if pieces.count > 1 { shared += 1 }
    var normal_ms = 0.0
    var response_ms = 0.0
    var closed_mm: UInt64 = 0
    var length_mm: UInt64 = 0
    for arc in pieces {
      length_mm += UInt64(map.length_mm(arc: arc))
      let slowdown = slowdown(arc)
      if slowdown == .infinity {
        closed_mm += UInt64(map.length_mm(arc: arc))
        continue
      }
      normal_ms += time(map.arcNormal_ms[Int(arc)]) * slowdown
      response_ms += time(map.arcResponse_ms[Int(arc)]) * slowdown
    }
    if closed_mm == length_mm {
      flows.append(StreetFlow(key: key, travel_ms: nil))
      return
    }
    if closed_mm > 0 { closuresLeftOut += 1 }
    // Pieces that stay open although the feed closes them count with the map's time.
    if closed_mm > 0 {
      for arc in pieces where slowdown(arc) == .infinity {
        normal_ms += time(map.arcNormal_ms[Int(arc)])
        response_ms += time(map.arcResponse_ms[Int(arc)])
      }
    }
    // Nothing is said for a profile that the map keeps out of all of it.
    func isOpen(_ times: UnsafePointer<UInt32>) -> Bool {
      pieces.contains { times[Int($0)] < Cost.unreachable_ms }
    }
    let opens = (normal: isOpen(map.arcNormal_ms), response: isOpen(map.arcResponse_ms))
    if opens.normal, opens.response, abs(normal_ms - response_ms) < 1 {
      flows.append(StreetFlow(key: key, travel_ms: Self.whole(normal_ms)))
      return
    }
    for (profile, isOpen, time) in [
      (StreetFlow.Profile.response, opens.response, response_ms),
      (.normal, opens.normal, normal_ms),
    ] where isOpen {
      var key = key
      key.profile = profile
      flows.append(StreetFlow(key: key, travel_ms: Self.whole(time)))
    }
  }

  /// The opposite carriageway under the same id is the other direction of its twin, as `hj_street_time` has it.
  private func isSecond(_ street: UInt32) -> Bool {
    let twin = map.streetFacts[Int(street)].twin
    return twin != RoadMap.none && twin < street
      && map.streetID[Int(twin)] == map.streetID[Int(street)]
  }

  /// A way that is closed to a profile on the map stays so, whatever time is reported.
  private func time(_ time_ms: UInt32) -> Double {
    time_ms >= Cost.unreachable_ms ? 0 : Double(time_ms)
  }

  private static func whole(_ time_ms: Double) -> UInt32 {
    UInt32(min(max(time_ms.rounded(), 1), 86_400_000))
  }

  /// How many times the map's own time an arc takes now; infinity = closed.
  private func slowdown(_ arc: UInt32) -> Double {
    guard let parts = parts[arc] else { return 1 }
    let length_mm = map.length_mm(arc: arc)
    let own = map.arcNormal_ms[Int(arc)]
    let own_ms = max(time(own >= Cost.unreachable_ms ? map.arcResponse_ms[Int(arc)] : own), 1)
    // The newest first: what it covers is taken.
    var cuts: Set<UInt32> = [0, length_mm]
    for part in parts { cuts.formUnion([part.from_mm, min(part.to_mm, length_mm)]) }
    let sorted = cuts.sorted()
    var sum = 0.0
    for (from, to) in zip(sorted, sorted.dropFirst()) {
      let share = Double(to - from) / Double(length_mm)
      let part = parts.last { $0.from_mm <= from && $0.to_mm >= to }
      switch part?.flow {
      case nil: sum += share
      case .closed: return .infinity
      case .level(let level): sum += share * levels[level - 1]
      case .speed_kmh(let speed):
        // At a crawl below 1 km/h traffic stands: the slowest speed that is taken.
        let time_ms = Double(to - from) * 3.6 / max(speed, 1)
        sum += time_ms / own_ms
      }
    }
    return sum
  }
}
