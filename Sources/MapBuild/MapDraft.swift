// A street network on its way into a map: ordinary arrays, as importers and tests fill them.

import HujiaRouting

/// Streets between nodes, not yet compiled. Indices refer to the arrays' order.
package struct MapDraft: Sendable {
  package struct Street: Sendable {
    package var id: UInt64
    package var from: UInt32
    package var to: UInt32
    package var length_mm: UInt32
    package var name: String
    /// Points between the two ends, in order; the ends are the nodes' own.
    package var inner: [(lat_e7: Int32, lon_e7: Int32)]
    /// Travel times along the street; nil = not allowed that way.
    package var forward: Times?
    package var backward: Times?
    package init(
      id: UInt64, from: UInt32, to: UInt32, length_mm: UInt32, name: String = "",
      inner: [(lat_e7: Int32, lon_e7: Int32)] = [], forward: Times?, backward: Times?
    ) {
      self.id = id
      self.from = from
      self.to = to
      self.length_mm = length_mm
      self.name = name
      self.inner = inner
      self.forward = forward
      self.backward = backward
    }
  }

  /// Milliseconds in the two profiles.
  package struct Times: Sendable, Equatable {
    package var normal_ms: UInt32
    package var response_ms: UInt32
    package init(normal_ms: UInt32, response_ms: UInt32) {
      self.normal_ms = normal_ms
      self.response_ms = response_ms
    }
    /// A profile that may not drive there although the other may: what routing takes for closed.
    package static var closed_ms: UInt32 { Cost.unreachable_ms }
    package init(_ both_ms: UInt32) { self.init(normal_ms: both_ms, response_ms: both_ms) }
  }

  package var nodes: [(lat_e7: Int32, lon_e7: Int32)] = []
  package var streets: [Street] = []
  /// What may not be driven one after the other.
  package var turns: [TurnRule] = []
  /// What compiling makes of `turns`.
  var ports: PortPlan?
  package init() {}

  /// Calls node i `numbers[i]`: routing's order. O(n).
  package mutating func renumber(_ numbers: [UInt32]) {
    precondition(numbers.count == nodes.count)
    let before = nodes
    for (node, number) in numbers.enumerated() { nodes[Int(number)] = before[node] }
    for index in streets.indices {
      streets[index].from = numbers[Int(streets[index].from)]
      streets[index].to = numbers[Int(streets[index].to)]
    }
    ports?.renumber(numbers)
  }
}

extension MapDraft.Street {
  /// Whether one may drive along it at all.
  var isOpen: Bool { forward != nil || backward != nil }
}
