// When shifts begin: the table by slot beside a plain list of all of them.

import HujiaContainers
import HujiaTestSupport
import Testing

@testable import HujiaEngine

@Suite struct ShiftBeginTests {
  /// The slow twin: every begin by its slot.
  private struct Plain {
    var begins: [UInt32: Int64] = [:]
    var next_ns: Int64 { begins.values.min() ?? .max }
    func due(_ now_ns: Int64) -> Set<UInt32> {
      Set(begins.filter { $0.value <= now_ns }.keys)
    }
  }

  private func compare(_ seed: UInt64) throws {
    var random = SplitMix64(seed)
    let units = 1 + random.below(200)
    var table = try ShiftBegins(.system, units: units)
    var plain = Plain()
    var now_ns: Int64 = 0
    for _ in 0..<200 {
      let slot = UInt32(random.below(units))
      switch random.below(8) {
      case 0..<4:
        let begin_ns = now_ns + 1 + Int64(random.below(6))
        table.set(slot, begin_ns)
        plain.begins[slot] = begin_ns
      case 4:
        table.remove(slot)
        plain.begins[slot] = nil
      case 5:
        // Some of what is due, as a slice takes it.
        let due = plain.due(now_ns)
        guard let popped = table.popDue(now_ns: now_ns) else {
          check(due.isEmpty, "seed \(seed)")
          check(table.next_ns, equals: plain.next_ns, "seed \(seed)")
          continue
        }
        check(due.contains(popped), "seed \(seed)")
        plain.begins[popped] = nil
      default:
        now_ns += Int64(random.below(3))
        var popped: Set<UInt32> = []
        // All of it, or a slice, so that something due is left when time goes on.
        let most = random.chance(50) ? Int.max : random.below(3)
        while popped.count < most, let slot = table.popDue(now_ns: now_ns) { popped.insert(slot) }
        let due = plain.due(now_ns)
        if most == .max { check(popped, equals: due, "seed \(seed)") }
        check(popped.isSubset(of: due), "seed \(seed)")
        for slot in popped { plain.begins[slot] = nil }
        if most == .max { check(table.next_ns, equals: plain.next_ns, "seed \(seed)") }
      }
      check(table.next_ns, atMost: plain.next_ns, "seed \(seed): told too late")
    }
  }

  @Test func besideAPlainList() throws {
    for seed in 0..<UInt64(Scale.count(200, full: 5_000)) { try compare(seed) }
  }

  /// A unit that is put again, busy or freed, before and at its time.
  @Test func availableFromItsBeginOn() throws {
    let bench = try Bench(Bench.row())
    var unit = UnitDescription(
      id: 1, kind: 0, agency: 0, capabilities: 0, homeBeat: 0, crew: 0, activity: .patrolling,
      shiftEnd_us: 0, place: bench.node(1), hasPosition: true)
    unit.details.shiftBegin_us = Bench.wallStart_us + 60_000_000
    check(bench.put(unit: unit), equals: .ok)
    check(bench.core.level(of: 0), equals: .notAvailable)
    check(bench.core.nextDue_ns, equals: 60 * Bench.second_ns)
    let incident = bench.open(at: 0)
    check(bench.units(incident).isEmpty)
    // What it does changes meanwhile; it is still not there.
    check(bench.set(activity: .station, of: 1), equals: .ok)
    check(bench.put(unit: unit), equals: .ok)
    check(bench.units(incident).isEmpty)
    check(bench.core.level(of: 0), equals: .notAvailable)
    bench.poll(60 * Bench.second_ns - 1)
    check(bench.units(incident).isEmpty)
    bench.poll(60 * Bench.second_ns)
    check(bench.units(incident), equals: [1])
    check(bench.core.units[0].isBeforeShift, equals: false)
  }
}
