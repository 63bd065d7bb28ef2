// Read first in this folder. What is true between two commands, whatever the commands were: tests and `hujia simulate`
// ask after every command.

import HujiaContainers

extension EngineCore {
  /// The first invariant that does not hold; nil = all do. O(all tables), for tests.
  package func validate() -> BrokenInvariant? {
    var invariants = Invariants()
    units.validate(&invariants)
    assignments.validate(&invariants)
    incidents.validate(&invariants)
    clocks.validate(&invariants)
    watches.validate(&invariants)
    breaches.validate(&invariants)
    figures.validate(&invariants)
    waiting.validate(&invariants)
    offers.validate(&invariants)
    outbox.validate(&invariants)
    handed?.pointee.validate(&invariants, newest: outbox.newest)
    keys.validate(&invariants, now_ns: time.now_ns)
    validateUnits(&invariants)
    validateAssignments(&invariants)
    validateIncidents(&invariants)
    validateLinks(&invariants)
    validateWaiting(&invariants)
    validateOpenGrid(&invariants)
    validateLikely(&invariants)
    validateClocks(&invariants)
    validateWatches(&invariants)
    validatePlans(&invariants)
    return invariants.broken
  }
}
