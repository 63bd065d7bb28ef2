// Read first. A feed of live traffic on its way into an engine: fetched, held against the map, reported through the C
// interface, and watched until the epoch that has it serves.

import CHujia
import Glibc
import HujiaHostKit
import HujiaRoads
import HujiaTrafficFeed

/// One reading of a feed, and what came of it.
package struct FeedReading: Encodable, Equatable {
  package var entries = 0
  package var found = 0
  package var left_out: [String: Int] = [:]
  package var arcs = 0
  package var streets = 0
  package var changed = 0
  package var refused = 0
  /// Fetching to the end of the report.
  package var reported_ms = 0.0
  /// Fetching to the epoch that has it; nil: nothing changed.
  package var serving_ms: Double?
  package var epoch: UInt64 = 0
  package var choice: FeedChoice?
  package var before: FeedChoice?
  /// Why the feed could not be read; everything else is as it was.
  package var fault: String?
}

/// The unit that would be sent to the watched place.
package struct FeedChoice: Encodable, Equatable {
  package var unit: UInt64
  package var travel_ms: UInt32

  package init(unit: UInt64, travel_ms: UInt32) {
    self.unit = unit
    self.travel_ms = travel_ms
  }
}

package final class FeedFollower {
  private let host: Host
  private var source: FeedSource
  private var decoder: FeedDecoder
  private let columns: FeedColumns
  private let isBinary: Bool
  private let place: Location?
  private var book = FlowBook()
  private var choice: FeedChoice?
  private var room = Host.roomForEvents(64)
  private var epoch: UInt64 = 0
  /// Of the newest reading that was none of a fault.
  private var lastGood_ns = HostClock.now_ns
  private static let most_streets = 1 << 20
  private static let longestBuild_s = 60.0

  /// `place`: where the choice is watched.
  package init(
    _ host: Host, _ source: FeedSource, _ decoder: FeedDecoder, columns: FeedColumns,
    isBinary: Bool, place: Location?
  ) throws(Failed) {
    self.host = host
    self.source = source
    self.decoder = decoder
    self.columns = columns
    self.isBinary = isBinary
    self.place = place
    choice = try chosen()
  }

  /// Times may come at any moment: what they need is taken at open.
  package static func configure(_ config: inout hj_config) { config.traffic = HJ_TRAFFIC_AT_OPEN }

  package static func put(unit id: UInt64, at place: Location, into host: Host) throws(Failed) {
    var car = hj_unit()
    car.id = id
    car.crew = 2
    car.capabilities = 1
    car.lat_e7 = place.lat_e7
    car.lon_e7 = place.lon_e7
    try Host.check(host.put(car), "--unit \(id)")
  }

  /// Fetches once; nil: the feed is the same as before. A feed that cannot be read, or is not renewed, leaves
  /// everything as it is for `hold_s` seconds; then every street goes back to the map's own time.
  package func read(hold_s: Double) throws(Failed) -> FeedReading? {
    let start_ns = HostClock.now_ns
    var reading = FeedReading()
    var flows: [StreetFlow] = []
    do throws(FeedError) {
      if let bytes = try source.fetch() {
        flows = try decode(bytes, into: &reading)
        lastGood_ns = start_ns
      } else {
        guard isStale(hold_s) else { return nil }
        let seconds = Decimals.fixed(HostClock.since_s(lastGood_ns), 0)
        reading.fault = "\(source.name) gave nothing new to read for \(seconds) s"
      }
    } catch {
      reading.fault = error.message
      guard isStale(hold_s) else { return reading }
    }
    let changes = book.changes(to: flows)
    reading.changed = changes.count
    reading.refused = try report(changes)
    reading.streets = book.streets
    reading.reported_ms = HostClock.since_s(start_ns) * 1_000
    if reading.changed > reading.refused, try waitForEpoch(start_ns) {
      reading.serving_ms = HostClock.since_s(start_ns) * 1_000
    }
    reading.epoch = epoch
    reading.before = choice
    choice = try chosen()
    reading.choice = choice
    return reading
  }

  private func isStale(_ hold_s: Double) -> Bool {
    HostClock.since_s(lastGood_ns) > hold_s && book.streets > 0
  }

  private func decode(
    _ bytes: [UInt8], into reading: inout FeedReading
  ) throws(FeedError) -> [StreetFlow] {
    let feed = try FeedReader.read(bytes, name: source.name, columns: columns, isBinary: isBinary)
    let answer = decoder.decode(feed)
    reading.entries = answer.records
    reading.found = answer.matched
    reading.left_out = answer.refused
    reading.arcs = answer.arcs
    return answer.flows
  }

  private func report(_ changes: [FlowChange]) throws(Failed) -> Int {
    var refused = 0
    var at = 0
    while at < changes.count {
      let part = changes[at..<min(at + Self.most_streets, changes.count)]
      at += part.count
      let (status, verdicts) = host.streetTimes(part.map(Self.time))
      guard status == HJ_OK || status == HJ_PARTIAL else {
        throw Failed(field: "hj_traffic_report", Host.text(status))
      }
      for (change, verdict) in zip(part, verdicts) {
        if verdict == HJ_OK { book.took(change) } else { refused += 1 }
      }
    }
    return refused
  }

  private static func time(_ change: FlowChange) -> hj_street_time {
    var time = hj_street_time.sized
    time.street_id = change.key.street
    time.direction = change.key.isForward ? HJ_DIRECTION_FORWARD : HJ_DIRECTION_BACKWARD
    time.profile = change.key.profile.rawValue
    switch change.time {
    case .travel(let ms): time.travel_ms = ms
    case .closed: time.travel_ms = HJ_STREET_CLOSED
    case .asMapped: time.travel_ms = HJ_STREET_AS_MAPPED
    }
    return time
  }

  /// Until an epoch serves and no time waits any more.
  private func waitForEpoch(_ start_ns: Int64) throws(Failed) -> Bool {
    let before = epoch
    while HostClock.since_s(start_ns) < Self.longestBuild_s {
      try Host.check(
        host.takeEvents(&room) { event in
          if event.kind == HJ_EVENT_TRAFFIC { epoch = event.epoch }
        }, "hj_events_poll")
      if epoch > before, host.stats().traffic_pending == 0 { return true }
      var waiting = pollfd(fd: host.eventsDescriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&waiting, 1, 20)
    }
    return false
  }

  /// Asks only: nothing is sent.
  private func chosen() throws(Failed) -> FeedChoice? {
    guard let place else { return nil }
    var report = hj_report()
    report.tier = HJ_TIER_EMERGENCY
    report.lat_e7 = place.lat_e7
    report.lon_e7 = place.lon_e7
    let (status, answer) = host.recommend(report)
    try Host.check(status, "hj_incident_recommend")
    guard answer.assignment_count > 0 else { return nil }
    return FeedChoice(unit: answer.chosen.0.unit_id, travel_ms: answer.chosen.0.travel_ms)
  }
}
