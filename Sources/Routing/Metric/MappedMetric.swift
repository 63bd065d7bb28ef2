// The first epoch as it stands in the map's file: the map's own travel times, customized and swept by the importer.
// Opening follows a few pointers; nothing is built and nothing is read until a question needs it. Later epochs
// (`Metric`) live in memory of their own.
// These tables are not verified at open (`MapFormat.isVerifiedLater`): nothing in them may be trusted as an index.

import HujiaContainers
import HujiaRoads

struct MappedMetric {
  let normal: LayerView
  let response: LayerView
  let hasOneProfile: Bool

  /// nil when the map carries none, or one that does not fit it: then it is built at open.
  init?(_ map: RoadMap, _ hierarchy: Hierarchy) {
    guard let found = map.sections.find(MetricTag.facts), let start = found.baseAddress,
      found.count == MemoryLayout<MetricFacts>.stride
    else { return nil }
    let facts = start.loadUnaligned(as: MetricFacts.self)
    guard facts == MetricFacts(map, hierarchy, flags: facts.flags), hierarchy.lengthStart != nil
    else { return nil }
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
    guard let incoming = array(.incoming, map.arcCount, IncomingArc.self),
      let up = array(.up, hierarchy.arcCount, ArcCost.self),
      let down = array(.down, hierarchy.arcCount, ArcCost.self),
      let labelUp = array(.labelUp, entries, UInt32.self),
      let viaUp = array(.viaUp, entries, UInt8.self),
      let lengthUp = array(.lengthUp, hierarchy.lengthEntries, UInt32.self),
      let labelDown = isSymmetric ? labelUp : array(.labelDown, entries, UInt32.self),
      let viaDown = isSymmetric ? viaUp : array(.viaDown, entries, UInt8.self),
      let lengthDown = isSymmetric
        ? lengthUp : array(.lengthDown, hierarchy.lengthEntries, UInt32.self)
    else { return nil }
    return LayerView(
      times_ms: times_ms,
      labels: LayerView.Labels(
        incoming: incoming, up: up, down: down, labelUp: labelUp, labelDown: labelDown,
        viaUp: viaUp, viaDown: viaDown, lengthUp: lengthUp, lengthDown: lengthDown))
  }
}

/// The sections that hold it: "RM", the profile, the part.
enum MetricTag {
  static let facts = MapTag.tag("RMFA")

  enum Part: UInt8, CaseIterable {
    case incoming = 73  // I
    case up = 85  // U
    case down = 68  // D
    case labelUp = 76  // L
    case viaUp = 86  // V
    case lengthUp = 83  // S
    case labelDown = 108  // l
    case viaDown = 118  // v
    case lengthDown = 115  // s
  }

  /// `profile`: 0 normal (N), 1 response (R).
  static func tag(_ profile: Int, _ part: Part) -> UInt32 {
    MapTag.tag("RM") | (profile == 0 ? 78 : 82) << 16 | UInt32(part.rawValue) << 24
  }
}

struct MetricFacts: BitwiseCopyable, Equatable {
  var version: UInt64 = 1
  var nodes: UInt64
  var arcs: UInt64
  var hierarchyArcs: UInt64
  var labelEntries: UInt64
  var lengthEntries: UInt64
  var flags: UInt64

  static var oneProfile: UInt64 { 1 }
  static var normalIsSymmetric: UInt64 { 2 }
  static var responseIsSymmetric: UInt64 { 4 }

  init(_ map: RoadMap, _ hierarchy: Hierarchy, flags: UInt64) {
    nodes = UInt64(map.nodeCount)
    arcs = UInt64(map.arcCount)
    hierarchyArcs = UInt64(hierarchy.arcCount)
    labelEntries = UInt64(hierarchy.labelEntries)
    lengthEntries = UInt64(hierarchy.lengthEntries)
    self.flags = flags
  }
}

/// The map's own travel times, built, as the sections that hold them.
private struct FirstMetric {
  private let metric: Metric
  private(set) var flags: UInt64
  private(set) var sections: [(tag: UInt32, bytes: UnsafeRawBufferPointer)] = []

  init(_ map: RoadMap) throws(OutOfMemory) {
    metric = try Metric(map: map, memory: .system)
    try metric.take(normal_ms: map.arcNormal_ms, response_ms: map.arcResponse_ms)
    try metric.build()
    flags = metric.hasOneProfile ? MetricFacts.oneProfile : 0
    for profile in 0..<(metric.hasOneProfile ? 1 : 2) {
      let layer = metric.layer(profile)
      if layer.isSymmetric {
        flags |= profile == 0 ? MetricFacts.normalIsSymmetric : MetricFacts.responseIsSymmetric
      }
      for part in MetricTag.Part.allCases {
        guard let bytes = layer.bytes(of: part) else { continue }
        sections.append((MetricTag.tag(profile, part), bytes))
      }
    }
  }

  func whileAlive<Result>(_ body: (FirstMetric) -> Result) -> Result {
    withExtendedLifetime(metric) { body(self) }
  }
}

/// The map with its first metric in it, so that opening need not build one. A map without routing's order stays as it
/// is. Offline; New York: 0.5 s, and 270 MiB more.
package func withFirstMetric(_ image: MapImage) throws(OutOfMemory) -> MapImage {
  let map = image.map
  guard let hierarchy = Hierarchy(map), hierarchy.lengthStart != nil else { return image }
  return try FirstMetric(map).whileAlive { metric in
    let facts = MetricFacts(map, hierarchy, flags: metric.flags)
    return withUnsafeBytes(of: facts) { bytes in
      MapImage(image, adding: [(MetricTag.facts, bytes)] + metric.sections)
    }
  }
}

/// The first claim of routing's sections that does not hold, or nil: the tables of the first metric are what building
/// it anew makes, to the last bit. Only for a map without a `routingFlaw`. Offline, for `hujia inspect`; New York: 1 s.
package func routingUntruth(_ map: RoadMap) throws(OutOfMemory) -> String? {
  guard let hierarchy = Hierarchy(map) else {
    let isThere = map.sections.find(HierarchyTag.facts) != nil
    return isThere ? "routing's order is of another size or version" : nil
  }
  guard map.sections.find(MetricTag.facts) != nil else { return nil }
  guard MappedMetric(map, hierarchy) != nil else { return "the travel times do not fit the map" }
  return try FirstMetric(map).whileAlive { metric in
    let facts = MetricFacts(map, hierarchy, flags: metric.flags)
    func isSame(_ tag: UInt32, _ bytes: UnsafeRawBufferPointer) -> Bool {
      guard let found = map.sections.find(tag), found.count == bytes.count else { return false }
      return found.elementsEqual(bytes)
    }
    guard withUnsafeBytes(of: facts, { isSame(MetricTag.facts, $0) }) else {
      return "the travel times are not those of the map's profiles"
    }
    for section in metric.sections where !isSame(section.tag, section.bytes) {
      return "section \(MapReader.name(section.tag)) is not what the map's travel times make"
    }
    return nil
  }
}

extension Layer {
  /// nil: the rows upwards serve both directions.
  fileprivate func bytes(of part: MetricTag.Part) -> UnsafeRawBufferPointer? {
    func raw<Element>(_ block: borrowing Block<Element>) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: block.base, count: block.bytes)
    }
    func words(_ base: UnsafeMutablePointer<UInt32>, _ count: Int) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: base, count: count * 4)
    }
    let below = rowsDown
    switch part {
    case .incoming: return raw(incoming)
    case .up: return raw(up)
    case .down: return raw(down)
    case .labelUp: return raw(labelUp)
    case .viaUp: return raw(viaUp)
    case .lengthUp: return raw(lengthUp)
    case .labelDown: return isSymmetric ? nil : words(below.label, labelUp.count)
    case .viaDown:
      return isSymmetric ? nil : UnsafeRawBufferPointer(start: below.via, count: viaUp.count)
    case .lengthDown: return isSymmetric ? nil : words(below.length, lengthUp.count)
    }
  }
}
