// A plan that asks the beats first: the home officer, the team, the beats around it by steps. Which beat is home, and
// its units, are those of the plans of now, as levels and turnouts are.

import HujiaContainers
import HujiaRoads
import HujiaRouting

extension EngineCore {
  /// The best unit of the first ring that has one which is there in time. nil: the place lies in no beat, or none has.
  @inline(never) mutating func nearestOfBeats(
    _ requirement: Requirement, place: Place, plan: PlanMatch, _ beats: BeatRule,
    filter given: UnitFilter
  ) -> Candidate? {
    guard let home = currentPlans.beat(atLat_e7: place.lat_e7, lon_e7: place.lon_e7) else {
      return nil
    }
    var filter = given
    filter.radius_dm = plan.radius_dm
    for ring in 1...beats.rings {
      gather(ring, around: home, filter)
      guard
        var found = nearestGathered(requirement, place: place, plan: plan, filter),
        found.cost_ms <= beats.most_ms
      else { continue }
      found.ring = ring
      return found
    }
    return nil
  }

  /// The units of a ring that match. O(units of its beats).
  private mutating func gather(_ ring: UInt8, around home: UInt32, _ filter: UnitFilter) {
    beatScratch.begin()
    let tables = plans.tables(plans.current)
    switch ring {
    case BeatRule.officer: gatherOfficer(of: tables.pointee.beats[home], filter)
    case BeatRule.team: gatherTeam(of: tables.pointee.beats[home], filter)
    default:
      for place in tables.pointee.beatsAround.places(of: home) {
        let entry = tables.pointee.beatsAround[place]
        let steps = BeatAround.steps(entry)
        if steps > ring - BeatRule.team { return }
        guard steps == ring - BeatRule.team else { continue }
        let beat = tables.pointee.beats[BeatAround.beat(entry)]
        gatherOfficer(of: beat, filter)
        gatherTeam(of: beat, filter)
      }
    }
  }

  private mutating func gatherOfficer(of beat: BeatRecord, _ filter: UnitFilter) {
    guard beat.officer != 0, let unit = units.find(beat.officer),
      router.matches(unit, filter)
    else { return }
    beatScratch.add(unit)
  }

  private mutating func gatherTeam(of beat: BeatRecord, _ filter: UnitFilter) {
    var member = units.first(ofBeat: beat.number)
    while let unit = member {
      if router.matches(unit, filter) { beatScratch.add(unit) }
      member = units.next(ofBeat: beat.number, after: unit)
    }
  }

  private mutating func nearestGathered(
    _ requirement: Requirement, place: Place, plan: PlanMatch, _ filter: UnitFilter
  ) -> Candidate? {
    let count = beatScratch.count
    if count == 0 { return nil }
    if beatScratch.isListed, router.canMeasureListed {
      return widening(requirement, plan, most: count) { core, asked in
        core.nearestListed(to: place, filter: filter, limit: asked, profile: plan.profile)
      }
    }
    return widening(requirement, plan, most: limits.units, isOfBeats: true) { core, asked in
      core.nearestUnits(to: place, filter: filter, limit: asked, profile: plan.profile)
    }
  }

  /// As `nearestUnits`, of those that are gathered.
  private mutating func nearestListed(
    to place: Place, filter: UnitFilter, limit: Int, profile: Profile
  ) -> Int {
    var found = 0
    for _ in 0...Self.looksAgain {
      found = router.nearest(
        to: place, among: beatScratch.units, count: beatScratch.count,
        filter: filter, limit: limit, profile: profile, into: candidates.base)
      guard hasPositionsLeft else { return found }
      var hasMoved = false
      for index in 0..<found where refresh(unit: candidates[index].unit) { hasMoved = true }
      if !hasMoved { return found }
    }
    return found
  }
}

/// The units of one ring of a beat.
struct BeatScratch: ~Copyable {
  private let inPlace = InPlace()
  /// The first of them.
  private let listed: Block<UInt32>
  /// Each that is in the ring carries its stamp.
  private let marks: Block<UInt32>
  private var stamp: UInt32 = 0
  private(set) var count = 0

  private static var most: Int { 512 }

  init(_ memory: Memory, units: Int) throws(OutOfMemory) {
    let listed = try Block<UInt32>(memory, count: min(units, Self.most))
    let marks = try Block<UInt32>(memory, count: units)
    self.listed = listed
    self.marks = marks
  }

  mutating func begin() {
    count = 0
    stamp &+= 1
    if stamp != 0 { return }
    marks.base.update(repeating: 0, count: marks.count)
    stamp = 1
  }

  /// Once each, as often as it is said.
  mutating func add(_ unit: UInt32) {
    if holds(unit) { return }
    marks[unit] = stamp
    if count < listed.count { listed[count] = unit }
    count += 1
  }

  var units: UnsafePointer<UInt32> { UnsafePointer(listed.base) }
  func holds(_ unit: UInt32) -> Bool { marks[unit] == stamp }
  /// All of them stand in `listed`.
  var isListed: Bool { count <= listed.count }
}
