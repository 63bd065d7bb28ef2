// One epoch of travel times: everything that depends on them, for both profiles. Built on any thread, away from the
// hot path, then published to the router as a whole; immutable from then on. An old one is filled again for the next.

import CHujiaKernels
import HujiaContainers
import HujiaRoads

package final class Metric: @unchecked Sendable {
  let map: RoadMap
  let hierarchy: Hierarchy?
  let memory: Memory
  private let normal: Layer
  /// Only where response driving has times of its own.
  private var response: Layer?
  private var isShared = true
  /// Which epoch this is; the caller counts. The map's own times are epoch 0.
  package var epoch: UInt64 = 0

  /// Takes storage for one profile (New York: 290 MiB); a second profile's, and a second direction's where ways back
  /// differ, follow when a build first needs them.
  package init(map: RoadMap, memory: Memory) throws(OutOfMemory) {
    let hierarchy = Hierarchy(map)
    let normal = try Layer(map: map, hierarchy: hierarchy, memory: memory)
    self.map = map
    self.hierarchy = hierarchy
    self.memory = memory
    self.normal = normal
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

  /// Everything else, from the times taken. A pure function of map and times. `parallel` may run two jobs at once.
  package func build(parallel: Parallel = sequential) throws(OutOfMemory) {
    guard let hierarchy else { return }
    try build(normal, hierarchy, parallel)
    if !isShared, let response { try build(response, hierarchy, parallel) }
  }

  private func build(_ layer: Layer, _ hierarchy: Hierarchy, _ parallel: Parallel)
    throws(OutOfMemory)
  {
    let customization = Customization(map: map, hierarchy: hierarchy, layer: layer)
    customization.run()
    layer.isSymmetric = customization.isSymmetric()
    if !layer.isSymmetric { try layer.needRowsDown(memory) }
    let scratch = try SweepScratch(hierarchy, memory: memory)
    let directions = [
      LabelSweep(
        hierarchy: hierarchy, arcs: layer.up.base, into: layer.rowsUp, rows: scratch.first),
      LabelSweep(
        hierarchy: hierarchy, arcs: layer.down.base, into: layer.rowsDown, rows: scratch.second),
    ]
    parallel(layer.isSymmetric ? 1 : 2) { directions[$0].run() }
    withExtendedLifetime(scratch) {}
  }

  /// 0 normal, 1 response.
  func layer(_ index: Int) -> Layer {
    if index == 1, let response { return response }
    return normal
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
