// The last step of an import: the node order that makes routing fast, on all cores.

import Dispatch
import HujiaRoads
import HujiaRouting

/// The draft in routing's order with routing's sections, ready for `MapImage`, and what to print about it. A network
/// without small separators keeps its own order, and the map works by plain search: `refusal` then says why.
package func routingOrder(_ draft: MapDraft) -> (
  draft: MapDraft, report: OrderReport?, refusal: String?
) {
  do throws(BadOrder) {
    let ordered = try orderedForRouting(draft) { jobs, work in
      DispatchQueue.concurrentPerform(iterations: jobs) { work($0) }
    }
    return (ordered.draft, ordered.report, nil)
  } catch {
    return (draft, nil, error.message)
  }
}
