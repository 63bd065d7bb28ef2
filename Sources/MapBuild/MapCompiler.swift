// From a draft to the arrays of a map: arcs, reverse arcs, parts, twins, shapes, names, grid. Offline only.

import HujiaGeography
import HujiaRoads

struct MapCompiler {
  private struct Arc {
    var tail: UInt32
    var head: UInt32
    var street: UInt32
    var isForward: Bool
    var times: MapDraft.Times
    var kind = Kind.street
    /// The street's own one comes before its byways; links are of no street.
    enum Kind: Int { case street, byway, link }
  }

  private let draft: MapDraft
  private let list: SectionList
  private var arcs: [Arc] = []
  private var forward: [UInt32]
  private var backward: [UInt32]
  private var firstPoint: [UInt32] = [0]
  private var pointLat: [Int32] = []
  private var pointLon: [Int32] = []
  private var pointOffset: [UInt32] = []
  private var pointStreet: [UInt32] = []

  /// The draft is unwrapped.
  init(_ draft: MapDraft, _ list: SectionList) {
    self.draft = draft
    self.list = list
    forward = Array(repeating: RoadMap.none, count: draft.streets.count)
    backward = forward
    makeArcs()
    makeShapes()
  }

  private mutating func makeArcs() {
    for (index, street) in draft.streets.enumerated() {
      let number = UInt32(index)
      if let times = street.forward {
        arcs.append(arc(index, isForward: true, number, times))
      }
      if let times = street.backward {
        arcs.append(arc(index, isForward: false, number, times))
      }
    }
    addTurnArcs()
    arcs.sort {
      if $0.tail != $1.tail { return $0.tail < $1.tail }
      if $0.head != $1.head { return $0.head < $1.head }
      if $0.street != $1.street { return $0.street < $1.street }
      if $0.isForward != $1.isForward { return $0.isForward }
      return $0.kind.rawValue < $1.kind.rawValue
    }
    for (index, arc) in arcs.enumerated() where arc.kind == .street {
      if arc.isForward {
        forward[Int(arc.street)] = UInt32(index)
      } else {
        backward[Int(arc.street)] = UInt32(index)
      }
    }
  }

  private func arc(
    _ index: Int, isForward: Bool, _ number: UInt32, _ times: MapDraft.Times
  ) -> Arc {
    let arc = DraftArc(street: index, isForward: isForward)
    return Arc(
      tail: draft.tail(arc), head: draft.head(arc), street: number, isForward: isForward,
      times: times)
  }

  /// Links and byways of places that are taken apart.
  private mutating func addTurnArcs() {
    guard let ports = draft.ports else { return }
    func time_ms(_ link: PortPlan.Link, _ profile: TurnRule.Profiles) -> UInt32 {
      link.profiles.contains(profile) ? 0 : MapDraft.Times.closed_ms
    }
    for link in ports.links {
      arcs.append(
        Arc(
          tail: link.tail, head: link.head, street: UInt32(draft.streets.count), isForward: true,
          times: MapDraft.Times(
            normal_ms: time_ms(link, .normal), response_ms: time_ms(link, .response)),
          kind: .link))
    }
    for byway in ports.byways {
      guard let times = draft.times(byway.of) else { continue }
      arcs.append(
        Arc(
          tail: byway.tail, head: byway.head, street: UInt32(byway.of.street),
          isForward: byway.of.isForward, times: times, kind: .byway))
    }
  }

  /// Shape points with their offsets along the street, stretched so that the last equals the street's length.
  private mutating func makeShapes() {
    for (index, street) in draft.streets.enumerated() {
      let shape = [draft.nodes[Int(street.from)]] + street.inner + [draft.nodes[Int(street.to)]]
      var along: [Int64] = [0]
      for place in 1..<shape.count {
        let step = Distance.between_mm(
          lat_e7: shape[place - 1].lat_e7, lon_e7: shape[place - 1].lon_e7, shape[place].lat_e7,
          shape[place].lon_e7)
        along.append(along[place - 1] + step)
      }
      let drawn = along[shape.count - 1]
      for (place, point) in shape.enumerated() {
        let isLast = place == shape.count - 1
        let scaled =
          drawn == 0 ? 0 : along[place].multipliedScaled(by: Int64(street.length_mm), over: drawn)
        pointLat.append(point.lat_e7)
        pointLon.append(point.lon_e7)
        pointOffset.append(isLast ? street.length_mm : UInt32(clamping: scaled))
        pointStreet.append(UInt32(index))
      }
      firstPoint.append(UInt32(pointLat.count))
    }
  }

  private func starts(_ ends: [UInt32]) -> [UInt32] {
    var first = [UInt32](repeating: 0, count: draft.nodes.count + 1)
    for end in ends { first[Int(end) + 1] += 1 }
    for index in 1..<max(first.count, 1) { first[index] += first[index - 1] }
    return first
  }

  /// Adds a map's sections but routing's to the list, without clearances.
  func run() {
    let grid = SnapGridBuilder(lat_e7: pointLat, lon_e7: pointLon, streetFirstPoint: firstPoint)
    let names = nameTable()
    list.add(
      MapTag.facts,
      [
        MapFacts(
          nodes: UInt64(draft.nodes.count), streets: UInt64(draft.streets.count),
          arcs: UInt64(arcs.count), points: UInt64(pointLat.count),
          names: UInt64(names.map { $0.starts.count - 1 } ?? 0), gridSouth_e7: grid.south_e7,
          gridWest_e7: grid.west_e7, gridRows: grid.rows, gridColumns: grid.columns,
          cellLat_e7: grid.cellLat_e7, cellLon_e7: grid.cellLon_e7)
      ])
    let heads = arcs.map(\.head)
    let firstOut = starts(arcs.map(\.tail))
    addNodes(firstOut, heads)
    addStreets()
    if let names {
      list.add(MapTag.streetName, names.ofStreet)
      list.add(MapTag.nameStart, names.starts)
      list.add(MapTag.nameBytes, names.bytes)
    }
    if let byID = streetsByID() { list.add(MapTag.streetByID, byID) }
    list.add(MapTag.pointLat, pointLat)
    list.add(MapTag.pointLon, pointLon)
    list.add(MapTag.pointOffset, pointOffset)
    list.add(MapTag.pointStreet, pointStreet)
    addArcs(firstOut, heads)
    addPorts()
    list.add(MapTag.firstInCell, grid.firstInCell)
    list.add(MapTag.cellSegment, grid.segments)
  }

  private func addNodes(_ firstOut: [UInt32], _ heads: [UInt32]) {
    list.add(MapTag.nodeLat, draft.nodes.count) { draft.nodes[$0].lat_e7 }
    list.add(MapTag.nodeLon, draft.nodes.count) { draft.nodes[$0].lon_e7 }
    let parts = StrongParts.find(
      nodeCount: draft.nodes.count, firstOut: firstOut, arcHead: heads,
      placeOf: draft.ports?.placeOf)
    list.add(MapTag.nodePart, parts)
    list.add(MapTag.mainlands, [Islets.mainlands(parts, placeOf: draft.ports?.placeOf)])
  }

  private func addStreets() {
    let streets = draft.streets
    list.add(MapTag.streetID, streets.count) { streets[$0].id }
    // Links are of the street behind the last, which has no length.
    list.add(MapTag.streetLength, streets.count + (draft.ports == nil ? 0 : 1)) {
      $0 < streets.count ? streets[$0].length_mm : 0
    }
    let twins = draft.twins()
    list.add(MapTag.streetFacts, streets.count) { index in
      StreetFacts(
        forwardArc: forward[index], backwardArc: backward[index], twin: twins[index],
        length_mm: streets[index].length_mm, firstNode: marked(streets[index].from),
        lastNode: marked(streets[index].to))
    }
    list.add(MapTag.streetFirstPoint, firstPoint)
  }

  private func marked(_ place: UInt32) -> UInt32 {
    draft.ports?.isSplit(place) ?? false ? place | StreetFacts.splitMark : place
  }

  /// Which nodes are ports of which place, and what else a map with turn rules needs.
  private func addPorts() {
    guard let ports = draft.ports else { return }
    list.add(PortTag.placeOf, ports.placeOf)
    list.add(PortTag.exitOf, ports.exitOf)
    func own(_ arc: UInt32, _ isForward: Bool) -> UInt32 {
      isForward ? forward[Int(arc)] : backward[Int(arc)]
    }
    let byways = arcs.indices.filter { arcs[$0].kind == .byway }.map {
      ArcPair(arc: own(arcs[$0].street, arcs[$0].isForward), other: UInt32($0))
    }
    list.add(PortTag.byways, byways.sorted { ($0.arc, $0.other) < ($1.arc, $1.other) })
    let reach = ports.reach.map {
      ArcPair(arc: own(UInt32($0.key.street), $0.key.isForward), other: $0.value)
    }
    list.add(PortTag.reach, reach.sorted { $0.arc < $1.arc })
  }

  private func addArcs(_ firstOut: [UInt32], _ heads: [UInt32]) {
    list.add(MapTag.firstOut, firstOut)
    list.add(MapTag.arcTail, arcs.count) { arcs[$0].tail }
    list.add(MapTag.arcHead, heads)
    list.add(MapTag.arcStreet, arcs.count) { arcs[$0].street }
    list.add(MapTag.arcNormal, arcs.count) { arcs[$0].times.normal_ms }
    if arcs.contains(where: { $0.times.response_ms != $0.times.normal_ms }) {
      list.add(MapTag.arcResponse, arcs.count) { arcs[$0].times.response_ms }
    }
    let firstIn = starts(heads)
    list.add(MapTag.firstIn, firstIn)
    let inArc = list.room(MapTag.inArc, arcs.count, of: UInt32.self)
    var place = firstIn
    for (index, head) in heads.enumerated() {
      inArc[Int(place[Int(head)])] = UInt32(index)
      place[Int(head)] += 1
    }
  }

  /// The streets in the order of their ids; nil where they stand in it already.
  private func streetsByID() -> [UInt32]? {
    let ids = draft.streets.map(\.id)
    guard zip(ids, ids.dropFirst()).contains(where: { $0 > $1 }) else { return nil }
    return (0..<UInt32(ids.count)).sorted { (ids[Int($0)], $0) < (ids[Int($1)], $1) }
  }

  /// Each name once, in order of first use; nil when no street has one.
  private func nameTable() -> (ofStreet: [UInt32], starts: [UInt32], bytes: [UInt8])? {
    guard draft.streets.contains(where: { !$0.name.isEmpty }) else { return nil }
    var numbers: [String: UInt32] = [:]
    var ofStreet: [UInt32] = []
    var starts: [UInt32] = [0]
    var bytes: [UInt8] = []
    for street in draft.streets {
      if let known = numbers[street.name] {
        ofStreet.append(known)
        continue
      }
      let number = UInt32(numbers.count)
      numbers[street.name] = number
      ofStreet.append(number)
      bytes += Array(street.name.utf8)
      starts.append(UInt32(bytes.count))
    }
    return (ofStreet, starts, bytes)
  }
}
