// Read first. A draft of streets becomes a map that is fit to be written, in one pass: routing's order, arrays,
// clearances, the first metric. Each section is made once, and laid out only as it goes into its file.
// Offline: allocates freely, uses all cores. Never linked into the library.

import HujiaContainers
import HujiaFiles
import HujiaRoads
import HujiaRouting

/// Which nodes of a map keep rows of travel times, as an import is told.
package typealias CellLimits = RowLimits

/// Called now and then with the share done, 0 ... 1.
package typealias BuildProgress = (Double) -> Void

package final class MapCompilation {
  /// What a map may carry beside its streets. An import makes all of it; tests leave parts out.
  package struct Parts: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let order = Parts(rawValue: 1)
    package static let clearances = Parts(rawValue: 2)
    /// Needs the order.
    package static let metric = Parts(rawValue: 4)
    package static let all: Parts = [.order, .clearances, .metric]
  }

  let sections: SectionList
  /// Nil when the network has no small separators; `refusal` then says so, and plain search serves the map.
  package let order: OrderReport?
  package let refusal: String?

  /// A draft that would give a map with a contradiction gives none. `rows` nil: as its size asks for. New York: about
  /// 10 s, nearly all of it the order.
  package convenience init(
    _ source: consuming MapDraft, with parts: Parts = .all, rows limits: RowLimits? = nil,
    parallel: Parallel = onAllCores, progress: BuildProgress = { _ in }
  ) throws(MapBuildError) {
    progress(0)
    var draft = consume source
    if let flaw = draft.unwrappingFlaw { throw .draft(flaw) }
    draft = draft.unwrapped()
    if let flaw = draft.turnFlaw { throw .draft(flaw) }
    draft = draft.takenApart()
    var order: RoutingOrder?
    var refusal: String?
    if parts.contains(.order) {
      do throws(BadOrder) {
        order = try RoutingOrder(draft, parallel: parallel)
      } catch {
        refusal = error.message
      }
    }
    progress(0.9)
    try self.init(
      consume draft, order: order, refusal: refusal, with: parts, rows: limits, progress: progress)
    progress(1)
  }

  /// The same with an order that is known. The draft is unwrapped.
  init(
    _ source: consuming MapDraft, order: RoutingOrder?, refusal: String? = nil, with parts: Parts,
    rows limits: RowLimits? = nil, progress: BuildProgress = { _ in }
  ) throws(MapBuildError) {
    let list = SectionList()
    var draft = consume source
    if let order { draft.renumber(order.numbers) }
    MapCompiler(draft, list).run()
    // New York's streets: 50 MiB that the first metric can use.
    draft = MapDraft()
    let map = list.map()
    if parts.contains(.clearances) { Clearances(map).fill(list) }
    progress(0.95)
    if let order {
      let limits = limits ?? .forMap(nodes: map.nodeCount)
      HierarchySections(map, order.contraction, limits).add(to: list)
      if parts.contains(.metric), let hierarchy = Hierarchy(map, in: list) {
        do throws(OutOfMemory) {
          try FirstMetric(map, hierarchy).add(to: list)
        } catch {
          throw .memory(bytes: error.bytes)
        }
      }
    }
    sections = list
    self.order = order.map { OrderReport($0.contraction) }
    self.refusal = refusal
  }

  /// The map in memory.
  package func image() -> MapImage { MapImage(sections) }

  /// Writes the map and opens what was written. It takes its place only after every checksum was looked at, and every
  /// number that opening looks at.
  package func write(to path: String) throws(MapBuildError) -> MapFile {
    let layout = MapLayout(sections)
    defer { withExtendedLifetime(sections) {} }
    return try NewFile.make(path) {
      layout.forEachPiece($0)
    } check: {
      (written: String) throws(MapBuildError) in
      let file: MapFile
      do throws(MapFileError) {
        file = try MapFile(path: written, verifiesAll: true)
      } catch {
        if case .contradictory(_, let flaw) = error { throw .flaw(flaw) }
        throw .writing(path: path, reason: "it does not read back: \(error.message)")
      }
      if let flaw = routingFlaw(file.map) { throw .flaw(flaw) }
      return file
    } refused: {
      .writing(path: path, reason: $0)
    }
  }
}
