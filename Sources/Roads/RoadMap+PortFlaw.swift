// Whether the ports of a map hang together (`RoadMap.flaw`). Must never read outside a section.

extension RoadMap {
  /// Looks at nodes only, before anything follows `placeOf`.
  var portFlaw: String? {
    guard let ports else { return nil }
    let nodes = UInt32(nodeCount)
    if let node = Self.firstWrong(nodeCount, where: { ports.placeOf[$0] >= nodes }) {
      return "node \(node) is of no place"
    }
    if let node = Self.firstWrong(nodeCount, where: { ports.exitOf[$0] >= nodes }) {
      return "node \(node) has no exit"
    }
    for node in 0..<nodeCount {
      let place = Int(ports.placeOf[node])
      guard Int(ports.placeOf[place]) == place,
        Int(ports.placeOf[Int(ports.exitOf[node])]) == place,
        place == node || Int(ports.exitOf[node]) == node
      else { return "node \(node) is no port of its place" }
      guard nodeLat_e7[node] == nodeLat_e7[place], nodeLon_e7[node] == nodeLon_e7[place],
        nodePart[node] == nodePart[place]
      else { return "node \(node) lies beside its place" }
    }
    guard streetLength_mm[streetCount] == 0 else { return "links have a length" }
    return nil
  }

  /// Of a map whose arcs name nodes and streets that are there.
  var turnArcFlaw: String? {
    guard let ports else { return nil }
    var byways = 0
    for arc in 0..<arcCount where !isOfItsStreet(arc) {
      if isLink(arc) {
        guard Int(arcStreet[arc]) == streetCount,
          ports.placeOf[Int(arcTail[arc])] == ports.placeOf[Int(arcHead[arc])],
          arcNormal_ms[arc] == 0 || arcNormal_ms[arc] >= Self.closed_ms,
          arcResponse_ms[arc] == 0 || arcResponse_ms[arc] >= Self.closed_ms
        else { return "arc \(arc) is no link" }
      } else {
        byways += 1
      }
    }
    guard byways == ports.bywayCount else { return "arcs are not those of their streets" }
    return bywayFlaw(ports) ?? reachFlaw(ports)
  }

  /// What routing takes for closed (`Cost.unreachable_ms`).
  private static var closed_ms: UInt32 { 0x1fff_ffff }

  private func isOfItsStreet(_ arc: Int) -> Bool {
    guard !isLink(arc) else { return false }
    let facts = streetFacts[Int(arcStreet[arc])]
    return facts.forwardArc == arc || facts.backwardArc == arc
  }

  private func bywayFlaw(_ ports: Ports) -> String? {
    var before: UInt64?
    for index in 0..<ports.bywayCount {
      let pair = ports.byways[index]
      let key = UInt64(pair.arc) << 32 | UInt64(pair.other)
      guard pair.arc < arcCount, pair.other < arcCount, before.map({ $0 < key }) ?? true else {
        return "byway \(index) is not in order"
      }
      before = key
      let (arc, other) = (Int(pair.arc), Int(pair.other))
      guard isOfItsStreet(arc), !isOfItsStreet(other), !isLink(other),
        arcStreet[arc] == arcStreet[other], arcNormal_ms[arc] == arcNormal_ms[other],
        arcResponse_ms[arc] == arcResponse_ms[other],
        ports.placeOf[Int(arcTail[arc])] == ports.placeOf[Int(arcTail[other])],
        ports.placeOf[Int(arcHead[arc])] == ports.placeOf[Int(arcHead[other])]
      else { return "byway \(index) is not its arc once more" }
    }
    return nil
  }

  private func reachFlaw(_ ports: Ports) -> String? {
    for index in 0..<ports.reachCount {
      let pair = ports.reach[index]
      guard pair.arc < arcCount, pair.other < nodeCount,
        index == 0 || ports.reach[index - 1].arc < pair.arc, isOfItsStreet(Int(pair.arc)),
        ports.placeOf[Int(pair.other)] == ports.placeOf[Int(arcTail[Int(pair.arc)])]
      else { return "arc \(pair.arc) is not reached where it begins" }
    }
    return nil
  }

  /// Whether a street's marks say which of its ends are taken apart, and it has two ends at most each way.
  @inline(__always) func markFlaw(_ street: Int) -> String? {
    let facts = streetFacts[street]
    func isMarked(_ end: UInt32) -> Bool { end & StreetFacts.splitMark != 0 }
    guard let ports else {
      return isMarked(facts.first) || isMarked(facts.last)
        ? "an end of street \(street) has no ports" : nil
    }
    func isRight(_ end: UInt32) -> Bool {
      let place = Int(end & ~StreetFacts.splitMark)
      return isMarked(end) == (Int(ports.exitOf[place]) != place)
    }
    // Both are nodes: `endFlaw` was asked before.
    guard isRight(facts.first), isRight(facts.last) else {
      return "street \(street) does not know the ports at its ends"
    }
    guard facts.twin < streetCount, isMarked(facts.first) || isMarked(facts.last) else {
      return nil
    }
    let twin = streetFacts[Int(facts.twin)]
    let isOneWay = facts.forwardArc == Self.none || facts.backwardArc == Self.none
    let isOther = twin.forwardArc == Self.none || twin.backwardArc == Self.none
    return isOneWay && isOther ? nil : "street \(street) and its twin have too many ends"
  }
}
