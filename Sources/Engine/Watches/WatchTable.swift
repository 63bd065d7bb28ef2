// Storage of the watches, sized at open, with deadlines of their own: a hundred thousand watches do not slow the clocks
// of incidents.

import HujiaContainers
import HujiaDeadlines

package struct WatchTable: ~Copyable {
  private let inPlace = InPlace()
  package let records: Block<WatchRecord>
  package let descriptions: Block<WatchDescription>
  let chains: Block<WatchChain>
  /// The cycle that a new watch begins with: above those of all that were removed, for an id may come again.
  var firstCycle: Int32 = 0
  package var slots: SlotPool
  package var index: IdIndex
  /// When to look at a watch again. A heartbeat only stores its time; a deadline that comes up before the watch is
  /// really silent is moved then, so it may be earlier than the truth and never later.
  var deadlines: DeadlineWheel

  init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    let records = try Block<WatchRecord>(memory, count: capacity)
    let descriptions = try Block<WatchDescription>(memory, count: capacity)
    let chains = try Block<WatchChain>(memory, count: capacity)
    let slots = try SlotPool(memory, capacity: capacity)
    let index = try IdIndex(memory, capacity: capacity)
    let deadlines = try DeadlineWheel(memory, capacity: capacity)
    self.records = records
    self.descriptions = descriptions
    self.chains = chains
    self.slots = slots
    self.index = index
    self.deadlines = deadlines
  }

  package var capacity: Int { records.count }
}
