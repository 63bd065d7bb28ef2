// The nearest units without streets: squares are opened nearest first, until the next cannot hold anything better.

import HujiaContainers
import HujiaRoads

/// What an engine ranks units by besides travel: turnout and travel together, then the longest idle, then the number.
package struct Ranking: BitwiseCopyable {
  /// By code of a kind, and the least of all.
  var turnouts_ms: InlineArray<64, UInt32> = .init(repeating: 0)
  package var leastTurnout_ms: UInt32
  /// By level of a unit: all that are idle since then or longer are idle alike.
  package var availableSince_ns: InlineArray<32, Int64> = .init(repeating: .min)

  package init(leastTurnout_ms: UInt32) { self.leastTurnout_ms = leastTurnout_ms }
}

/// One question where there are no streets.
private struct GroundQuestion {
  let place: Place
  let filter: UnitFilter
  /// Of its kind, by code.
  let kinds: UInt64
  let profile: Profile
  let asked: UnitOrder.Asked

  init(
    _ place: Place, _ filter: UnitFilter, _ profile: Profile, _ codes: borrowing KindCodes
  ) {
    self.place = place
    self.filter = filter
    self.profile = profile
    kinds = filter.kind == 0 ? .max : codes.find(filter.kind).map { 1 << UInt64($0) } ?? 0
    asked = UnitOrder.Asked(until_us: filter.availableUntil_us, skipStamp: filter.skipStamp)
  }

  func mayMatch(_ summary: GroundSummary) -> Bool { summary.mayMatch(filter, kinds: kinds) }

  /// No unit in the square is nearer; nil: none is within the radius.
  func least_ms(_ node: GroundNode) -> UInt64? {
    let driven_mm =
      StraightLine.least_mm(
        place, south_e7: Int64(node.south) - 900_000_000, west_e7: Int64(node.west) - 1_800_000_000,
        side_e7: Int64(GroundTree.side(node.depth))) * 7 / 5
    guard filter.radius_dm == 0 || driven_mm / 100 <= UInt64(filter.radius_dm) else { return nil }
    return min(StraightLine.time_ms(driven_mm: driven_mm, profile), UInt64(Cost.unreachable_ms))
  }

  /// nil: it is not within the radius.
  func estimate(_ spot: Spot) -> Cost? {
    let estimate = StraightLine.travel(
      fromLat_e7: spot.lat_e7, fromLon_e7: spot.lon_e7, to: place, profile: profile)
    guard filter.radius_dm == 0 || estimate.distance_dm <= filter.radius_dm else { return nil }
    let time_ms = min(estimate.travel_ms, Cost.unreachable_ms)
    let length_mm = min(UInt64(estimate.distance_dm) * 100, UInt64(UInt32.max))
    return Cost(bits: UInt64(time_ms) << 33 | length_mm)
  }
}

extension Router {
  package var hasGround: Bool { map.nodeCount == 0 }

  /// Offers the matching units by their estimates. `filter.radius_dm` leaves out what is farther.
  mutating func searchGround(to place: Place, _ filter: UnitFilter, _ profile: Profile) {
    if filter.availableUntil_us != .min, !hasPlaced(filter) { return }
    let question = GroundQuestion(place, filter, profile, ground.table.kinds)
    ground.waitingCount = 0
    ground.push(0, least_ms: 0)
    while let next = ground.pop() {
      if next.least_ms > UInt64(shortlist.bound_ms) { return }
      let node = ground.nodes[next.node]
      guard node.firstChild == GroundTree.none else {
        for child in node.firstChild..<node.firstChild + 4 {
          let square = ground.nodes[child]
          guard square.count > 0, question.mayMatch(square.holds),
            let least_ms = question.least_ms(square), least_ms <= UInt64(shortlist.bound_ms)
          else { continue }
          ground.push(child, least_ms: least_ms)
        }
        continue
      }
      var spot = node.firstSpot
      while spot != GroundTree.none {
        offer(spot: spot, question)
        spot = ground.table.spots[spot].next
      }
    }
  }

  private mutating func offer(spot: UInt32, _ question: GroundQuestion) {
    ground.looked += 1
    guard question.mayMatch(ground.table.spots[spot].holds),
      let cost = question.estimate(ground.table.spots[spot]), cost.time_ms <= shortlist.bound_ms
    else { return }
    var group = ground.table.spots[spot].firstGroup
    while group != SpotTable.none {
      ground.looked += 1
      let next = ground.table.groups[group].next
      if ground.table.groups[group].traits.matches(question.filter) {
        offerLeast(ground.table.groups[group].root, question.asked, cost)
      }
      group = next
    }
  }

  /// Of units of one place the lowest numbers, as many as the list takes.
  private mutating func offerLeast(_ root: UInt32, _ asked: UnitOrder.Asked, _ cost: Cost) {
    let order = ground.table.order
    let traits = UnsafePointer(units.traits.base)
    order.leastIDs(root, asked, since_ns: .max, traits) { id in
      shortlist.admits(id: id, time_ms: cost.time_ms)
    } _: { unit in
      shortlist.offer(unit, id: units.ids[unit], cost: cost)
    }
  }

  /// The one unit with the least turnout and travel, the longest idle and then the lowest number among equals; where
  /// there are no streets. `turnout_ms`: of a kind.
  package mutating func best(
    to place: Place, filter given: UnitFilter, profile: Profile, ranking given_: Ranking,
    turnout_ms: (UInt32) -> UInt32
  ) -> NearestUnit? {
    var filter = given
    filter.prepare(codes: codes(given.levels))
    // What squares hold is of different units: classes know whether one has it all.
    if filter.availableUntil_us != .min, !hasPlaced(filter) { return nil }
    var ranking = given_
    for code in 0..<ground.table.kinds.count {
      ranking.turnouts_ms[code] = turnout_ms(ground.table.kinds.kind(code))
    }
    ranking.turnouts_ms[KindCodes.shared] = ranking.leastTurnout_ms
    let question = GroundQuestion(place, filter, profile, ground.table.kinds)
    var best = Best()
    ground.waitingCount = 0
    ground.push(0, least_ms: 0)
    while let next = ground.pop() {
      if next.least_ms > best.cost_ms { break }
      let node = ground.nodes[next.node]
      guard node.firstChild == GroundTree.none else {
        for child in node.firstChild..<node.firstChild + 4 {
          let square = ground.nodes[child]
          guard square.count > 0, question.mayMatch(square.holds),
            let least_ms = question.least_ms(square)
          else { continue }
          let cost_ms = least_ms + ranking.least_ms(square.holds.kinds & question.kinds)
          if cost_ms <= best.cost_ms { ground.push(child, least_ms: cost_ms) }
        }
        continue
      }
      var spot = node.firstSpot
      while spot != GroundTree.none {
        rank(spot: spot, question, ranking, turnout_ms, &best)
        spot = ground.table.spots[spot].next
      }
    }
    guard best.unit != SpotTable.none else { return nil }
    return NearestUnit(
      unit: best.unit, travel_ms: best.way.time_ms, distance_dm: best.way.length_dm,
      isStraightLine: true)
  }

  private mutating func rank(
    spot: UInt32, _ question: GroundQuestion, _ ranking: borrowing Ranking,
    _ turnout_ms: (UInt32) -> UInt32, _ best: inout Best
  ) {
    ground.looked += 1
    let holds = ground.table.spots[spot].holds
    guard question.mayMatch(holds), let way = question.estimate(ground.table.spots[spot]),
      UInt64(way.time_ms) + ranking.least_ms(holds.kinds & question.kinds) <= best.cost_ms
    else { return }
    var group = ground.table.spots[spot].firstGroup
    while group != SpotTable.none {
      ground.looked += 1
      let own = ground.table.groups[group]
      group = own.next
      guard own.traits.matches(question.filter) else { continue }
      let cost_ms = UInt64(way.time_ms) + UInt64(turnout_ms(own.traits.kind))
      guard cost_ms <= best.cost_ms else { continue }
      let since_ns = ranking.availableSince_ns.span[Int(own.traits.level)]
      guard
        let unit = ground.table.order.first(
          own.root, question.asked, since_ns: since_ns, UnsafePointer(units.traits.base))
      else { continue }
      let found = Best(
        cost_ms: cost_ms, idleSince_ns: max(ground.table.order.nodes[unit].idleSince_ns, since_ns),
        id: units.ids[unit], unit: unit, way: way)
      if found.isBetter(than: best) { best = found }
    }
  }

  private struct Best: BitwiseCopyable {
    var cost_ms = UInt64.max
    var idleSince_ns = Int64.max
    var id = UInt64.max
    var unit = SpotTable.none
    var way = Cost.unreachable

    func isBetter(than other: Best) -> Bool {
      if cost_ms != other.cost_ms { return cost_ms < other.cost_ms }
      if idleSince_ns != other.idleSince_ns { return idleSince_ns < other.idleSince_ns }
      return id < other.id
    }
  }
}

extension Ranking {
  /// The least turnout of kinds, by code.
  fileprivate func least_ms(_ kinds: UInt64) -> UInt64 {
    var least_ms = UInt32.max
    var left = kinds
    while left != 0 {
      least_ms = min(least_ms, turnouts_ms.span[left.trailingZeroBitCount])
      left &= left - 1
    }
    return UInt64(least_ms)
  }
}

extension StraightLine {
  static func time_ms(driven_mm: UInt64, _ profile: Profile) -> UInt64 {
    driven_mm * (profile == .normal ? 12 : 9) / 100
  }

  /// No point of a square is nearer. North-south the difference in latitude; east-west the way to the square's nearer
  /// meridian, whose sine is cos(latitude) · sin(difference in longitude). Both rounded down by more than
  /// `distance_mm` may err.
  static func least_mm(
    _ place: Place, south_e7: Int64, west_e7: Int64, side_e7: Int64
  ) -> UInt64 {
    let lat_e7 = Int64(place.lat_e7)
    let north_e7 = south_e7 + side_e7 - 1
    let latGap_e7 = max(south_e7 - lat_e7, lat_e7 - north_e7, 0)
    var least_mm = UInt64(latGap_e7) * 11_119 / 1_000
    let eastward_e7 = turned(west_e7 - Int64(place.lon_e7))
    let isInside = eastward_e7 == 0 || eastward_e7 + side_e7 > 3_600_000_000
    if !isInside {
      let westward_e7 = 3_600_000_000 - (eastward_e7 + side_e7 - 1)
      let lonGap_e7 = min(eastward_e7, westward_e7, 900_000_000)
      // In parentheses: a shift binds closer than a product.
      let sine = (sine_q30(halfAngle_q30(UInt64(lonGap_e7) * 2)) * cosine_q30(place.lat_e7)) >> 30
      least_mm = max(least_mm, (sine * (radius_mm >> 10)) >> 20)
    }
    let slack_mm = least_mm / 10_000 + 100
    return least_mm > slack_mm ? least_mm - slack_mm : 0
  }

  /// No two points at these latitudes are nearer; rounded down by more than `distance_mm` may err.
  @inline(__always) static func least_mm(fromLat_e7: Int32, toLat_e7: Int32) -> UInt64 {
    let least_mm = (Int64(fromLat_e7) - Int64(toLat_e7)).magnitude * 11_119 / 1_000
    let slack_mm = least_mm / 10_000 + 100
    return least_mm > slack_mm ? least_mm - slack_mm : 0
  }

  /// 0 ..< a whole turn.
  private static func turned(_ lon_e7: Int64) -> Int64 {
    let rest = lon_e7 % 3_600_000_000
    return rest < 0 ? rest + 3_600_000_000 : rest
  }
}
