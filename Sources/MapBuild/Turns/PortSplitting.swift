// From turn rules to ports. Arcs that the same rules hold for share a port, so a place has as many as it needs and one
// without rules none. Offline only.

extension MapDraft {
  /// The draft with its places taken apart where turns are forbidden. The rules fit it (`turnFlaw`).
  consuming func takenApart() -> MapDraft {
    if turns.isEmpty { return self }
    var splitting = PortSplitting(self)
    return splitting.run()
  }
}

struct PortSplitting {
  private var draft: MapDraft
  private let automaton: TurnAutomaton
  private var plan: PortPlan
  /// By place, of those with rules: the arcs that end and begin there.
  private var entries: [UInt32: [DraftArc]] = [:]
  private var exits: [UInt32: [DraftArc]] = [:]
  /// Where the byway of a state begins and ends.
  private var bywayTails: [Int: UInt32] = [:]
  private var bywayHeads: [Int: UInt32] = [:]
  private var places: [UInt32] = []
  /// States that remember several arcs, by the place where their last arc begins, and where it ends.
  private var leaving: [UInt32: [Int]] = [:]
  private var reaching: [UInt32: [Int]] = [:]

  /// The rules fit the draft.
  init(_ draft: MapDraft) {
    self.draft = draft
    automaton = TurnAutomaton(draft.turns)
    let nodes = (0..<UInt32(draft.nodes.count)).map { $0 }
    plan = PortPlan(placeOf: nodes, exitOf: nodes)
  }

  /// The draft with its places taken apart. O(streets, and at each place its rules times its arcs).
  mutating func run() -> MapDraft {
    findPlaces()
    for place in places { split(place) }
    for (state, known) in automaton.states.enumerated() where automaton.remembers(state) {
      guard let tail = bywayTails[state], let head = bywayHeads[state] else { continue }
      plan.byways.append(PortPlan.Byway(of: known.arc, tail: tail, head: head))
    }
    addKin()
    draft.ports = plan
    return draft
  }

  /// Every place where a rule holds or leads on: where an arc of a path ends, and where one begins that others come
  /// before. Beside them the arcs that end and begin there.
  private mutating func findPlaces() {
    for (index, state) in automaton.states.enumerated().dropFirst() {
      let head = draft.headPlace(state.arc)
      var ends = [head]
      if automaton.remembers(index) {
        let tail = draft.tailPlace(state.arc)
        ends.append(tail)
        leaving[tail, default: []].append(index)
        reaching[head, default: []].append(index)
      }
      for place in ends {
        entries[place] = []
        exits[place] = []
      }
    }
    places = entries.keys.sorted()
    for index in draft.streets.indices {
      for isForward in [true, false] {
        let arc = DraftArc(street: index, isForward: isForward)
        guard draft.times(arc) != nil else { continue }
        exits[draft.tailPlace(arc)]?.append(arc)
        entries[draft.headPlace(arc)]?.append(arc)
      }
    }
  }

  /// What comes to a place, or goes from it.
  private enum Approach {
    case arc(DraftArc)
    /// Under a rule that earlier arcs brought: a state.
    case byway(Int)
    /// Those that start there.
    case start
  }

  private enum Departure {
    case arc(DraftArc)
    case byway(Int)
    /// Those that drive to a place on the arc, whatever they remember.
    case reach(DraftArc)
    /// Those that are there.
    case exit
  }

  private mutating func split(_ place: UInt32) {
    let arcs = exits[place] ?? []
    let drivers = arcs.map { draft.drivers($0) }
    let leaving = leaving[place] ?? []
    let remembered = Set(leaving.map { automaton.states[$0].arc })
    // Arcs that no path begins with end where one starts: the place itself.
    let named = (entries[place] ?? []).filter { automaton.after(0, $0) != 0 }
    let approaches: [Approach] =
      [.start] + named.map { .arc($0) } + (reaching[place] ?? []).map { .byway($0) }
    let departures: [Departure] =
      [.exit] + arcs.map { .arc($0) } + leaving.map { .byway($0) }
      + arcs.filter(remembered.contains).map { .reach($0) }
    let rows = approaches.map { row(of: $0, arcs, drivers, departures) }
    let (rowGroup, rowCount) = Self.groups(rows)
    let (columnGroup, columnCount) = Self.groups(
      departures.indices.map { column in rows.map { $0[column] } })
    // No rule holds here.
    if rowCount == 1, columnCount == 1, rows[0][0] == .both, bywaysEndElsewhere(approaches) {
      return
    }
    // The start's group keeps the place's own number.
    var entryPorts = [place]
    for _ in 1..<rowCount { entryPorts.append(newPort(place)) }
    let exitPorts = (0..<columnCount).map { _ in newPort(place) }
    for (index, approach) in approaches.enumerated() {
      let port = entryPorts[rowGroup[index]]
      switch approach {
      case .arc(let arc): plan.heads[arc] = port
      case .byway(let state): bywayHeads[state] = port
      case .start: break
      }
    }
    for (index, departure) in departures.enumerated() {
      let port = exitPorts[columnGroup[index]]
      switch departure {
      case .arc(let arc): plan.tails[arc] = port
      case .byway(let state): bywayTails[state] = port
      case .reach(let arc): plan.reach[arc] = port
      case .exit: plan.exitOf[Int(place)] = port
      }
    }
    for row in 0..<rowCount {
      guard let member = rowGroup.firstIndex(of: row) else { continue }
      for column in 0..<columnCount {
        guard let other = columnGroup.firstIndex(of: column) else { continue }
        let profiles = rows[member][other]
        guard !profiles.isEmpty else { continue }
        plan.links.append(
          PortPlan.Link(tail: entryPorts[row], head: exitPorts[column], profiles: profiles))
      }
    }
  }

  /// A byway that begins or ends at a place that is not taken apart would have no port.
  private func bywaysEndElsewhere(_ approaches: [Approach]) -> Bool {
    !approaches.contains { if case .byway = $0 { true } else { false } }
  }

  /// By departure: which profiles may go on so.
  private func row(
    of approach: Approach, _ arcs: [DraftArc], _ drivers: [TurnRule.Profiles],
    _ departures: [Departure]
  ) -> [TurnRule.Profiles] {
    let last: DraftArc?
    let state: Int
    switch approach {
    case .arc(let arc): (last, state) = (arc, automaton.after(0, arc))
    case .byway(let known): (last, state) = (automaton.states[known].arc, known)
    case .start: (last, state) = (nil, 0)
    }
    var allowed: [DraftArc: TurnRule.Profiles] = [:]
    let found =
      last.map { automaton.allowed(state, from: $0, arcs, drivers: drivers) }
      ?? arcs.map { _ in .both }
    for (arc, profiles) in zip(arcs, found) { allowed[arc] = profiles }
    /// The state that driving on brings; those that start there remember nothing yet.
    func next(_ arc: DraftArc) -> Int { automaton.after(state, arc) }
    return departures.map { departure in
      switch departure {
      case .exit: return .both
      case .reach(let arc): return allowed[arc] ?? []
      case .arc(let arc): return automaton.remembers(next(arc)) ? [] : allowed[arc] ?? []
      case .byway(let known):
        let arc = automaton.states[known].arc
        return next(arc) == known ? allowed[arc] ?? [] : []
      }
    }
  }

  /// Equal ones are one group; groups are numbered as they are met.
  private static func groups(_ rows: [[TurnRule.Profiles]]) -> (of: [Int], count: Int) {
    var known: [[TurnRule.Profiles]: Int] = [:]
    let groups = rows.map { row in
      if let group = known[row] { return group }
      known[row] = known.count
      return known.count - 1
    }
    return (groups, known.count)
  }

  private mutating func newPort(_ place: UInt32) -> UInt32 {
    let port = UInt32(draft.nodes.count)
    draft.nodes.append(draft.nodes[Int(place)])
    plan.placeOf.append(place)
    plan.exitOf.append(port)
    return port
  }
}

// The ends of places on streets, which the order keeps one above the other (`Ends` of routing).
extension PortSplitting {
  private mutating func addKin() {
    draft.ports = plan
    let twins = draft.twins()
    for (index, street) in draft.streets.enumerated()
    where plan.isSplit(street.from) || plan.isSplit(street.to) {
      let forward = DraftArc(street: index, isForward: true)
      let arcs = [forward, forward.opposite].filter { draft.times($0) != nil }
      for arc in arcs { addKin(ofEnds: arc) }
      if arcs.count == 2 {
        addKin(forward, forward.opposite)
      } else if twins[index] < index {
        addKin(forward, DraftArc(street: Int(twins[index]), isForward: true))
      }
    }
  }

  /// A place in mid-street.
  private mutating func addKin(_ a: DraftArc, _ b: DraftArc) {
    plan.kin.append((draft.head(a), draft.head(b)))
    plan.kin.append((draft.reach(a), draft.reach(b)))
  }

  /// A place at a junction of which all arms are closed, along its street.
  private mutating func addKin(ofEnds arc: DraftArc) {
    let from = draft.tailPlace(arc)
    let to = draft.headPlace(arc)
    if from == to { return }
    if plan.isSplit(from) { plan.kin.append((from, draft.head(arc))) }
    if plan.isSplit(to) { plan.kin.append((plan.exitOf[Int(to)], draft.reach(arc))) }
  }
}
