// The record's responses held against the plan: which of them a run filled, with which unit, and why not the
// others.

import CHujia
import HujiaCities
import HujiaHostKit

package struct RecordedResponses {
  /// What became of one recorded response.
  package enum Fate: String, CaseIterable, Sendable {
    case sameUnit = "same unit"
    case otherUnit = "another unit"
    /// The plan asks for one like it, and none could be sent.
    case noneFree = "none to send"
    /// The plan asks for such units, but for fewer than the record sent.
    case moreThanAsked = "more than asked"
    /// The plan asks for no such unit.
    case notAsked = "not asked for"
  }

  package struct Row: Sendable {
    package let call: Int
    package let response: Int
    package let fate: Fate
    /// Of the city's units; nil: none followed this response.
    package let unit: Int?
    /// The plan's name, and what kept its seat empty.
    package let plan: String
    package let reason: String
    /// What the recorded unit was doing when the engine decided.
    package let recordedUnitThen: String
    /// The engine's dispatch to the scene, seconds; nil: it did not come there.
    package let arrival_s: Double?
  }

  /// One call while the run is at it.
  private struct Open {
    var plan: PlanBook.Plan?
    var number: UInt32
    var shortfall: UInt32
    var then: [String]
    var sent: [Int] = []
    var followers: [Int: Int] = [:]
    var arrivals: [Int: Double] = [:]
  }

  let city: City
  private let book: PlanBook
  private var open: [Int: Open] = [:]
  package private(set) var rows: [Row] = []

  init(_ city: City, _ book: PlanBook) {
    self.city = city
    self.book = book
  }

  /// `doing` says what a unit of the city does now.
  mutating func decided(_ call: Int, _ answer: hj_dispatch, doing: (String) -> String) {
    open[call] = Open(
      plan: book.plan(number: answer.plan), number: answer.plan, shortfall: answer.shortfall,
      then: city.calls[call].responses.map { doing($0.unit) })
  }

  /// A unit goes to a call and follows one of its recorded responses; nil: the record sent no more like it.
  mutating func sent(_ unit: Int, to call: Int, following response: Int?) {
    open[call]?.sent.append(unit)
    if let response { open[call]?.followers[response] = unit }
  }

  /// It was taken off before it came to the scene.
  mutating func takenBack(_ unit: Int, from call: Int, following response: Int?) {
    if let place = open[call]?.sent.lastIndex(of: unit) { open[call]?.sent.remove(at: place) }
    if let response, open[call]?.followers[response] == unit {
      open[call]?.followers[response] = nil
    }
  }

  mutating func arrived(_ response: Int?, of call: Int, after seconds: Double) {
    if let response { open[call]?.arrivals[response] = seconds }
  }

  /// The call is over, or the run.
  mutating func ended(_ call: Int) {
    guard let known = open.removeValue(forKey: call) else { return }
    var empty = emptySeats(known)
    for (place, response) in city.calls[call].responses.enumerated() {
      let can = capabilities(of: response)
      let unit = known.followers[place]
      var fate = Fate.notAsked
      var reason = ""
      if let unit {
        fate = city.units[unit].name == response.unit ? .sameUnit : .otherUnit
      } else if let seat = empty.firstIndex(where: { $0.fits(can) }) {
        empty.remove(at: seat)
        fate = .noneFree
        reason = Statistics.words(ofShortfall: known.shortfall)
      } else if known.plan?.seats.contains(where: { $0.fits(can) }) ?? (known.number > 0) {
        fate = .moreThanAsked
      }
      rows.append(
        Row(
          call: call, response: place, fate: fate, unit: unit, plan: known.plan?.name ?? "built in",
          reason: reason, recordedUnitThen: known.then[place], arrival_s: known.arrivals[place]))
    }
  }

  mutating func finish() {
    for call in open.keys.sorted() { ended(call) }
    rows.sort { ($0.call, $0.response) < ($1.call, $1.response) }
  }

  /// Seats of the first alarm that nobody took. The seats that ask for most are taken first, each by the unit that can
  /// do least beside it.
  private func emptySeats(_ known: Open) -> [PlanBook.Seat] {
    var units = known.sent.map { book.capabilities(of: city.units[$0]) }
    var empty: [PlanBook.Seat] = []
    let seats = (known.plan?.seats ?? []).filter { $0.level == 1 }
    let order = seats.sorted { Self.most($0) > Self.most($1) }
    for seat in order {
      let able = units.indices.filter { seat.fits(units[$0]) }
      guard let unit = able.min(by: { units[$0].nonzeroBitCount < units[$1].nonzeroBitCount })
      else {
        empty.append(seat)
        continue
      }
      units.remove(at: unit)
    }
    return empty
  }

  private static func most(_ seat: PlanBook.Seat) -> Int {
    seat.alternatives.map(\.nonzeroBitCount).max() ?? 0
  }

  private func capabilities(of response: City.Response) -> UInt64 {
    let known = city.units.first { $0.name == response.unit }
    return known.map(book.capabilities(of:)) ?? book.capabilities(ofType: response.unitType)
  }

  // Summaries

  /// How many responses of each kind of unit, or of each type of call, had which fate.
  package enum Side: String, CaseIterable, Sendable { case unitType, callType }

  package func counts(by side: Side) -> [(name: String, counts: [Fate: Int])] {
    var found: [String: [Fate: Int]] = [:]
    for row in rows {
      let call = city.calls[row.call]
      let name = side == .callType ? call.type : call.responses[row.response].unitType
      found[name, default: [:]][row.fate, default: 0] += 1
    }
    func total(_ counts: [Fate: Int]) -> Int { counts.values.reduce(0, +) }
    return found.sorted { (-total($0.value), $0.key) < (-total($1.value), $1.key) }
      .map { ($0.key, $0.value) }
  }
}
