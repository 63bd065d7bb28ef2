// Read first. One run: opens the engine, makes the feeds, starts the threads, watches, ends everything and does the
// books.

import CHujia
import Glibc
import HujiaHostKit
import HujiaRoads

package final class StressRun {
  private let settings: StressSettings
  private let host: Host
  private var random: SplitMix64
  private var producers: [Producer] = []
  private var moments: [PostMoments] = []
  private var result: StressResult
  private let recording: RecordingFile?

  /// `file` must stay alive as long as the run.
  package init(_ settings: StressSettings, file: MapFile) throws(Failed) {
    self.settings = settings
    random = SplitMix64(seed: settings.seed)
    if let record = settings.record {
      recording = try RecordingFile(record, units: settings.units)
    } else {
      recording = nil
    }
    host = try StressEngine.open(
      map: settings.map, units: settings.units, watches: settings.watchRoom,
      isReplayed: settings.traces != nil, journal: settings.journal)
    result = StressResult(settings: settings)
    result.mapNodes = file.map.nodeCount
    result.cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    try putUnits(file.map)
    for (lane, plan) in settings.lanes where plan.rate != .perSecond(0) {
      try makeProducers(lane, plan, file.map)
    }
    guard settings.hasProbe else { return }
    producers.append(
      SchedulerProbe(
        .scheduler, Pacing(rate: .perSecond(StressSettings.probeRate)), host,
        seconds: settings.seconds))
  }

  private func putUnits(_ map: RoadMap) throws(Failed) {
    for unit in 0..<settings.units {
      var walk = Walk(map, random: &random)
      try StressEngine.put(unit: unit, at: walk.drive(40_000, random: &random), into: host)
    }
  }

  private func makeProducers(_ lane: Lane, _ plan: StressSettings.LanePlan, _ map: RoadMap)
    throws(Failed)
  {
    let batch = settings.batch(lane, plan)
    let recorded = try lane == .positions ? traces() : nil
    for index in 0..<plan.threads {
      let pacing = Pacing.share(plan.rate, producer: index, of: plan.threads, batch: batch)
      let tag = UInt64(Lane.allCases.firstIndex(of: lane) ?? 0) << 32 | UInt64(index + 1)
      switch lane {
      case .positions:
        let own = stride(from: index, to: settings.units, by: plan.threads).map { UInt64($0 + 1) }
        var fixes =
          recorded?.filter { Int($0.unit_id - 1) % plan.threads == index }
          ?? Feeds.fixes(map, units: own, random: &random)
        // With more threads than vehicles some have none of their own.
        if fixes.isEmpty { fixes = recorded ?? Feeds.fixes(map, units: [1], random: &random) }
        let ring = Feeds.ring(fixes, unknownUnit: UInt64(settings.units + 1), batch: batch)
        producers.append(PositionProducer(ring: ring, pacing, host, seconds: settings.seconds))
      case .calls:
        let reports = KeyedReports(
          Feeds.calls(map, count: 4_096, random: &random), tag: tag)
        producers.append(
          CallProducer(
            reports: reports, openLimit: max(settings.openLimit / plan.threads, 1), pacing,
            host, seconds: settings.seconds))
      case .acks:
        var reports = KeyedReports(Feeds.calls(map, count: 64, random: &random), tag: tag)
        let producer = AckProducer(.acks, pacing, host, seconds: settings.seconds)
        try producer.prepare(&reports, incidents: settings.assignmentsPerAckThread)
        producers.append(producer)
      case .posts:
        moments.append(PostMoments(producer: index))
        producers.append(
          PostProducer(
            reports: Feeds.calls(map, count: 1_024, random: &random), moments: moments[index],
            pacing, host, seconds: settings.seconds))
      case .traffic:
        let ids = (0..<map.streetCount).map { map.streetID[$0] }
        let streets = Feeds.streetTimes(ids: ids, count: 10_000, random: &random)
        producers.append(
          TrafficProducer(streets: streets, pacing, host, seconds: settings.seconds))
      case .watches:
        let all = settings.watchRoom
        let ids = stride(from: index, to: all, by: plan.threads).map { UInt64($0 + 1) }
        let watches = Feeds.watches(map, ids: ids, units: settings.units, random: &random)
        let producer = WatchProducer(
          WatchSet(watches), unknown: UInt64(all + 1), pacing, host, seconds: settings.seconds)
        try producer.prepare()
        producers.append(producer)
      case .closes, .answers, .changes, .scheduler: break
      }
    }
  }

  private func traces() throws(Failed) -> [hj_position]? {
    guard let path = settings.traces else { return nil }
    return try Feeds.traces(path, units: settings.units)
  }

  /// `tell` is called about once a second while it runs.
  package func run(_ tell: (StressProgress) -> Void) throws(Failed) -> StressResult {
    // Making the feeds took its time: everything begins a moment from now.
    let span = Span(start_ns: HostClock.now_ns + 200_000_000, seconds: settings.seconds)
    let events = EventTaker(host, moments: moments, watches: settings.watchRoom, span)
    events.take()
    events.reset()
    result.before = host.stats()
    let busyBefore_s = HostClock.processBusy_s
    try events.start()
    for producer in producers { try producer.begin(span) }
    watch(span, tell)
    while !producers.allSatisfy(\.hasEnded) { usleep(1_000) }
    result.elapsed_s = Double((producers.map(\.ended_ns).max() ?? 0) - span.start_ns) / 1e9
    result.processBusy_s = HostClock.processBusy_s - busyBefore_s
    // What is silent would go on opening incidents while the books are done.
    for producer in producers { (producer as? WatchProducer)?.removeSilent() }
    awaitAnswers(events)
    events.end()
    result.after = host.stats()
    collect(events)
    if settings.journal != nil { host.close() }
    if let recording {
      host.close()
      result.recorded = try recording.write()
    }
    return result
  }

  private func watch(_ span: Span, _ tell: (StressProgress) -> Void) {
    result.memory.reserve(settings.seconds + 2)
    for second in 1...settings.seconds {
      // A little later, so that the producers have closed their second.
      HostClock.sleep(until_ns: span.start_ns + Int64(second) * 1_000_000_000 + 60_000_000)
      result.memory.add(at_s: Double(second))
      tell(
        StressProgress(
          second: second, of: settings.seconds, producers: producers, stats: host.stats()))
    }
  }

  /// Accepted posts are answered, though nobody waits for them: five seconds is more than enough.
  private func awaitAnswers(_ events: EventTaker) {
    let posted = producers.reduce(0) { $0 + ($1.lane == .posts ? $1.record.sum.accepted : 0) }
    let until_ns = HostClock.now_ns + 5_000_000_000
    while events.answered < posted, HostClock.now_ns < until_ns { usleep(1_000) }
  }

  private func collect(_ events: EventTaker) {
    for (lane, plan) in settings.lanes { result.lanes.append(LaneResult(lane, rate: plan.rate)) }
    func add(_ lane: Lane, _ record: LaneRecord, rate: Rate) {
      if !result.lanes.contains(where: { $0.lane == lane }) {
        result.lanes.append(LaneResult(lane, rate: rate))
      }
      guard let index = result.lanes.firstIndex(where: { $0.lane == lane }) else { return }
      result.lanes[index].add(record, seconds: settings.seconds)
    }
    for producer in producers {
      add(producer.lane, producer.record, rate: producer.pacing.rate)
      for other in producer.others { add(other.lane, other.record, rate: producer.pacing.rate) }
      guard let index = result.lanes.firstIndex(where: { $0.lane == producer.lane }) else {
        continue
      }
      result.lanes[index].unsent += producer.unsent
      result.lanes[index].batch = producer.pacing.batch
      result.lanes[index].busy_ns += producer.busy_ns
      if producer.lane == .scheduler || producer.lane == .calls { result.gaps.add(producer.gaps) }
    }
    if !moments.isEmpty { add(.answers, events.answers, rate: .max) }
    result.lanes.sort { Self.order($0.lane) < Self.order($1.lane) }
    result.eventsTaken = events.sums.taken
    result.absences = events.sums.absences
    result.watchIncidents = events.sums.watchIncidents
    let watches = producers.compactMap { $0 as? WatchProducer }
    result.watchesLeft = watches.reduce(0) { $0 + $1.left }
    result.check(events.sums)
  }

  private static func order(_ lane: Lane) -> Int {
    let shown: [Lane] = [
      .positions, .calls, .closes, .acks, .posts, .answers, .traffic, .watches, .changes,
      .scheduler,
    ]
    return shown.firstIndex(of: lane) ?? shown.count
  }
}

/// A second as the progress line tells it.
package struct StressProgress {
  let second: Int
  let of: Int
  let producers: [Producer]
  let stats: hj_stats

  /// "12/60 s  positions 100,000/s p99 210 µs  calls 200/s p99 41 µs  posts waiting at most 3"
  package var text: String {
    var parts: [String] = []
    for lane in Lane.offered {
      let records = producers.filter { $0.lane == lane }.map(\.record)
      guard !records.isEmpty else { continue }
      let rows = records.compactMap { $0.second(second - 1) }
      let offered = rows.reduce(0) { $0 + $1.offered }
      let p99_us = Int((rows.map(\.p99_ns).max() ?? 0) / 1_000)
      parts.append("\(lane.rawValue) \(Thousands.text(offered))/s p99 \(Thousands.text(p99_us)) µs")
    }
    let marks =
      "waiting: events \(stats.events_waiting), posts at most \(stats.posts_waiting_high); "
      + "open \(stats.incidents_open)"
    return "\(second)/\(of) s  " + (parts + [marks]).joined(separator: "  ")
  }
}
