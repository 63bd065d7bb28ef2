// Places with turn rules, taken apart: ports where arcs end, ports where arcs begin, and links of no length from the
// ones to the others where a profile may turn. A street keeps one arc each way.

/// Of a draft whose nodes are places first, further ports after them. Offline only.
struct PortPlan {
  /// From a port where arcs end to one where arcs begin.
  struct Link {
    var tail: UInt32
    var head: UInt32
    /// Which profiles may turn so.
    var profiles: TurnRule.Profiles
  }

  /// A street's arc once more, for those under a rule that the arcs before it brought.
  struct Byway {
    var of: DraftArc
    var tail: UInt32
    var head: UInt32
  }

  /// By node: the place that it belongs to, which is where one starts from at that place.
  var placeOf: [UInt32]
  /// By place: the node where a way to it ends, which is the place itself where it is not taken apart. A further port
  /// names itself.
  var exitOf: [UInt32]
  /// Arcs that begin or end at another port than the place.
  var tails: [DraftArc: UInt32] = [:]
  var heads: [DraftArc: UInt32] = [:]
  /// Arcs with byways: where those come together that drive to a place on the arc.
  var reach: [DraftArc: UInt32] = [:]
  var links: [Link] = []
  var byways: [Byway] = []
  /// Pairs of nodes that a place in mid-street has for ends: the order keeps one above the other.
  var kin: [(UInt32, UInt32)] = []

  func isSplit(_ place: UInt32) -> Bool { exitOf[Int(place)] != place }

  /// Calls node i `numbers[i]`.
  mutating func renumber(_ numbers: [UInt32]) {
    func new(_ node: UInt32) -> UInt32 { numbers[Int(node)] }
    let before = self
    for (node, number) in numbers.enumerated() {
      placeOf[Int(number)] = new(before.placeOf[node])
      exitOf[Int(number)] = new(before.exitOf[node])
    }
    tails = tails.mapValues(new)
    heads = heads.mapValues(new)
    reach = reach.mapValues(new)
    for index in links.indices {
      links[index].tail = new(links[index].tail)
      links[index].head = new(links[index].head)
    }
    for index in byways.indices {
      byways[index].tail = new(byways[index].tail)
      byways[index].head = new(byways[index].head)
    }
    kin = kin.map { (new($0.0), new($0.1)) }
  }
}

extension MapDraft {
  /// Where an arc begins and ends in the graph.
  func tail(_ arc: DraftArc) -> UInt32 { ports?.tails[arc] ?? tailPlace(arc) }
  func head(_ arc: DraftArc) -> UInt32 { ports?.heads[arc] ?? headPlace(arc) }
  /// Where those come together that drive to a place on the arc.
  func reach(_ arc: DraftArc) -> UInt32 { ports?.reach[arc] ?? tail(arc) }

  /// The pairs of nodes that something joins, whichever way; a pair may come twice.
  @inline(__always)
  func forEachPair(_ body: (UInt32, UInt32) -> Void) {
    guard let ports else {
      for street in streets where street.isOpen && street.from != street.to {
        body(street.from, street.to)
      }
      return
    }
    func add(_ a: UInt32, _ b: UInt32) { if a != b { body(a, b) } }
    for (index, street) in streets.enumerated() {
      for isForward in [true, false] where (isForward ? street.forward : street.backward) != nil {
        let arc = DraftArc(street: index, isForward: isForward)
        add(tail(arc), head(arc))
      }
    }
    for link in ports.links { add(link.tail, link.head) }
    for byway in ports.byways { add(byway.tail, byway.head) }
    for pair in ports.kin { add(pair.0, pair.1) }
  }
}
