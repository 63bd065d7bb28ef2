// Labels know times; lengths are found by walking the arcs that a label stands for, until a node is met whose length
// is written down. A walk waits for memory at every step, so the walks of all answers of a question go on side by side.

import CHujiaKernels
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
    /// Its walk up from the goal, which is the same for all that meet the goal's way at one ancestor.
    var fromGoal = 0
  }

  /// Walk c leads up from candidate c's start; walks from the goal come after all of those.
  struct Walk: BitwiseCopyable {
    var start: UInt32 = 0
    var node: UInt32 = 0
    var depth: UInt32 = 0
    var length_mm: UInt64 = 0
    var arc = 0
  }

  let best: Block<Best>
  private let waiting: Block<Candidate>
  private let walks: Block<Walk>
  /// Walks that go on over an arc, and those at a node with a row of lengths.
  private let leading: Block<UInt8>
  private let ending: Block<UInt8>
  private var leadingCount = 0
  private var endingCount = 0
  private var count = 0
  private var fromGoals = 0

  init(memory: Memory) throws(OutOfMemory) {
    let best = try Block<Best>(memory, count: Self.owners)
    let waiting = try Block<Candidate>(memory, count: Self.candidates)
    let walks = try Block<Walk>(memory, count: Self.candidates * 2)
    let leading = try Block<UInt8>(memory, count: Self.candidates * 2)
    let ending = try Block<UInt8>(memory, count: Self.candidates * 2)
    self.best = best
    self.waiting = waiting
    self.walks = walks
    self.leading = leading
    self.ending = ending
  }

  mutating func begin(owners: Int) {
    count = 0
    fromGoals = 0
    leadingCount = 0
    endingCount = 0
    best.base.update(repeating: Best(), count: owners)
  }

  /// `candidate.length_mm`: of the two partial streets.
  mutating func add(
    owner: Int, _ candidate: Best, start: UInt32, goal: UInt32, _ query: LabelQuery
  ) {
    if count == Self.candidates { run(query) }
    var fromGoal = Self.candidates
    let end = fromGoal + fromGoals
    while fromGoal < end,
      walks[fromGoal].start != goal || walks[fromGoal].depth != candidate.depth
    {
      fromGoal += 1
    }
    if fromGoal == end {
      walks[end] = Walk(start: goal, node: goal, depth: candidate.depth)
      arrive(end, query)
      fromGoals += 1
    }
    waiting[count] = Candidate(owner: owner, best: candidate, fromGoal: fromGoal)
    walks[count] = Walk(start: start, node: start, depth: candidate.depth)
    arrive(count, query)
    count += 1
  }

  /// Ends all walks under way, step by step: each step is taken for all of them, and what the next one reads is on its
  /// way from memory meanwhile. O(arcs of the hierarchy on them).
  mutating func run(_ query: LabelQuery) {
    while leadingCount > 0 {
      for place in 0..<leadingCount { find(Int(leading[place]), query) }
      var kept = 0
      for place in 0..<leadingCount where follow(Int(leading[place]), query) {
        leading[kept] = leading[place]
        kept += 1
      }
      leadingCount = 0
      for place in 0..<kept { arrive(Int(leading[place]), query) }
    }
    for place in 0..<endingCount {
      let index = Int(ending[place])
      let walk = walks[index]
      if let rest = query.knownLength_mm(side(index, query), walk.node, walk.depth) {
        walks[index].length_mm = walk.length_mm + UInt64(rest)
      }
    }
    endingCount = 0
    for index in 0..<count {
      var found = waiting[index].best
      found.length_mm += walks[index].length_mm + walks[waiting[index].fromGoal].length_mm
      if found.length_mm < best[waiting[index].owner].length_mm {
        best[waiting[index].owner] = found
      }
    }
    count = 0
    fromGoals = 0
  }

  @inline(__always) private func side(_ index: Int, _ query: LabelQuery) -> LabelSide {
    index < Self.candidates ? query.up : query.down
  }

  /// At a node whose facts are at hand: the walk is over, or its length is written down here, or an arc leads on.
  @inline(__always)
  private mutating func arrive(_ index: Int, _ query: LabelQuery) {
    let side = side(index, query)
    let walk = walks[index]
    let facts = query.ancestors.facts(walk.node)
    if UInt32(facts.depth) == walk.depth { return }
    if facts.lengthStart != .max {
      hjk_prefetch(side.lengths + Int(facts.lengthStart) * Hierarchy.rowStep + Int(walk.depth))
      ending[endingCount] = UInt8(index)
      endingCount += 1
    } else {
      hjk_prefetch(side.vias + Int(facts.rowStart) * Hierarchy.rowStep + Int(walk.depth))
      hjk_prefetch(query.hierarchy.upFirst + Int(walk.node))
      leading[leadingCount] = UInt8(index)
      leadingCount += 1
    }
  }

  /// The number of the arc that leads on.
  @inline(__always)
  private func find(_ index: Int, _ query: LabelQuery) {
    let side = side(index, query)
    let arc = query.arcNumber(side, walks[index].node, walks[index].depth)
    hjk_prefetch(query.hierarchy.upHead + arc)
    hjk_prefetch(query.hierarchy.upDepth + arc)
    hjk_prefetch(side.arcs + arc)
    walks[index].arc = arc
  }

  /// That arc; false when the walk is over.
  @inline(__always)
  private func follow(_ index: Int, _ query: LabelQuery) -> Bool {
    let walk = walks[index]
    guard query.leads(walk.arc, from: walk.node, to: walk.depth) else {
      walks[index].length_mm = .max / 4
      return false
    }
    let head = query.hierarchy.upHead[walk.arc]
    let cost = Cost(bits: side(index, query).arcs[walk.arc].bits)
    walks[index].length_mm = walk.length_mm + UInt64(cost.length_mm)
    if UInt32(query.hierarchy.upDepth[walk.arc]) == walk.depth { return false }
    hjk_prefetch(query.ancestors.nodes + Int(head))
    walks[index].node = head
    return true
  }
}
