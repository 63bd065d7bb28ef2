// Ways to streets: cut where they meet, at barriers, and where the extract ends.

import HujiaGeography
import HujiaMapBuild

struct ExtractStreets {
  private let roads: RoadReading
  private let selection: NodeSelection
  private let places: NodeReading
  private let rules: RoadRules
  private(set) var draft = MapDraft()
  private(set) var report: ImportReport
  private(set) var restrictions: [TurnRestriction] = []
  /// How often the roads come by a node, and how many pieces would end there; 3 = more.
  private var uses: [UInt8]
  private var degree: [UInt8]
  /// Its number in the draft.
  private var draftNode: [UInt32]
  /// What ends at a barrier, by the barrier's node.
  private var arrivals: [UInt32: [(node: UInt32, way: Int)]] = [:]

  init(
    roads: RoadReading, selection: NodeSelection, places: NodeReading, rules: RoadRules,
    report: ImportReport
  ) {
    self.rules = rules
    self.roads = roads
    self.selection = selection
    self.places = places
    self.report = report
    uses = Array(repeating: 0, count: selection.ids.count)
    degree = uses
    draftNode = Array(repeating: .max, count: selection.ids.count)
  }

  mutating func build() {
    count()
    for way in roads.ways.indices { add(way) }
    addLinks()
    sortRestrictions()
    addTurns()
  }

  private func nodes(of way: ExtractWay) -> ArraySlice<UInt32> {
    selection.numbers[way.firstNode..<way.firstNode + Int(way.nodeCount)]
  }

  private func isThere(_ node: UInt32) -> Bool { places.wanted.found[Int(node)] > 0 }

  /// The parts of a way that lie within the extract, of two nodes and more; no node follows itself.
  private func runs(of way: ExtractWay) -> [[UInt32]] {
    var runs: [[UInt32]] = []
    var run: [UInt32] = []
    for node in nodes(of: way) {
      if !isThere(node) {
        if run.count > 1 { runs.append(run) }
        run = []
      } else if run.last != node {
        run.append(node)
      }
    }
    if run.count > 1 { runs.append(run) }
    return runs
  }

  private mutating func count() {
    for way in roads.ways {
      let runs = runs(of: way)
      if runs.isEmpty {
        report.leftOut[nodes(of: way).allSatisfy { !isThere($0) } ? .outside : .tooShort] += 1
      } else if !nodes(of: way).allSatisfy({ isThere($0) }) {
        report.leftOut[.gaps] += 1
      }
      for run in runs {
        for (place, node) in run.enumerated() {
          let isEnd = place == 0 || place == run.count - 1
          uses[Int(node)] = min(uses[Int(node)] + 1, 3)
          degree[Int(node)] = min(degree[Int(node)] + (isEnd ? 1 : 2), 3)
        }
      }
    }
    report.leftOut[.missingNodes] = places.wanted.found.count { $0 == 0 }
    report.leftOut[.astrayNodes] = Int(places.counts.astray)
    report.leftOut[.missingNodes] -= min(
      report.leftOut[.missingNodes], report.leftOut[.astrayNodes])
    for (node, passage) in places.barriers where degree[Int(node)] >= 2 {
      let reason: LeftOut =
        degree[Int(node)] > 2
        ? .openBarriers
        : passage.normal == passage.response ? .closedBarriers : .normalBarriers
      report.leftOut[reason] += 1
    }
  }

  /// A barrier that parts the two pieces which end at it.
  private func parts(_ node: UInt32) -> Bool {
    degree[Int(node)] == 2 && places.barriers[node] != nil
  }

  private mutating func add(_ index: Int) {
    let way = roads.ways[index]
    let runs = runs(of: way)
    for run in runs {
      let road = self.road(of: way, along: run, isWhole: runs.count == 1)
      var start = 0
      for place in 1..<run.count {
        let node = run[place]
        guard place == run.count - 1 || uses[Int(node)] > 1 || parts(node) else { continue }
        addPiece(Array(run[start...place]), way: index, road)
        start = place
      }
    }
  }

  private func point(_ node: UInt32) -> (lat_e7: Int32, lon_e7: Int32) {
    (places.wanted.lat_e7[Int(node)], places.wanted.lon_e7[Int(node)])
  }

  private func length_mm(_ run: [UInt32]) -> Int64 {
    var sum: Int64 = 0
    for place in 1..<run.count {
      let a = point(run[place - 1])
      let b = point(run[place])
      sum += Distance.between_mm(lat_e7: a.lat_e7, lon_e7: a.lon_e7, b.lat_e7, b.lon_e7)
    }
    return sum
  }

  /// A ferry takes its time, whatever its class; only where all of its way is there.
  private func road(of way: ExtractWay, along run: [UInt32], isWhole: Bool) -> Road {
    var road = way.road
    guard let duration_s = road.duration_s, isWhole, run.count == Int(way.nodeCount) else {
      return road
    }
    let speed = max(Float(length_mm(run)) / 1e6 / (duration_s / 3_600), 0.01)
    for profile in RoadProfile.allCases {
      if road.forward_kmh[profile] > 0 { road.forward_kmh[profile] = speed }
      if road.backward_kmh[profile] > 0 { road.backward_kmh[profile] = speed }
    }
    return road
  }

  private mutating func end(_ node: UInt32, way: Int) -> UInt32 {
    let isParted = parts(node)
    if !isParted, draftNode[Int(node)] != .max { return draftNode[Int(node)] }
    let number = UInt32(draft.nodes.count)
    draft.nodes.append(point(node))
    if isParted {
      arrivals[node, default: []].append((number, way))
    } else {
      draftNode[Int(node)] = number
    }
    return number
  }

  private mutating func addPiece(_ run: [UInt32], way index: Int, _ road: Road) {
    let way = roads.ways[index]
    let length_mm = UInt32(clamping: length_mm(run))
    let forward = MapDraft.Times(road.forward_kmh, length_mm: length_mm)
    let backward = MapDraft.Times(road.backward_kmh, length_mm: length_mm)
    guard forward != nil || backward != nil else {
      report.leftOut[.tooLong] += 1
      return
    }
    let street = MapDraft.Street(
      id: UInt64(bitPattern: way.id), from: end(run[0], way: index),
      to: end(run[run.count - 1], way: index), length_mm: length_mm,
      name: roads.names[Int(way.name)], inner: run[1..<run.count - 1].map { point($0) },
      forward: forward, backward: backward)
    if road.isOneWay { report.oneWay += 1 }
    if road.isFilled { report.speedsFilled += 1 }
    if draft.append(ring: street) { report.rings += 1 }
  }

  /// Where one profile may pass a barrier: a street of no length between the two sides, closed to the other. They come
  /// last, so that at equal distance a place lies on a real street (`RoadMap.snap`).
  private mutating func addLinks() {
    for (node, sides) in arrivals.sorted(by: { $0.key < $1.key }) {
      guard let passage = places.barriers[node], sides.count == 2,
        passage.normal == .open || passage.response == .open
      else { continue }
      let way = roads.ways[sides[1].way]
      let times = MapDraft.Times(
        normal_ms: passage.normal == .open ? 0 : MapDraft.Times.closed_ms,
        response_ms: passage.response == .open ? 0 : MapDraft.Times.closed_ms)
      draft.streets.append(
        MapDraft.Street(
          id: UInt64(bitPattern: way.id), from: sides[0].node, to: sides[1].node, length_mm: 0,
          name: roads.names[Int(way.name)], forward: times, backward: times))
    }
  }
}

extension ExtractStreets {
  /// Restrictions whose ways are streets now are kept; the others are counted.
  private mutating func sortRestrictions() {
    for restriction in roads.restrictions {
      let ways = [restriction.from, restriction.to] + restriction.viaWays
      let kept = ways.compactMap { way(withID: $0) }
      guard kept.count == ways.count else {
        report.leftOut[.restrictionsOffRoad] += 1
        continue
      }
      if case .node(let id) = restriction.via, !kept.allSatisfy({ comes(by: id, $0) }) {
        report.leftOut[.restrictionsBroken] += 1
        continue
      }
      restrictions.append(restriction)
    }
    report.restrictionKinds = roads.kinds
  }

  /// Rules at a junction, those that lead on over it counted. No junction has more; a hub of thousands would keep an
  /// import busy for ever, and its table would outgrow the memory.
  private static let mostAtOnePlace = 256

  /// Turn rules of those that say which arcs are meant.
  private mutating func addTurns() {
    let turns = RestrictionTurns(draft, restrictions, rules)
    var known: [UInt32: Int] = [:]
    for restriction in restrictions {
      do throws(RestrictionTurns.Unfit) {
        let found = try turns.turns(restriction, via: try viaNode(restriction))
        // Every junction between the first arc and the last remembers the rule, not only the last.
        var here: [UInt32: Int] = [:]
        for rule in found {
          for arc in rule.path.dropFirst() + [rule.to] {
            here[draft.tailPlace(arc), default: 0] += 1
          }
        }
        guard here.allSatisfy({ known[$0.key, default: 0] + $0.value <= Self.mostAtOnePlace })
        else { throw RestrictionTurns.Unfit(reason: .restrictionsCrowded) }
        known.merge(here, uniquingKeysWith: +)
        draft.turns += found
        report.restrictionsApplied += 1
      } catch {
        report.leftOut[error.reason] += 1
      }
    }
  }

  /// The draft's node of a restriction over a node. None: a barrier, or where no street ends.
  private func viaNode(_ restriction: TurnRestriction) throws(RestrictionTurns.Unfit) -> UInt32? {
    guard case .node(let id) = restriction.via else { return nil }
    var low = 0
    var high = selection.ids.count
    while low < high {
      let middle = (low + high) / 2
      if selection.ids[middle] < id { low = middle + 1 } else { high = middle }
    }
    guard low < selection.ids.count, selection.ids[low] == id, draftNode[low] != .max else {
      throw RestrictionTurns.Unfit(reason: .restrictionsNeedless)
    }
    return draftNode[low]
  }

  private func way(withID id: Int64) -> ExtractWay? {
    var low = 0
    var high = roads.ways.count
    while low < high {
      let middle = (low + high) / 2
      if roads.ways[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < roads.ways.count && roads.ways[low].id == id ? roads.ways[low] : nil
  }

  private func comes(by id: Int64, _ way: ExtractWay) -> Bool {
    nodes(of: way).contains { selection.ids[Int($0)] == id && isThere($0) }
  }
}

extension TurnRestriction {
  var viaWays: [Int64] { if case .ways(let ways) = via { ways } else { [] } }
}

extension MapDraft.Times {
  /// Rounded up, so that only a street of no length takes no time; nil = closed to both, or too long for a time.
  init?(_ speeds_kmh: ByProfile<Float>, length_mm: UInt32) {
    func time_ms(_ speed: Float) -> UInt32 {
      guard speed > 0 else { return Self.closed_ms }
      // mm / (km/h) = 3.6 / 1000 s per mm at 1 km/h
      let time_ms = (Double(length_mm) * 3.6 / Double(speed)).rounded(.up)
      return time_ms < Double(Self.closed_ms) ? UInt32(time_ms) : Self.closed_ms
    }
    let normal_ms = time_ms(speeds_kmh.normal)
    let response_ms = time_ms(speeds_kmh.response)
    if normal_ms == Self.closed_ms, response_ms == Self.closed_ms { return nil }
    self.init(normal_ms: normal_ms, response_ms: response_ms)
  }
}
