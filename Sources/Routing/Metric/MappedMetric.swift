// The first epoch as it stands in the map's file: the map's own travel times, customized and swept by the importer.
// Opening follows a few pointers; nothing is built and nothing is read until a question needs it. Later epochs
// (`Metric`) live in memory of their own.
// These tables are not verified at open (`MapFormat.isVerifiedLater`): nothing in them may be trusted as an index.

import HujiaContainers
import HujiaRoads

package struct MappedMetric {
  let normal: LayerView
  let response: LayerView
  let hasOneProfile: Bool

  /// nil when the map carries none: then it is built at open. nil also for one that does not fit, which `routingFlaw`
  /// names.
  package init?(_ map: RoadMap, _ hierarchy: Hierarchy) {
    guard let found = map.sections.find(MetricTag.facts), let start = found.baseAddress,
      found.count == MemoryLayout<MetricFacts>.stride
    else { return nil }
    let facts = start.loadUnaligned(as: MetricFacts.self)
    guard facts == MetricFacts(map, hierarchy, flags: facts.flags) else { return nil }
    let profiles = facts.flags & MetricFacts.oneProfile != 0 ? 1 : 2
    guard
      let first = Self.layer(
        map, hierarchy, 0, map.arcNormal_ms, facts.flags & MetricFacts.normalIsSymmetric != 0),
      let second = profiles == 1
        ? first
        : Self.layer(
          map, hierarchy, 1, map.arcResponse_ms,
          facts.flags & MetricFacts.responseIsSymmetric != 0)
    else { return nil }
    normal = first
    response = second
    hasOneProfile = profiles == 1
  }

  private static func layer(
    _ map: RoadMap, _ hierarchy: Hierarchy, _ profile: Int, _ times_ms: UnsafePointer<UInt32>,
    _ isSymmetric: Bool
  ) -> LayerView? {
    func array<Element: BitwiseCopyable>(_ part: MetricTag.Part, _ count: Int, _: Element.Type)
      -> UnsafePointer<Element>?
    {
      guard let found = map.sections.find(MetricTag.tag(profile, part)),
        let start = found.baseAddress, found.count == count * MemoryLayout<Element>.stride
      else { return nil }
      return start.assumingMemoryBound(to: Element.self)
    }
    let entries = hierarchy.labelEntries
    func side(_ parts: MetricTag.Side, rows: MetricTag.Side) -> LabelSide? {
      guard let costs = array(rows.costs, hierarchy.arcCount, UInt64.self),
        let through = array(parts.through, hierarchy.arcCount, UInt32.self),
        let times = array(rows.times, entries, UInt32.self),
        let lengths = array(rows.lengths, entries, UInt32.self)
      else { return nil }
      return LabelSide(costs: costs, through: through, times: times, lengths: lengths)
    }
    guard let incoming = array(.incoming, map.arcCount, IncomingArc.self),
      let up = side(.up, rows: .up), let down = side(.down, rows: isSymmetric ? .up : .down)
    else { return nil }
    return LayerView(
      times_ms: times_ms, labels: LayerView.Labels(incoming: incoming, up: up, down: down))
  }
}

/// The sections that hold it: "RM", the profile, the part.
package enum MetricTag {
  package static let facts = MapTag.tag("RMFA")

  package enum Part: UInt8, CaseIterable {
    case incoming = 73  // I
    case costUp = 85  // U
    case costDown = 68  // D
    case throughUp = 87  // W
    case throughDown = 119  // w
    case timeUp = 76  // L
    case lengthUp = 83  // S
    case timeDown = 108  // l
    case lengthDown = 115  // s
  }

  /// The parts of one direction.
  struct Side {
    let costs: Part
    let through: Part
    let times: Part
    let lengths: Part
    static let up = Side(costs: .costUp, through: .throughUp, times: .timeUp, lengths: .lengthUp)
    static let down = Side(
      costs: .costDown, through: .throughDown, times: .timeDown, lengths: .lengthDown)
  }

  /// `profile`: 0 normal (N), 1 response (R).
  package static func tag(_ profile: Int, _ part: Part) -> UInt32 {
    MapTag.tag("RM") | (profile == 0 ? 78 : 82) << 16 | UInt32(part.rawValue) << 24
  }
}

package struct MetricFacts: BitwiseCopyable, Equatable {
  var version: UInt64 = 2
  var nodes: UInt64
  var arcs: UInt64
  var hierarchyArcs: UInt64
  var labelEntries: UInt64
  var flags: UInt64

  package static var oneProfile: UInt64 { 1 }
  package static var normalIsSymmetric: UInt64 { 2 }
  package static var responseIsSymmetric: UInt64 { 4 }

  package init(_ map: RoadMap, _ hierarchy: Hierarchy, flags: UInt64) {
    nodes = UInt64(map.nodeCount)
    arcs = UInt64(map.arcCount)
    hierarchyArcs = UInt64(hierarchy.arcCount)
    labelEntries = UInt64(hierarchy.labelEntries)
    self.flags = flags
  }
}
