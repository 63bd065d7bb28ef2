// One epoch of travel times: everything that depends on them, for both profiles. Built on any thread, away from the
// hot path, then published to the router as a whole; immutable from then on. An old one is filled again for the next
// (`EpochStore`).

import HujiaContainers
import HujiaRoads

package final class Metric: @unchecked Sendable {
  let map: RoadMap
  let hierarchy: Hierarchy?
  let memory: Memory
  let normal: Layer
  /// Only where response driving has times of its own.
  private(set) var response: Layer?
  private var isShared = true
  /// A metric of live traffic keeps rows of both directions: one closed direction makes them differ.
  private var keepsBothDirections = false
  /// Which epoch this is; the caller counts. The map's own times are epoch 0.
  package var epoch: UInt64 = 0

  /// Takes storage for one profile (New York: 65 MiB); a second profile's, and a second direction's where ways back
  /// differ, follow when a build first needs them.
  package convenience init(map: RoadMap, memory: Memory) throws(OutOfMemory) {
    try self.init(map: map, hierarchy: Hierarchy(map), memory: memory)
  }

  /// The same where the hierarchy stands in no image yet.
  package init(map: RoadMap, hierarchy: Hierarchy?, memory: Memory) throws(OutOfMemory) {
    let normal = try Layer(map: map, hierarchy: hierarchy, memory: memory)
    self.map = map
    self.hierarchy = hierarchy
    self.memory = memory
    self.normal = normal
  }

  /// Room for every build that traffic may ask for (New York: 90 MiB a profile), so that none allocates. May be called
  /// while the metric answers.
  func reserveForTraffic() throws(OutOfMemory) {
    try normal.needRowsDown(memory)
    try response?.needRowsDown(memory)
    keepsBothDirections = true
  }

  /// A layer for response driving, with room for both directions.
  func makeResponse() throws(OutOfMemory) -> Layer {
    let layer = try Layer(map: map, hierarchy: hierarchy, memory: memory)
    try layer.needRowsDown(memory)
    return layer
  }

  /// From now on response driving has times of its own. Not while the metric answers.
  func split(_ layer: Layer?) {
    if response == nil { response = layer }
    isShared = response == nil
  }

  var layers: Int { isShared ? 1 : 2 }

  /// 0 normal, 1 response.
  package func layer(_ index: Int) -> Layer {
    if index == 1, let response { return response }
    return normal
  }

  /// The times to build from, by arc; `Cost.unreachable_ms` and above is closed. O(arcs), a copy.
  package func take(normal_ms: UnsafePointer<UInt32>, response_ms: UnsafePointer<UInt32>)
    throws(OutOfMemory)
  {
    normal.times.base.update(from: normal_ms, count: map.arcCount)
    isShared = true
    var arc = 0
    while arc < map.arcCount, isShared {
      isShared = normal_ms[arc] == response_ms[arc]
      arc += 1
    }
    if isShared { return }
    let layer: Layer
    if let known = response {
      layer = known
    } else {
      layer = try Layer(map: map, hierarchy: hierarchy, memory: memory)
      response = layer
    }
    layer.times.base.update(from: response_ms, count: map.arcCount)
  }

  /// Everything else, from the times taken. A pure function of map and times.
  package func build() throws(OutOfMemory) {
    guard let hierarchy else { return }
    let scratch = try BuildScratch(hierarchy, memory: memory)
    for index in 0..<layers {
      let layer = layer(index)
      customize(layer, scratch, .alone)
      if !keepsBothDirections {
        layer.isSymmetric = Customization(
          map: map, hierarchy: hierarchy, layer: layer, index: scratch.index
        ).isSymmetric()
      }
      if !layer.isSymmetric { try layer.needRowsDown(memory) }
      sweep(layer, scratch, .alone)
    }
  }

  /// The same without allocating, for a metric that has room for traffic.
  func rebuild(_ scratch: BuildScratch, _ crew: Crew) {
    for index in 0..<layers {
      let layer = layer(index)
      layer.isSymmetric = false
      customize(layer, scratch, crew)
      sweep(layer, scratch, crew)
    }
  }

  func view(_ profile: Profile) -> LayerView {
    if profile == .response, !isShared, let response {
      return response.view(hasLabels: hierarchy != nil)
    }
    return normal.view(hasLabels: hierarchy != nil)
  }

  /// Both profiles are the same.
  package var hasOneProfile: Bool { isShared }
}

// The jobs of a build.
extension Metric {
  private struct Customizing {
    var customization: Customization
    var scratch: BuildScratch
  }

  /// Ranges below at once, then what lies above them.
  private func customize(_ layer: Layer, _ scratch: BuildScratch, _ crew: Crew) {
    guard let hierarchy else { return }
    var work = Customizing(
      customization: Customization(
        map: map, hierarchy: hierarchy, layer: layer, index: scratch.index),
      scratch: scratch)
    withUnsafeMutablePointer(to: &work) { work in
      crew.run(scratch.rangeCount, work) { subject, index in
        let work = subject.assumingMemoryBound(to: Customizing.self)
        let scratch = work.pointee.scratch
        let customization = work.pointee.customization
        for node in scratch.range(index).reversed() {
          customization.customize(UInt32(node), scratch.places(index))
        }
      }
    }
    let places = scratch.places(scratch.rangeCount)
    for node in stride(from: hierarchy.nodeCount - 1, through: 0, by: -1)
    where scratch.isAbove(node) {
      work.customization.customize(UInt32(node), places)
    }
  }

  private func sweep(_ layer: Layer, _ scratch: BuildScratch, _ crew: Crew) {
    guard let hierarchy else { return }
    var directions = (
      Self.rowsUp(layer, hierarchy, scratch), Self.rowsDown(layer, hierarchy, scratch)
    )
    withUnsafeMutablePointer(to: &directions) { directions in
      crew.run(layer.isSymmetric ? 1 : 2, directions) { subject, index in
        let directions = subject.assumingMemoryBound(to: (LabelRows, LabelRows).self)
        if index == 0 { directions.pointee.0.sweep() } else { directions.pointee.1.sweep() }
      }
    }
  }

  static func rowsUp(_ layer: Layer, _ hierarchy: Hierarchy, _ scratch: BuildScratch) -> LabelRows {
    LabelRows(hierarchy, arcs: layer.arcsUp, into: layer.rowsUp, rows: scratch.rows(0))
  }

  static func rowsDown(_ layer: Layer, _ hierarchy: Hierarchy, _ scratch: BuildScratch)
    -> LabelRows
  {
    LabelRows(hierarchy, arcs: layer.arcsDown, into: layer.rowsDown, rows: scratch.rows(1))
  }
}
