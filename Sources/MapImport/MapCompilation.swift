// From a draft to a map that is fit to be written: routing's order, arrays, checks. Offline.

import HujiaContainers
import HujiaRoads
import HujiaRouting

package struct MapCompilation {
  package let image: MapImage
  /// Nil when the network has no small separators; `refusal` then says so, and plain search serves the map.
  package let order: OrderReport?
  package let refusal: String?

  /// A draft that would give a map with a contradiction gives none. New York: about 10 s, nearly all of it the order.
  package init(_ draft: MapDraft, progress: ImportProgress = { _ in }) throws(ImportError) {
    progress(0)
    if let flaw = draft.unwrappingFlaw { throw .option(flaw) }
    let draft = draft.unwrapped()
    let ordered = routingOrder(draft)
    progress(0.9)
    let plain = MapImage(ordered.draft)
    order = ordered.report
    refusal = ordered.refusal
    if let flaw = plain.map.flaw { throw .flaw(flaw) }
    progress(0.95)
    do throws(OutOfMemory) {
      image = try withFirstMetric(plain)
    } catch {
      throw .memory(bytes: error.bytes)
    }
    progress(1)
  }
}
