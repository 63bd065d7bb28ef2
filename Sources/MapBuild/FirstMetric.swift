// The map's own travel times, built, as the sections that hold them (`MappedMetric` reads them).

import HujiaContainers
import HujiaRoads
import HujiaRouting

struct FirstMetric {
  private let metric: Metric
  private(set) var facts: MetricFacts
  /// Valid as long as `metric` lives.
  private(set) var sections: [(tag: UInt32, bytes: UnsafeRawBufferPointer)] = []

  /// New York: 0.2 s, 80 MiB.
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
  guard let hierarchy = Hierarchy(map), map.sections.find(MetricTag.facts) != nil else {
    return nil
  }
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
  /// nil: the costs and rows upwards serve both directions.
  fileprivate func bytes(of part: MetricTag.Part) -> UnsafeRawBufferPointer? {
    func raw<Element>(_ block: borrowing Block<Element>) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: block.base, count: block.bytes)
    }
    func words(_ base: UnsafeMutablePointer<UInt32>) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: base, count: timeUp.bytes)
    }
    switch part {
    case .incoming: return raw(incoming)
    case .costUp: return raw(costUp)
    case .costDown: return isSymmetric ? nil : raw(costDown)
    case .throughUp: return raw(throughUp)
    case .throughDown: return raw(throughDown)
    case .timeUp: return raw(timeUp)
    case .lengthUp: return raw(lengthUp)
    case .timeDown: return isSymmetric ? nil : words(rowsDown.times)
    case .lengthDown: return isSymmetric ? nil : words(rowsDown.lengths)
    }
  }
}
