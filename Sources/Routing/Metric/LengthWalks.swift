// Labels know times; lengths are found by walking the arcs that a label stands for, until a node is met whose length
// is written down. A walk waits for memory at every step, so the walks of all answers of a question go on side by side.

import HujiaContainers

/// Candidates for the shortest among the fastest ways: up from a node, down to a node, over a shared ancestor.
struct LengthWalks: ~Copyable {
  /// Questions answered at once: owners of candidates.
  static var owners: Int { 64 }
  private static var candidates: Int { 32 }

  /// The best of an owner's candidates so far.
  struct Best: BitwiseCopyable {
    var length_mm: UInt64 = .max
    /// Which of the owner's two ends, which of the destination's two, and the shared ancestor.
    var start: UInt8 = 0
    var goal: UInt8 = 0
    var depth: UInt32 = 0
  }

  struct Candidate: BitwiseCopyable {
    var owner = 0
    var best = Best()
  }

  /// Walk 2c leads up from candidate c's start, walk 2c + 1 from its goal.
  struct Walk: BitwiseCopyable {
    var node: UInt32 = 0
    var depth: UInt32 = 0
    var length_mm: UInt64 = 0
  }

  let best: Block<Best>
  private let waiting: Block<Candidate>
  private let walks: Block<Walk>
  private let active: Block<UInt8>
  private var count = 0

  init(memory: Memory) throws(OutOfMemory) {
    let best = try Block<Best>(memory, count: Self.owners)
    let waiting = try Block<Candidate>(memory, count: Self.candidates)
    let walks = try Block<Walk>(memory, count: Self.candidates * 2)
    let active = try Block<UInt8>(memory, count: Self.candidates * 2)
    self.best = best
    self.waiting = waiting
    self.walks = walks
    self.active = active
  }

  mutating func begin(owners: Int) {
    count = 0
    best.base.update(repeating: Best(), count: owners)
  }

  /// `candidate.length_mm`: of the two partial streets.
  mutating func add(
    owner: Int, _ candidate: Best, start: UInt32, goal: UInt32, _ query: LabelQuery
  ) {
    if count == Self.candidates { run(query) }
    waiting[count] = Candidate(owner: owner, best: candidate)
    walks[count * 2] = Walk(node: start, depth: candidate.depth)
    walks[count * 2 + 1] = Walk(node: goal, depth: candidate.depth)
    query.prefetch(query.up, start, candidate.depth)
    query.prefetch(query.down, goal, candidate.depth)
    count += 1
  }

  /// Ends all walks under way. O(arcs of the hierarchy on them).
  mutating func run(_ query: LabelQuery) {
    let up = query.up
    let down = query.down
    var left = 0
    for walk in 0..<count * 2 {
      active[left] = UInt8(walk)
      if UInt32(query.hierarchy.depth[Int(walks[walk].node)]) != walks[walk].depth { left += 1 }
    }
    while left > 0 {
      var kept = 0
      for place in 0..<left {
        let walk = active[place]
        if step(Int(walk), walk & 1 == 0 ? up : down, query) {
          active[kept] = walk
          kept += 1
        }
      }
      left = kept
    }
    for index in 0..<count {
      var found = waiting[index].best
      found.length_mm += walks[index * 2].length_mm + walks[index * 2 + 1].length_mm
      if found.length_mm < best[waiting[index].owner].length_mm {
        best[waiting[index].owner] = found
      }
    }
    count = 0
  }

  /// One arc further up; false at the end.
  @inline(__always)
  private func step(_ index: Int, _ side: LabelSide, _ query: LabelQuery) -> Bool {
    let walk = walks[index]
    if let rest = query.knownLength_mm(side, walk.node, walk.depth) {
      walks[index].length_mm = walk.length_mm + UInt64(rest)
      return false
    }
    guard let arc = query.arc(side, walk.node, walk.depth) else {
      walks[index].length_mm = .max / 4
      return false
    }
    let head = query.hierarchy.upHead[arc]
    walks[index].length_mm = walk.length_mm + UInt64(Cost(bits: side.arcs[arc].bits).length_mm)
    walks[index].node = head
    if UInt32(query.hierarchy.upDepth[arc]) == walk.depth { return false }
    query.prefetch(side, head, walk.depth)
    return true
  }
}
