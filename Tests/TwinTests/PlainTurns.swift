// The slow and obvious truth where turns are forbidden: Dijkstra's search from one place over the arcs of the draft,
// each state the arcs driven last as far as any rule looks back. Knows neither ports nor the map's arcs.

import HujiaMapBuild
import HujiaRoads
import HujiaRouting

/// One street in one direction.
struct PlainArc: Hashable {
  var street: Int
  var isForward: Bool
  var back: PlainArc { PlainArc(street: street, isForward: !isForward) }
}

final class PlainTurns {
  let draft: MapDraft
  /// By profile and arc; `.max` = closed. Only arcs that are there.
  var times_ms: [[PlainArc: UInt32]] = [[:], [:]]
  private var leaving: [UInt32: [PlainArc]] = [:]
  private var reaching: [UInt32: [PlainArc]] = [:]
  private let rules: [(path: [PlainArc], to: PlainArc, isMandatory: Bool, of: [Bool])]
  private let longest: Int
  private let twins: [Int: Int]

  /// `twins`: by street, the opposite carriageway.
  init(_ draft: MapDraft, twins: [Int: Int]) {
    self.draft = draft
    self.twins = twins
    func plain(_ arc: DraftArc) -> PlainArc {
      PlainArc(street: Int(arc.number / 2), isForward: arc.number % 2 == 0)
    }
    rules = draft.turns.map {
      (
        $0.path.map(plain), plain($0.to), $0.isMandatory,
        [$0.profiles.contains(.normal), $0.profiles.contains(.response)]
      )
    }
    longest = rules.map(\.path.count).max() ?? 1
    for (index, street) in draft.streets.enumerated() {
      for (isForward, times) in [(true, street.forward), (false, street.backward)] {
        guard let times else { continue }
        let arc = PlainArc(street: index, isForward: isForward)
        times_ms[0][arc] = times.normal_ms >= 0x1fff_ffff ? .max : times.normal_ms
        times_ms[1][arc] = times.response_ms >= 0x1fff_ffff ? .max : times.response_ms
        leaving[tail(arc), default: []].append(arc)
        reaching[head(arc), default: []].append(arc)
      }
    }
  }

  func tail(_ arc: PlainArc) -> UInt32 {
    arc.isForward ? draft.streets[arc.street].from : draft.streets[arc.street].to
  }
  func head(_ arc: PlainArc) -> UInt32 { tail(arc.back) }
  func mapped_ms(_ arc: PlainArc, _ profile: Profile) -> UInt32 {
    let street = draft.streets[arc.street]
    let times = arc.isForward ? street.forward : street.backward
    return times.map { profile == .normal ? $0.normal_ms : $0.response_ms } ?? .max
  }

  /// Whether `next` may follow the arcs driven last.
  func mayTurn(_ driven: [PlainArc], _ next: PlainArc, _ profile: Profile) -> Bool {
    func holds(_ rule: Int) -> Bool {
      rules[rule].of[Int(profile.rawValue)] && driven.count >= rules[rule].path.count
        && Array(driven.suffix(rules[rule].path.count)) == rules[rule].path
    }
    let holding = rules.indices.filter(holds)
    if holding.isEmpty { return true }
    func isNamed(_ arc: PlainArc) -> Bool {
      let must = holding.filter { rules[$0].isMandatory }
      if !must.isEmpty, !must.contains(where: { rules[$0].to == arc }) { return false }
      return !holding.contains { !rules[$0].isMandatory && rules[$0].to == arc }
    }
    guard isNamed(next) else { return false }
    let last = driven[driven.count - 1]
    guard next == last.back,
      !holding.contains(where: { rules[$0].isMandatory && rules[$0].to == next })
    else { return true }
    // Back only where there is nothing else, as the map itself has it.
    return !(leaving[head(last)] ?? []).contains {
      $0 != next && isNamed($0) && mapped_ms($0, profile) < 0x1fff_ffff
    }
  }

  /// What of the arcs driven last may still matter.
  private func kept(_ driven: [PlainArc]) -> [PlainArc] {
    var count = min(driven.count, longest)
    while count > 1 {
      let last = Array(driven.suffix(count))
      if rules.contains(where: { Array($0.path.prefix(count)) == last }) { return last }
      count -= 1
    }
    return Array(driven.suffix(1))
  }

  /// A place on an arc.
  private struct Spot {
    var arc: PlainArc
    var at_mm: UInt64
    var length_mm: UInt64
    var time_ms: UInt64
    var before_ms: UInt64 { length_mm == 0 ? 0 : time_ms * at_mm / length_mm }
  }

  private func now_ms(_ arc: PlainArc, _ profile: Profile) -> UInt32 {
    times_ms[Int(profile.rawValue)][arc] ?? .max
  }

  /// The draft's node of a place at a junction.
  private func junction(_ place: Place) -> UInt32? {
    guard place.node != Place.none else { return nil }
    let street = draft.streets[Int(place.street)]
    return place.offset_mm == 0 ? street.from : street.to
  }

  private func spots(_ place: Place, _ profile: Profile, isLeaving: Bool) -> [Spot] {
    if let node = junction(place) {
      let arms = (isLeaving ? leaving[node] : reaching[node]) ?? []
      if arms.contains(where: { now_ms($0, profile) != .max }) { return [] }
    }
    var found: [Spot] = []
    func add(_ street: Int, _ offset: UInt64) {
      let length = UInt64(draft.streets[street].length_mm)
      for isForward in [true, false] {
        let arc = PlainArc(street: street, isForward: isForward)
        guard let now = times_ms[Int(profile.rawValue)][arc] else { continue }
        let own_ms = now == .max ? mapped_ms(arc, profile) : now
        guard own_ms < 0x1fff_ffff else { continue }
        found.append(
          Spot(
            arc: arc, at_mm: isForward ? offset : length - offset, length_mm: length,
            time_ms: UInt64(own_ms)))
      }
    }
    add(Int(place.street), UInt64(place.offset_mm))
    if let twin = twins[Int(place.street)] {
      let length = UInt64(draft.streets[twin].length_mm)
      add(twin, length - min(UInt64(place.offset_mm), length))
    }
    return found
  }

  private func packed(_ ms: UInt64, _ mm: UInt64) -> UInt64 { ms << 32 | mm }
  private func gap(_ place: Place) -> UInt64 {
    place.gap_dm >= 5 ? packed(UInt64(place.gap_dm) * 12, UInt64(place.gap_dm) * 100) : 0
  }

  /// Everything that can be reached from one place.
  struct Reached {
    fileprivate var from: Place
    fileprivate var profile: Profile
    /// To the beginning of an arc, and to a junction.
    fileprivate var entry: [PlainArc: UInt64] = [:]
    fileprivate var at: [UInt32: UInt64] = [:]
  }

  func search(from place: Place, _ profile: Profile) -> Reached {
    var reached = Reached(from: place, profile: profile)
    var costs: [[PlainArc]: UInt64] = [:]
    var heap = PlainHeap<[PlainArc]>()
    func lower(_ driven: [PlainArc], _ cost: UInt64) {
      guard cost < costs[driven] ?? .max else { return }
      costs[driven] = cost
      heap.push(cost, driven)
    }
    func enter(_ driven: [PlainArc], _ arc: PlainArc, _ cost: UInt64) {
      reached.entry[arc] = min(reached.entry[arc] ?? .max, cost)
      let time_ms = now_ms(arc, profile)
      guard time_ms != .max else { return }
      let length = UInt64(draft.streets[arc.street].length_mm)
      lower(kept(driven + [arc]), cost + packed(UInt64(time_ms), length))
    }
    if let node = junction(place) {
      reached.at[node] = 0
      for arc in leaving[node] ?? [] { enter([], arc, 0) }
    }
    for spot in spots(place, profile, isLeaving: true) {
      lower(
        [spot.arc], packed(spot.time_ms - spot.before_ms, spot.length_mm - spot.at_mm))
    }
    while let (cost, driven) = heap.pop() {
      guard cost == costs[driven] else { continue }
      let node = head(driven[driven.count - 1])
      reached.at[node] = min(reached.at[node] ?? .max, cost)
      for arc in leaving[node] ?? [] where mayTurn(driven, arc, profile) {
        enter(driven, arc, cost)
      }
    }
    return reached
  }

  func travel(_ reached: Reached, to goal: Place) -> Travel {
    var best = UInt64.max
    if let node = junction(goal) { best = reached.at[node] ?? .max }
    let starts = spots(reached.from, reached.profile, isLeaving: true)
    for spot in spots(goal, reached.profile, isLeaving: false) {
      if let cost = reached.entry[spot.arc] {
        best = min(best, cost + packed(spot.before_ms, spot.at_mm))
      }
      for start in starts
      where reached.from.node == Place.none && goal.node == Place.none && start.arc == spot.arc
        && start.at_mm <= spot.at_mm
      {
        best = min(best, packed(spot.before_ms - start.before_ms, spot.at_mm - start.at_mm))
      }
    }
    if best != .max { best += gap(reached.from) + gap(goal) }
    guard best != .max, best >> 32 < 0x1fff_ffff else {
      return StraightLine.travel(from: reached.from, to: goal, profile: reached.profile)
    }
    return Travel(
      travel_ms: UInt32(best >> 32), distance_dm: UInt32(((best & 0xffff_ffff) + 50) / 100),
      isStraightLine: false)
  }

  /// Whether one may drive these streets one after the other: in some directions, open, without a forbidden turn. The
  /// first and the last may be driven in part.
  func mayDrive(_ streets: [Int], _ profile: Profile) -> Bool {
    guard let first = streets.first else { return true }
    func ways(_ street: Int) -> [PlainArc] {
      [true, false].map { PlainArc(street: street, isForward: $0) }.filter {
        times_ms[Int(profile.rawValue)][$0] != nil
      }
    }
    var driven = Set(ways(first).map { [$0] })
    func go(_ street: Int, _ from: Set<[PlainArc]>) -> Set<[PlainArc]> {
      var found: Set<[PlainArc]> = []
      for way in from {
        for arc in ways(street)
        where tail(arc) == head(way[way.count - 1]) && mayTurn(way, arc, profile) {
          found.insert(kept(way + [arc]))
        }
      }
      return found
    }
    for (index, street) in streets.enumerated() {
      if index > 0 { driven = go(street, driven) }
      // Turned round at its ends: the street stands once in the list.
      for _ in 0..<4 { driven.formUnion(go(street, driven)) }
      if driven.isEmpty { return false }
    }
    return true
  }
}
