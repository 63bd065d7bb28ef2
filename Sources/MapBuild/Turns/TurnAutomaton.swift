// Which rules a driver is under, by the arcs driven last: a state for each beginning of a rule's path (Aho, Corasick,
// "Efficient string matching", CACM 1975), so that paths may overlap. Offline only.

struct TurnAutomaton {
  struct State {
    /// The last arc.
    let arc: DraftArc
    /// How many arcs are remembered.
    let depth: Int
    /// The state that remembers less of the same.
    var fallback = 0
    /// Rules whose whole path was driven.
    var rules: [Int] = []
    var next: [DraftArc: Int] = [:]
  }

  /// State 0 remembers nothing; its arc means nothing.
  private(set) var states = [State(arc: DraftArc(number: .max), depth: 0)]
  private let rules: [TurnRule]

  init(_ rules: [TurnRule]) {
    self.rules = rules
    for (index, rule) in rules.enumerated() {
      var state = 0
      for arc in rule.path { state = child(of: state, arc) }
      states[state].rules.append(index)
    }
    // Shorter ones first: a fallback is always shorter.
    for state in states.indices.sorted(by: { (states[$0].depth, $0) < (states[$1].depth, $1) }) {
      for (arc, below) in states[state].next {
        states[below].fallback = state == 0 ? 0 : after(states[state].fallback, arc)
      }
    }
  }

  private mutating func child(of state: Int, _ arc: DraftArc) -> Int {
    if let known = states[state].next[arc] { return known }
    states.append(State(arc: arc, depth: states[state].depth + 1))
    states[state].next[arc] = states.count - 1
    return states.count - 1
  }

  /// Where driving `arc` leads.
  func after(_ state: Int, _ arc: DraftArc) -> Int {
    var state = state
    while true {
      if let next = states[state].next[arc] { return next }
      if state == 0 { return 0 }
      state = states[state].fallback
    }
  }

  /// More is remembered than the arc itself.
  func remembers(_ state: Int) -> Bool { states[state].depth > 1 }

  /// Of `exits`, the arcs that begin where `arc` ends, which profiles may take each in this state. `drivers`: of each
  /// exit. Going back along `arc` is forbidden where a rule holds, unless that is all there is left or it is asked for.
  func allowed(
    _ state: Int, from arc: DraftArc, _ exits: [DraftArc], drivers: [TurnRule.Profiles]
  ) -> [TurnRule.Profiles] {
    var active: [TurnRule] = []
    var at = state
    while at != 0 {
      active += states[at].rules.map { rules[$0] }
      at = states[at].fallback
    }
    var found = [TurnRule.Profiles](repeating: .both, count: exits.count)
    for profile in [TurnRule.Profiles.normal, .response] {
      let holding = active.filter { $0.profiles.contains(profile) }
      if holding.isEmpty { continue }
      let must = Set(holding.filter(\.isMandatory).map(\.to))
      let never = Set(holding.filter { !$0.isMandatory }.map(\.to))
      for (index, exit) in exits.enumerated() {
        let isAllowed = (must.isEmpty || must.contains(exit)) && !never.contains(exit)
        if !isAllowed { found[index].remove(profile) }
      }
      guard let back = exits.firstIndex(of: arc.opposite), !must.contains(arc.opposite) else {
        continue
      }
      let isOther = exits.indices.contains {
        $0 != back && found[$0].contains(profile) && drivers[$0].contains(profile)
      }
      if isOther { found[back].remove(profile) }
    }
    return found
  }
}
