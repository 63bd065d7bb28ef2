// What a replay measured, beside what was recorded. Durations in seconds, latencies in nanoseconds.

import CHujia
import Glibc
import Histogram
import HujiaCities
import HujiaHostKit

package struct Statistics {
  package struct TierFigures {
    package fileprivate(set) var calls = 0
    /// First dispatch to first unit on scene.
    package fileprivate(set) var arrival: [Double] = []
    package fileprivate(set) var recordedArrival: [Double] = []
    /// Typed in to first unit on scene.
    package fileprivate(set) var response: [Double] = []
    package fileprivate(set) var recordedResponse: [Double] = []
    /// Call answered to first unit on scene; the time on the phone is the recorded one in both.
    package fileprivate(set) var answered: [Double] = []
    package fileprivate(set) var recordedAnswered: [Double] = []
    /// The engine's travel time of the first unit at the decision, and the recorded drive.
    package fileprivate(set) var travel: [Double] = []
    package fileprivate(set) var recordedTravel: [Double] = []
    package fileprivate(set) var target_s: Double?
  }

  package struct Mark {
    package let place: Location
    package let tier: Int
  }

  /// One drive in words: who goes, by which road.
  package struct Example {
    let unit: String
    let call: City.Call
    package let road: RouteWords
    package let points: [Location]
    package var text: String {
      "\(unit) to \(call.type), call \(call.number), \(Int(road.time_s.rounded())) s: "
        + road.text(most: 8)
    }
  }

  package let city: City
  package let pace: DrivingPace
  package private(set) var busy: BusyUnits
  private let book: PlanBook
  package private(set) var latency = Histogram<UInt64>(
    highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .three)
  /// By tier 1 ... 4.
  package private(set) var tiers = [TierFigures](repeating: TierFigures(), count: 5)
  var manual = 0
  package private(set) var complete = 0
  var shortfalls: [UInt32: Int] = [:]
  var unitsSent = 0
  var unitsUsed: Set<Int> = []
  /// By clock and step; and by clock and hour.
  var escalations: [Int32: [Int32: Int]] = [:]
  package private(set) var escalationsByHour: [Int32: [Int]] = [:]
  package private(set) var chains = ChainHours()
  package private(set) var engineFigures = EngineFigures()
  var nextUnits = 0
  package internal(set) var responses: RecordedResponses
  package private(set) var callsByHour = [Int](repeating: 0, count: 24)
  package internal(set) var positions = 0
  package private(set) var sampleRoutes: [[Location]] = []
  package internal(set) var example: Example?
  package private(set) var marks: [Mark] = []
  package private(set) var engine = hj_stats()
  package var wallSeconds = 0.0
  /// Calls that no unit had reached at the end.
  var unreached = 0
  private(set) var virtualSeconds = 0.0
  /// The plans file that was used; nil = the built-in plan.
  package var plansPath: String?
  package var streets = StreetsOrigin()
  private var routesSeen = 0

  init(city: City, book: PlanBook, pace: DrivingPace, origin_s: Double) {
    self.city = city
    self.pace = pace
    busy = BusyUnits(city, origin_s: origin_s)
    self.book = book
    responses = RecordedResponses(city, book)
    tiers[1].target_s = 480
    tiers[2].target_s = 900
    for call in city.calls { addRecorded(call) }
  }

  private mutating func addRecorded(_ call: City.Call) {
    let tier = Int(book.tier(of: call))
    tiers[tier].calls += 1
    callsByHour[LocalTime.hour(call.entry)] += 1
    marks.append(Mark(place: call.place, tier: tier))
    let arrivals = call.responses.filter { $0.onScene != nil }
    guard let first = arrivals.min(by: { ($0.onScene ?? 0) < ($1.onScene ?? 0) }),
      let onScene = first.onScene, let dispatch = call.responses.map(\.dispatch).min()
    else { return }
    tiers[tier].recordedArrival.append(onScene - dispatch)
    tiers[tier].recordedResponse.append(onScene - call.entry)
    tiers[tier].recordedAnswered.append(onScene - call.received)
    if let underWay = first.underWay { tiers[tier].recordedTravel.append(onScene - underWay) }
  }

  mutating func decided(
    _ call: Int, _ status: hj_status, _ answer: hj_dispatch, _ took_ns: UInt64
  ) {
    latency.record(took_ns)
    if status == HJ_MANUAL { manual += 1 }
    if answer.shortfall == 0, status == HJ_OK { complete += 1 }
    for bit in 0..<9 where answer.shortfall & (1 << UInt32(bit)) != 0 {
      shortfalls[1 << UInt32(bit), default: 0] += 1
    }
    unitsSent += Int(answer.assignment_count)
    let tier = Int(answer.tier)
    guard answer.assignment_count > 0, tier >= 1, tier <= 4 else { return }
    if let least = answer.units.map(\.travel_ms).min(), least != UInt32.max {
      tiers[tier].travel.append(Double(least) / 1e3)
    }
  }

  mutating func sent(_ vehicle: Int) { unitsUsed.insert(vehicle) }

  mutating func sample(busy count: Int, until_s: Double) { busy.take(count, until_s: until_s) }

  mutating func drove(_ route: [hj_route_point]) {
    routesSeen += 1
    guard routesSeen % 97 == 1, sampleRoutes.count < 60, route.count > 5 else { return }
    sampleRoutes.append(route.map { Location(lat_e7: $0.lat_e7, lon_e7: $0.lon_e7) })
  }

  mutating func arrived(_ call: Int, dispatched_s: Double, now_s: Double, origin_s: Double) {
    let tier = Int(book.tier(of: city.calls[call]))
    tiers[tier].arrival.append(now_s - dispatched_s)
    tiers[tier].response.append(now_s + origin_s - city.calls[call].entry)
    tiers[tier].answered.append(now_s + origin_s - city.calls[call].received)
  }

  mutating func escalated(_ event: hj_event, hour: Int, tier: Int, at_ns: Int64) {
    chains.add(event, tier: tier, hour: Int(at_ns / 3_600_000_000_000))
    escalations[event.clock, default: [:]][event.step, default: 0] += 1
    escalationsByHour[event.clock, default: Array(repeating: 0, count: 24)][hour] += 1
    if event.action == HJ_STEP_NEXT_UNIT, event.reason == HJ_REASON_NEXT_UNIT { nextUnits += 1 }
  }

  mutating func finish(_ host: Host, virtualSeconds: Double) {
    engine = host.stats()
    engineFigures = EngineFigures(host, FigureNames(city, book))
    self.virtualSeconds = virtualSeconds
  }

  /// Units a call in the record, all that were ever sent.
  var recordedUnitsPerCall: Double {
    let sum = city.calls.reduce(0) { $0 + $1.responses.count }
    return Double(sum) / Double(max(city.calls.count, 1))
  }

  package var unitsPerCall: Double {
    Double(engine.assignments_opened) / Double(max(city.calls.count, 1))
  }
  /// How many times faster than life the replay ran.
  var realTimeRatio: Double { virtualSeconds / max(wallSeconds, 0.001) }

  package static func percentile(_ values: [Double], _ share: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
  }

  package static func within(_ values: [Double], _ target: Double?) -> Double? {
    guard let target, !values.isEmpty else { return nil }
    return Double(values.count { $0 <= target }) / Double(values.count)
  }

  /// Reports answered a second of computing, when nothing else ran.
  var decisionsPerSecond: Double { latency.mean > 0 ? 1e9 / latency.mean : 0 }

  package func latency_us(_ percentile: Double) -> Double {
    Double(latency.valueAtPercentile(percentile)) / 1e3
  }

  /// Peak resident memory of this process in bytes.
  static var peak_bytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1_024
  }

  /// The words of a decision's shortfall.
  static func words(ofShortfall bits: UInt32) -> String {
    shortfallNames.filter { bits & $0.bit != 0 }.map(\.name).joined(separator: ", ")
  }

  static let shortfallNames: [(bit: UInt32, name: String)] = [
    (1, "none available"), (2, "no unit has the capability"), (4, "not crewed"),
    (8, "end of shift"), (16, "outside the radius"), (32, "position unknown"),
    (64, "table full"), (128, "left to a person"), (256, "off the streets: estimate"),
  ]
}
