// Reading the plans: the beat of a place, and the beats around it.

import HujiaContainers

/// An entry of `PlanTables.beatsAround`: a beat, and how many steps from neighbour to neighbour lead to it.
enum BeatAround {
  private static var bits: UInt32 { 24 }
  static func entry(_ beat: UInt32, steps: Int) -> UInt32 { UInt32(steps) << bits | beat }
  static func beat(_ entry: UInt32) -> UInt32 { entry & (1 << bits - 1) }
  static func steps(_ entry: UInt32) -> UInt32 { entry >> bits }
}

extension PlanDraft {
  /// By area; empty where there are no beats.
  var beatOfArea: [UInt32] {
    guard !beats.isEmpty else { return [] }
    var list = [UInt32](repeating: PlanTables.noBeat, count: areas.count)
    for (index, beat) in beats.enumerated() { list[Int(beat.area)] = UInt32(index) }
    return list
  }

  /// Steps to neighbours that any plan asks for.
  private var stepsAsked: Int {
    max(0, Int(plans.map(\.beats.rings).max() ?? 0) - Int(BeatRule.team))
  }

  /// By beat, those that so many steps lead to, the fewest steps first, each once. nil: more than `most` of them stand
  /// around one beat, which is told.
  package func around(most: Int = .max) -> (lists: [[UInt32]], crowded: Int?) {
    let steps = stepsAsked
    var lists = [[UInt32]](repeating: [], count: beats.count)
    guard steps > 0 else { return (lists, nil) }
    var seen = [Int](repeating: -1, count: beats.count)
    for home in beats.indices {
      seen[home] = home
      var edge = [UInt32(home)]
      for step in 1...steps {
        var next: [UInt32] = []
        for beat in edge {
          for other in neighbours[Int(beat)] where seen[Int(other)] != home {
            seen[Int(other)] = home
            next.append(other)
          }
        }
        edge = next.sorted()
        lists[home] += edge.map { BeatAround.entry($0, steps: step) }
        if lists[home].count > most { return (lists, home) }
      }
    }
    return (lists, nil)
  }

  var beatsAround: [[UInt32]] { around().lists }
}

extension PlanTables {
  package static var noBeat: UInt32 { .max }

  /// The beat that a place lies in; of several, where borders are not drawn alike, the first in the file. nil = none.
  /// O(areas around the place).
  package func beat(atLat_e7 lat_e7: Int32, lon_e7: Int32) -> UInt32? {
    guard beats.count > 0 else { return nil }
    var best = Self.noBeat
    areaGrid.each(lat_e7, lon_e7) { area in
      guard beatOfArea[area] < best, contains(areas[area], lat_e7, lon_e7) else { return }
      best = beatOfArea[area]
    }
    return best == Self.noBeat ? nil : best
  }

  /// How a matched plan asks the beats.
  func beatRule(_ plan: PlanMatch) -> BeatRule {
    plan.plan > 0 ? plans[Int(plan.plan) - 1].beats : BeatRule()
  }
}
