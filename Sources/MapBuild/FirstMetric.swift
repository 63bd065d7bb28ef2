// The map's own travel times, built, as the sections that hold them (`MappedMetric` reads them).

import HujiaContainers
import HujiaRoads
import HujiaRouting

struct FirstMetric {
  private let metric: Metric
  private(set) var facts: MetricFacts
  /// Valid as long as `metric` lives.
  private(set) var sections: [(tag: UInt32, bytes: UnsafeRawBufferPointer)] = []

  /// New York: 0.5 s, 270 MiB. The hierarchy has rows of lengths.
  init(_ map: RoadMap, _ hierarchy: Hierarchy) throws(OutOfMemory) {
    metric = try Metric(map: map, hierarchy: hierarchy, memory: .system)
    try metric.take(normal_ms: map.arcNormal_ms, response_ms: map.arcResponse_ms)
    try metric.build()
    var flags = metric.hasOneProfile ? MetricFacts.oneProfile : 0
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
    facts = MetricFacts(map, hierarchy, flags: flags)
  }

  func whileAlive<Result>(_ body: (FirstMetric) -> Result) -> Result {
    withExtendedLifetime(metric) { body(self) }
  }

  /// The tables stay where they were built.
  func add(to list: SectionList) {
    list.add(MetricTag.facts, [facts])
    for section in sections { list.add(section.tag, section.bytes, of: metric) }
  }
}

/// The first claim of routing's sections that does not hold, or nil: the tables of the first metric are what building
/// it anew makes, to the last bit. Only for a map without a `routingFlaw`. For `hujia inspect`; New York: 1 s.
package func routingUntruth(_ map: RoadMap) throws(OutOfMemory) -> String? {
  guard let hierarchy = Hierarchy(map) else {
    let isThere = map.sections.find(HierarchyTag.facts) != nil
    return isThere ? "routing's order is of another size or version" : nil
  }
  guard map.sections.find(MetricTag.facts) != nil else { return nil }
  guard MappedMetric(map, hierarchy) != nil else { return "the travel times do not fit the map" }
  return try FirstMetric(map, hierarchy).whileAlive { metric in
    func isSame(_ tag: UInt32, _ bytes: UnsafeRawBufferPointer) -> Bool {
      guard let found = map.sections.find(tag), found.count == bytes.count else { return false }
      return found.elementsEqual(bytes)
    }
    guard withUnsafeBytes(of: metric.facts, { isSame(MetricTag.facts, $0) }) else {
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
