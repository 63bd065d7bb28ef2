// Units whose position is unknown can still be sent.

import HujiaContainers
import HujiaRouting

extension EngineCore {
  /// All-stale must still give an answer: the longest idle unit that fits and has no known position. A look at each
  /// word, and at the units of words where the longest idle could be it.
  mutating func unitWithoutPosition(_ filter: UnitFilter, kind: UInt32) -> Candidate? {
    guard units.withoutPosition > 0 else { return nil }
    // Begin where the longest idle of all stands: most other words need no second look then.
    var first: Int?
    for word in 0..<router.unitWords where unitsToLook(word, filter, kind: kind) != 0 {
      if first.map({ isEarlier(word, than: $0) }) ?? true { first = word }
    }
    guard let first else { return nil }
    var best: Candidate?
    look(first, filter, kind: kind, &best)
    for word in 0..<router.unitWords where word != first {
      let known = units.words[word]
      if let best, (known.idleSince_ns, known.id) >= (best.idleSince_ns, best.id) { continue }
      look(word, filter, kind: kind, &best)
    }
    return best
  }

  private func isEarlier(_ word: Int, than other: Int) -> Bool {
    (units.words[word].idleSince_ns, units.words[word].id)
      < (units.words[other].idleSince_ns, units.words[other].id)
  }

  /// Of a word the units without a position that may match.
  private func unitsToLook(_ word: Int, _ filter: UnitFilter, kind: UInt32) -> UInt64 {
    guard units.words[word].slot != .max,
      units.words.mayFit(word, agency: filter.agency, kind: kind)
    else { return 0 }
    return router.units(word: word, levels: filter.levels, capabilities: filter.capabilities)
      & ~router.placedUnits(word: word)
  }

  private mutating func look(
    _ word: Int, _ filter: UnitFilter, kind: UInt32, _ best: inout Candidate?
  ) {
    var left = unitsToLook(word, filter, kind: kind)
    while left != 0 {
      let slot = UInt32(word * 64 + left.trailingZeroBitCount)
      left &= left - 1
      units.words.countLook()
      let unit = units[slot]
      guard passes(unit, slot, filter), Asked.fits(kind, unit.kind) else { continue }
      let candidate = Candidate(
        cost_ms: .max, idleSince_ns: idleSince_ns(of: slot), id: unit.id, unit: slot,
        travel_ms: .max, turnout_ms: currentPlans.turnout_ms(kind: unit.kind),
        distance_dm: .max, isStraightLine: true)
      if best.map({ candidate.isBetter(than: $0) }) ?? true { best = candidate }
    }
  }

  private func passes(_ unit: UnitRecord, _ slot: UInt32, _ filter: UnitFilter) -> Bool {
    unit.capabilities & filter.capabilities == filter.capabilities
      && filter.levels & Eligibility.bit(level(of: slot)) != 0
      && Asked.fits(filter.agency, unit.agency)
      && Eligibility.lasts(unit.shiftEnd_us, to: filter.availableUntil_us)
      && unit.isCrewed && !router.isSkipped(unit: slot, stamp: filter.skipStamp)
  }
}
