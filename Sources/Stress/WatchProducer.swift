// The lane of watches: heartbeats in batches, and between them watches that fall silent, are paused, taken out and put
// again. A silence goes through its whole chain, up to the incident that it opens.

import CHujia
import HujiaHostKit
import HujiaRoads

/// The watches of one producer, in three parts: those that beat, those that stay silent, and those that change.
struct WatchSet {
  /// Fewer would leave a part empty.
  static let least = 4
  /// Each may open an incident within seconds: more would need greater tables than a city's.
  static let mostSilent = 64
  /// Longer than runs take: no watch that beats falls silent.
  static let limit_s: UInt32 = 1_000_000
  /// A silence that was ended begins anew after that.
  static let silent_s: UInt32 = 60

  var beating: ArraySlice<hj_watch>
  var silent: ArraySlice<hj_watch>
  var changing: ArraySlice<hj_watch>

  /// A twentieth stays silent and as many change, at least one of each.
  init(_ watches: [hj_watch]) {
    let count = min(max(watches.count / 20, 1), Self.mostSilent)
    beating = watches.dropLast(2 * count)
    silent = watches.dropLast(count).suffix(count)
    changing = watches.suffix(count)
    for index in silent.indices { silent[index].limit_s = Self.silent_s }
    for index in changing.indices { changing[index].limit_s = Self.silent_s }
  }

  /// As it is put: silent as long as its limit allows, so that its chain begins at once.
  static func overdue(_ watch: hj_watch) -> hj_watch {
    var watch = watch
    watch.last_wall_us = HostClock.wall_us - Int64(silent_s) * 1_000_000
    return watch
  }
}

final class WatchProducer: Producer, @unchecked Sendable {
  static let batch = 64
  /// One batch in so many brings a sign of life of a watch that was silent: its chain ends.
  private static let wakeEvery = 16
  private static let pause_us: Int64 = 30_000_000
  private let set: WatchSet
  private let unknown: UInt64
  private let changes: LaneRecord
  private var beats: [hj_heartbeat]
  private var count = 0
  private var sent = 0
  /// Watches of this producer that the engine has.
  private(set) var left = 0

  init(_ set: WatchSet, unknown: UInt64, _ pacing: Pacing, _ host: Host, seconds: Int) {
    self.set = set
    self.unknown = unknown
    changes = LaneRecord(seconds: seconds)
    beats = Array(repeating: .sized, count: pacing.batch)
    super.init(.watches, pacing, host, seconds: seconds)
  }

  override var others: [(lane: Lane, record: LaneRecord)] { [(.changes, changes)] }

  /// Puts those that beat. Before the run; the others follow in it, so that each silence is counted.
  func prepare() throws(Failed) {
    for watch in set.beating {
      try Host.check(host.put(watch), "hj_watch_put")
      left += 1
    }
  }

  override func act() -> Outcome {
    for index in beats.indices {
      sent += 1
      let isBroken = sent % Feeds.brokenEvery == 0
      beats[index].watch_id = isBroken ? unknown : watch(sent, in: set.beating).id
    }
    // Those that change were put by the first act; each is there at this moment.
    if count > 0, count % Self.wakeEvery == 0 {
      beats[0].watch_id = watch(count / Self.wakeEvery, in: set.changing).id
    }
    let (status, taken) = beats.withUnsafeBufferPointer { host.beats($0) }
    let accepted = Int(taken)
    if status == HJ_FULL {
      return Outcome(offered: beats.count, accepted: accepted, full: beats.count - accepted)
    }
    return Outcome(offered: beats.count, accepted: accepted, refused: beats.count - accepted)
  }

  private func watch(_ number: Int, in part: ArraySlice<hj_watch>) -> hj_watch {
    part[part.startIndex + number % part.count]
  }

  /// After the first batch all that is silent is put, after each other batch one watch is changed.
  override func afterwards() {
    defer { count += 1 }
    guard count > 0 else {
      for watch in set.silent + set.changing { put(watch) }
      return
    }
    let beating = watch(count / 4, in: set.beating)
    switch count % 4 {
    case 0:
      // By turns until it is resumed, and for a time that ends by itself.
      let until_us = count % 8 == 0 ? 0 : HostClock.wall_us + Self.pause_us
      change { host.pause(watch: beating.id, until_us: until_us) }
    case 1:
      // By turns resumed, and put anew as it is known.
      change { count % 8 == 1 ? host.resume(watch: beating.id) : host.put(beating) }
    case 2:
      let other = watch(count / 4 + set.changing.count / 2, in: set.changing)
      change { host.pause(watch: other.id, until_us: 0) }
    default:
      let changing = watch(count / 4, in: set.changing)
      if change({ host.remove(watch: changing.id) }) { left -= 1 }
      put(changing)
    }
  }

  private func put(_ watch: hj_watch) {
    if change({ host.put(WatchSet.overdue(watch)) }) { left += 1 }
  }

  @discardableResult
  private func change(_ act: () -> hj_status) -> Bool {
    let begin_ns = HostClock.now_ns
    let status = act()
    let isTaken = status == HJ_OK || status == HJ_UNCHANGED
    changes.record(
      isTaken ? .taken : status == HJ_FULL ? .fullness : .refusal, due_ns: begin_ns,
      begin_ns: begin_ns, end_ns: HostClock.now_ns)
    return isTaken
  }

  /// After the run, from any thread.
  func removeSilent() {
    for watch in set.silent + set.changing where host.remove(watch: watch.id) == HJ_OK {
      left -= 1
    }
  }
}

extension Feeds {
  /// Sources beside the streets, with units that look in.
  static func watches(
    _ map: RoadMap, ids: [UInt64], units: Int, random: inout SplitMix64
  ) -> [hj_watch] {
    ids.map { id in
      var walk = Walk(map, random: &random)
      let place = walk.drive(Int64(random.between(0, 100_000)), random: &random)
      var watch = hj_watch.sized
      watch.id = id
      watch.limit_s = WatchSet.limit_s
      watch.type = 1
      watch.alarm_type = 1
      watch.lat_e7 = place.lat_e7
      watch.lon_e7 = place.lon_e7
      watch.home_officer_id = id % UInt64(units) + 1
      watch.grid_worker_id = (id + 1) % UInt64(units) + 1
      return watch
    }
  }
}
