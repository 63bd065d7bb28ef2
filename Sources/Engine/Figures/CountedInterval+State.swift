// How intervals that were counted stand in a state.

import HujiaContainers

extension FigureKey {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&tier)
    coder.code(&type)
    coder.code(&agency)
    coder.code(&beat)
    coder.code(&isVulnerable)
    coder.code(&isCatchUp)
  }
}

extension CountedInterval {
  mutating func code(_ coder: inout StateCoder) {
    key.code(&coder)
    coder.code(&took_ms, 0...UInt32(Histograms.longest))
    coder.code(&era)
    coder.code(&isWithin, blank: false) { $1.code(&$0) }
  }

  static var blank: CountedInterval {
    CountedInterval(
      key: FigureKey(
        tier: .none, type: 0, agency: 0, beat: 0, isVulnerable: false, isCatchUp: false),
      took_ms: 0, era: 0, isWithin: nil)
  }
}

extension CountedIncident {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&response, blank: .blank) { $0.code(&$1) }
    coder.code(&arrival, blank: .blank) { $0.code(&$1) }
    coder.code(&wait, blank: .blank) { $0.code(&$1) }
  }
}

extension CountedAssignment {
  mutating func code(_ coder: inout StateCoder) {
    coder.code(&signature, blank: .blank) { $0.code(&$1) }
    coder.code(&turnout, blank: .blank) { $0.code(&$1) }
  }
}
