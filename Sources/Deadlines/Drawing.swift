// From bucket to bucket and into the heap, in slices: a caller says how many deadlines may be handled, and hears
// whether there is more to do before the next one may fire.

import HujiaContainers

extension DeadlineWheel {
  /// Times before 0 belong to the first tick, which is reached from the start.
  @inline(__always) static func tick(_ due_ns: Int64) -> Int64 {
    max(due_ns, 0) >> Int64(Buckets.tickBits)
  }

  private static func start_ns(_ tick: Int64) -> Int64 {
    tick > tick_max ? .max : tick << Int64(Buckets.tickBits)
  }
  private static var tick_max: Int64 { .max >> Int64(Buckets.tickBits) }

  /// Puts a slot that is nowhere, and due after the tick that is reached, in front of its bucket's list.
  @inline(__always) mutating func file(_ slot: UInt32, due_ns: Int64) {
    let bucket = buckets.bucket(tick: Self.tick(due_ns), reached: reached)
    let first = buckets.heads[bucket]
    links[slot] = Link(
      due_ns: due_ns, before: Self.isFirst | UInt32(truncatingIfNeeded: bucket), after: first)
    buckets.heads[bucket] = slot &+ 1
    if first == 0 { buckets.mark(bucket) } else { links[first &- 1].before = slot &+ 1 }
    if due_ns < bound_ns {
      bound_ns = due_ns
      bound = .exact
    }
  }

  /// Out of its bucket or of the heap; `count` is the caller's.
  @inline(__always) mutating func takeOut(_ slot: UInt32) {
    let own = links[slot]
    if own.before & Self.isFirst != 0 {
      let bucket = Int(own.before & ~Self.isFirst)
      buckets.heads[bucket] = own.after
      if own.after == 0 { buckets.unmark(bucket) }
    } else if own.before & Self.isDrawn != 0 {
      return removeDrawn(at: Int(own.before & ~Self.isDrawn))
    } else {
      links[own.before &- 1].after = own.after
    }
    if own.after != 0 { links[own.after &- 1].before = own.before }
    if own.due_ns == bound_ns, bound == .exact { bound = .loose }
  }

  /// The last one has left the buckets.
  mutating func emptied() {
    bound_ns = .max
    bound = .exact
  }

  /// Draws what may be due by now, at most `steps` deadlines; those handled are taken off. False: there is more to draw
  /// before the next one may fire, ask again. True: if something is due, `next_due_ns` is its time and `popDrawn` gives
  /// it; with steps left over when nothing is due, far ones are carried nearer.
  package mutating func draw(now_ns: Int64, steps: inout Int) -> Bool {
    while true {
      if drawnCount > 0, heap[0].due_ns < bound_ns {
        if heap[0].due_ns <= now_ns { return true }
        break
      }
      if bound_ns > now_ns || count == drawnCount { break }
      guard steps > 0 else { return false }
      drawFirst(now_ns: now_ns, &steps)
    }
    if steps > 0, now_ns != quiet_ns || bound == .loose {
      quiet_ns = now_ns
      tidy(now_ns: now_ns, &steps)
    }
    return true
  }

  private struct First {
    var level: Int
    var number: Int64
    /// The tick in which it begins.
    var tick: Int64
  }

  /// The bucket that begins first; of several the coarsest, as it may hold what belongs into the finer. nil when all
  /// are empty. O(levels).
  private func first() -> First? {
    var result: First?
    for level in 0..<buckets.levels {
      guard let number = buckets.first(level: level, reached: reached) else { continue }
      let tick = buckets.tick(number, level: level)
      if let found = result, found.tick < tick { continue }
      result = First(level: level, number: number, tick: tick)
    }
    return result
  }

  /// One bucket nearer, or a part of it.
  private mutating func drawFirst(now_ns: Int64, _ steps: inout Int) {
    guard let first = first() else { return }
    guard first.tick <= Self.tick(now_ns) else {
      bound_ns = Self.start_ns(first.tick)
      bound = .loose
      return
    }
    // Nothing lies before it.
    reached = max(reached, first.tick &- 1)
    guard first.level == 0 else { return carry(first, &steps) }
    let bucket = buckets.bucket(first.number, level: 0)
    var next = buckets.heads[bucket]
    while next != 0, steps > 0 {
      let slot = next &- 1
      next = links[slot].after
      push(Entry(due_ns: links[slot].due_ns, slot: slot))
      steps -= 1
    }
    settle(bucket, first: next)
    guard next == 0 else { return }
    reached = first.tick
    bound_ns = Self.start_ns(first.tick &+ 1)
    bound = .loose
    if count == drawnCount { emptied() }
  }

  /// Deadlines of a coarse bucket into finer ones.
  private mutating func carry(_ first: First, _ steps: inout Int) {
    let bucket = buckets.bucket(first.number, level: first.level)
    var next = buckets.heads[bucket]
    while next != 0, steps > 0 {
      let slot = next &- 1
      next = links[slot].after
      file(slot, due_ns: links[slot].due_ns)
      steps -= 1
    }
    settle(bucket, first: next)
  }

  /// What is left of a list of which the front was taken off.
  private func settle(_ bucket: Int, first: UInt32) {
    buckets.heads[bucket] = first
    if first == 0 {
      buckets.unmark(bucket)
    } else {
      links[first &- 1].before = Self.isFirst | UInt32(truncatingIfNeeded: bucket)
    }
  }

  /// Nothing is due: time moves on, far ones come nearer, and the next due time is looked up if it is not known.
  private mutating func tidy(now_ns: Int64, _ steps: inout Int) {
    guard let first = first() else {
      reached = max(reached, Self.tick(now_ns))
      return
    }
    reached = max(reached, min(Self.tick(now_ns), first.tick &- 1))
    if bound == .loose, drawnCount == 0 || heap[0].due_ns >= bound_ns { readNext(first, &steps) }
    for level in 1..<buckets.levels where steps > 0 {
      guard let number = buckets.first(level: level, reached: reached),
        number <= reached >> (buckets.bits * level) &+ 1
      else { continue }
      carry(
        First(level: level, number: number, tick: buckets.tick(number, level: level)), &steps)
    }
  }

  /// Reads through the first bucket of each level that may hold the earliest. When that takes more than a whole slice
  /// it is not tried again before the bucket is drawn.
  private mutating func readNext(_ first: First, _ steps: inout Int) {
    let isWholeSlice = steps >= Self.slice
    var least_ns = Int64.max
    for level in 0..<buckets.levels {
      guard let number = buckets.first(level: level, reached: reached),
        Self.start_ns(buckets.tick(number, level: level)) <= least_ns
      else { continue }
      var next = buckets.heads[buckets.bucket(number, level: level)]
      while next != 0 {
        guard steps > 0 else {
          bound_ns = max(bound_ns, Self.start_ns(first.tick))
          if isWholeSlice { bound = .unread }
          return
        }
        least_ns = min(least_ns, links[next &- 1].due_ns)
        next = links[next &- 1].after
        steps -= 1
      }
    }
    bound_ns = least_ns
    bound = .exact
  }
}
