// What a call may repeat: open incidents near enough and fresh enough, the likeliest first. Of those that were merged
// the one that stands for them is named, with the score of the likeliest.

import HujiaContainers
import HujiaRoads
import HujiaRouting

/// One incident that a call may repeat (`hj_repeat`).
package struct RepeatView: BitwiseCopyable, Equatable, Sendable {
  package var score: UInt32 = 0
  /// Straight, to the place that was reported.
  package var distance_dm: UInt32 = 0
  package var incidentID: UInt64 = 0
  /// From its receipt to that of the call; negative where the call came first.
  package var age_ms: Int64 = 0
  var slot: UInt32 = IncidentRecord.none
  /// The square of the distance, in ten-millionths of a degree.
  var square: Int64 = 0
  package init() {}

  /// Likelier, else fresher, else nearer, else the older id.
  func precedes(_ other: RepeatView) -> Bool {
    if score != other.score { return score > other.score }
    if age_ms.magnitude != other.age_ms.magnitude {
      return age_ms.magnitude < other.age_ms.magnitude
    }
    if square != other.square { return square < other.square }
    return incidentID < other.incidentID
  }
}

/// The likeliest, best first, each incident once.
package struct RepeatList: BitwiseCopyable {
  package static var most: Int { 16 }
  package private(set) var count = 0
  private var views: InlineArray<16, RepeatView> = .init(repeating: RepeatView())
  package init() {}

  package subscript(place: Int) -> RepeatView { views.span[place] }

  /// Of one incident the better of two counts.
  mutating func offer(_ view: RepeatView) {
    var place = 0
    while place < count, views[place].slot != view.slot { place += 1 }
    if place < count {
      guard view.precedes(views[place]) else { return }
    } else {
      guard count < Self.most || view.precedes(views[count - 1]) else { return }
      count = min(count + 1, Self.most)
      place = count - 1
    }
    while place > 0 {
      let before = views[place - 1]
      guard view.precedes(before) else { break }
      views[place] = before
      place -= 1
    }
    views[place] = view
  }

  /// Distances, of those that are named in the end.
  mutating func measure() {
    for place in 0..<count {
      let square = views[place].square
      views[place].distance_dm = RepeatAsk.distance_dm(square: square)
    }
  }
}

/// A call, as it is held against what is open.
struct RepeatAsk {
  let rules: RepeatRules
  let type: UInt32
  let callerHash: UInt64
  let lat_e7: Int32
  let lon_e7: Int32
  let start_ns: Int64
  /// The distance of the rules in ten-millionths of a degree, squared.
  let mostSquare: Int64
  private let cosine_q30: Int64

  init(_ report: IncidentReport, _ rules: RepeatRules, start_ns: Int64) {
    self.rules = rules
    type = report.type
    callerHash = report.callerHash
    lat_e7 = report.lat_e7
    lon_e7 = report.lon_e7
    self.start_ns = start_ns
    // A decimetre is 8.993 ten-millionths of a degree of latitude.
    let most_e7 = Int64(rules.distance_dm) * 8_993_216 / 1_000_000
    mostSquare = most_e7 * most_e7
    cosine_q30 = Int64(StraightLine.cosine_q30(report.lat_e7))
  }

  /// The square of the straight distance, level ground: over so few kilometres the globe is a table.
  func square(_ lat: Int32, _ lon: Int32) -> Int64 {
    let up = Int64(lat) - Int64(lat_e7)
    var across = (Int64(lon) - Int64(lon_e7)).magnitude
    if across > 1_800_000_000 { across = 3_600_000_000 - min(across, 3_600_000_000) }
    let east = (Int64(across) * cosine_q30) >> 30
    return up * up + east * east
  }

  static func distance_dm(square: Int64) -> UInt32 {
    UInt32(StraightLine.squareRoot(UInt64(square)) * 111_195 / 1_000_000)
  }
}

extension EngineCore {
  /// The incidents that a report may repeat, as it stands. O(incidents opened nearby within the plan's time).
  func repeats(of report: IncidentReport, into list: inout RepeatList) {
    let plan = match(report, tier: tier(of: report))
    repeats(
      of: report, currentPlans.repeats(plan), passing: IncidentRecord.none, into: &list)
  }

  /// `passing`: it is the report's own.
  func repeats(
    of report: IncidentReport, _ rules: RepeatRules, passing own: UInt32,
    into list: inout RepeatList
  ) {
    list = RepeatList()
    guard !report.place.isNowhere, openGrid.count > 0 else { return }
    let ask = RepeatAsk(report, rules, start_ns: time.ns(atWall_us: report.wall_us))
    // What was filed before that was received before it.
    let oldest_ns = ask.start_ns &- Int64(0).adding(ms: rules.within_ms)
    let rings = (Int64(rules.distance_dm) + OpenGrid.cell_dm - 1) / OpenGrid.cell_dm
    OpenGrid.cells.around(ask.lat_e7, ask.lon_e7, rings: max(rings, 1)) { cell in
      var slot = openGrid.first(openGrid.list(cell))
      while slot != IncidentRecord.none {
        let entry = openGrid[slot]
        guard entry.filed_ns >= oldest_ns else { break }
        let square = ask.square(entry.lat_e7, entry.lon_e7)
        if square <= ask.mostSquare, slot != own { look(at: slot, ask, square, &list) }
        slot = entry.next
      }
    }
    list.measure()
  }

  private func look(
    at slot: UInt32, _ ask: RepeatAsk, _ square: Int64, _ list: inout RepeatList
  ) {
    if incidents[slot].isSuspected, openRoot(ofLikely: slot) != nil { return }
    let age_ns = ask.start_ns &- incidents[slot].ownStart_ns
    let age_ms = age_ns / 1_000_000
    let caller = incidents[slot].callerHash
    let score = ask.rules.score(
      square: square, mostSquare: ask.mostSquare, age_ms: Int64(age_ms.magnitude),
      type: relation(ask.type, incidents[slot].type),
      isSameCaller: caller != 0 && caller == ask.callerHash)
    guard score > 0 else { return }
    var view = RepeatView()
    view.score = score
    view.square = square
    view.age_ms = age_ms
    view.slot = root(of: slot)
    view.incidentID = incidents.id(of: view.slot)
    list.offer(view)
  }

  /// What stands for it.
  func root(of slot: UInt32) -> UInt32 {
    incidents[slot].state == .merged ? incidents[slot].mergedInto : slot
  }

  /// A type that is not stated tells nothing.
  func relation(_ one: UInt32, _ other: UInt32) -> RepeatRules.TypeRelation {
    if one == 0 || other == 0 { return .doubtful }
    return one == other ? .same : .other
  }

  // The grid follows what is open

  /// It is open, or open at another place. An appointment that has not come repeats nothing yet.
  mutating func fileOpen(_ incident: UInt32) {
    let record = incidents[incident]
    openGrid.remove(incident)
    guard record.isOnGrid else { return }
    openGrid.file(
      incident, lat_e7: record.lat_e7, lon_e7: record.lon_e7, at_ns: record.received_ns)
  }

  /// After a state was read: all of them, the oldest first. Cold.
  mutating func fileAllOpen() {
    let open = (0..<UInt32(incidents.touched)).filter { incidents.isLive($0) }
      .sorted { incidents[$0].received_ns < incidents[$1].received_ns }
    for slot in open { fileOpen(slot) }
  }

  func validateOpenGrid(_ invariants: inout Invariants) {
    openGrid.validate(&invariants)
    var open = 0
    for slot in 0..<UInt32(incidents.touched) where incidents.isLive(slot) {
      let record = incidents[slot]
      guard record.isOnGrid else { continue }
      open += 1
      let entry = openGrid[slot]
      invariants.hold(
        entry.isFiled && entry.lat_e7 == record.lat_e7 && entry.lon_e7 == record.lon_e7
          && entry.filed_ns == record.received_ns,
        "an open incident is on the grid where it is", slot)
    }
    invariants.hold(open == openGrid.count, "the grid holds what is open", open)
  }
}

extension IncidentRecord {
  /// Open with a place, also where another stands for it.
  var isOnGrid: Bool {
    (state.isOpen && state != .held || state == .merged) && !place.isNowhere
  }
}
