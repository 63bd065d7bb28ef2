// Where positions arrive: any thread writes a unit's newest fix into its slot; the baton's holder takes it from there.
// Must never: be touched through anything that only the holder may read.

import HujiaContainers
import HujiaRoads

/// The newest fix of every unit, by unit slot. A fix in six words: off-network flag, engine time in ticks | device time
/// | street, offset | node, gap | the snapped point | the point itself.
package struct PositionTable: ~Copyable {
  package let latest: LatestTable
  package let rules: FixRules
  /// Units whose positions are not taken. The holder writes, any thread reads.
  private let offDuty: SharedBits

  package init(_ memory: Memory, capacity: Int, rules: FixRules) throws(OutOfMemory) {
    let latest = try LatestTable(memory, capacity: capacity)
    let offDuty = try SharedBits(memory, capacity: capacity)
    self.latest = latest
    self.offDuty = offDuty
    self.rules = rules
  }

  /// In other memory, with all that stands in `other`, which nobody else uses.
  package init(
    _ memory: Memory, moving other: borrowing PositionTable, capacity: Int
  ) throws(OutOfMemory) {
    let latest = try LatestTable(memory, moving: other.latest, capacity: capacity)
    let offDuty = try SharedBits(memory, moving: other.offDuty, capacity: capacity)
    self.latest = latest
    self.offDuty = offDuty
    self.rules = other.rules
  }

  /// The most that it takes.
  package static func bytes(capacity: Int) -> Int {
    LatestTable.bytes(capacity: capacity) + SharedBits.bytes(capacity: capacity) + 64
  }

  /// Before anybody else has the table: a position that a killed process left is that of its unit again, and not taken
  /// yet. `snapped`: its place on another map.
  package func restore(
    _ value: LatestTable.Value, of id: UInt64, in slot: UInt32, at place: Place
  ) {
    guard case .claimed(let claim) = latest.claim(slot, id: id) else { return }
    let own = Self.point(value[5])
    let fix = Fix(
      unitID: id, place: place, lat_e7: own.lat_e7, lon_e7: own.lon_e7, accuracy_dm: 0,
      wall_us: Int64(bitPattern: value[1]), fix_ns: 0)
    var words = Self.words(fix)
    // Its time in ticks is what it was.
    words[0] = words[0] & 1 | UInt64(UInt32(truncatingIfNeeded: value[0]) & ~1)
    latest.write(words, under: claim)
  }

  /// What a value says, as a turn would take it in.
  package static func fix(_ value: LatestTable.Value, _ slot: UInt32, now_ns: Int64) -> TakenFix {
    TakenFix(
      slot: slot, ask: 0, wall_us: Int64(bitPattern: value[1]),
      fix_ns: fix_ns(value, now_ns: now_ns), place: place(value))
  }

  package var hasFresh: Bool { !latest.fresh.isEmpty }

  /// The holder: whether the unit is off duty from now on.
  func set(isOffDuty: Bool, _ slot: UInt32) {
    guard !rules.takesOffDuty, isOffDuty != offDuty.contains(slot) else { return }
    if isOffDuty { offDuty.insert(slot) } else { _ = offDuty.remove(slot) }
  }
  package func isOffDuty(_ slot: UInt32) -> Bool { offDuty.contains(slot) }

  // Any thread

  /// Whether a fix is refused for any unit; `now_us` 0 = not known.
  package func refusal(accuracy_dm: UInt32, wall_us: Int64, now_us: Int64) -> FixVerdict? {
    if accuracy_dm > rules.worstAccuracy_dm { return .accuracy }
    if now_us != 0, wall_us > now_us &+ rules.farthestAhead_us { return .future }
    return nil
  }

  /// 2^27 ns: an eighth of a second.
  private static var tickBits: Int64 { 27 }

  /// The street that the unit was on last, and the device time of that; a hint, it may be old already.
  package func before(_ slot: UInt32) -> (street: UInt32, wall_us: Int64) {
    guard let (wall, street) = latest.peek(slot, 1, 2) else { return (Place.none, .min) }
    return (UInt32(truncatingIfNeeded: street), Int64(bitPattern: wall))
  }

  /// As `before`, without a look whether it is whole: to fetch ahead what will be asked for.
  package func guessedStreet(_ slot: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: latest.guess(slot, 2))
  }

  /// Writes a fix into its unit's slot; the newest device time wins. Never waits for the baton.
  package func take(_ fix: Fix, in slot: UInt32, now_us: Int64) -> FixVerdict {
    switch latest.claim(slot, id: fix.unitID) {
    case .gone: return .unknownUnit
    case .busy: return .busy
    case .claimed(let claim):
      if let before = latest.value(under: claim) {
        let verdict = judge(fix, after: before, now_us: now_us, claim)
        guard verdict == .accepted else {
          latest.abandon(claim)
          return verdict
        }
      }
      if latest.note(1, under: claim) != 0 { latest.setNote(1, 0, under: claim) }
      latest.write(Self.words(fix), under: claim)
      return .accepted
    }
  }

  private func judge(
    _ fix: Fix, after before: LatestTable.Value, now_us: Int64,
    _ claim: borrowing LatestTable.Claim
  ) -> FixVerdict {
    let wall_us = Int64(bitPattern: before[1])
    if fix.wall_us < wall_us {
      // A time that cannot be right says nothing of speed either.
      return rules.isUntrusted(wall_us, now_us: now_us) ? .accepted : .older
    }
    let point = Self.point(before[5])
    guard rules.isTooFast(from: point.lat_e7, point.lon_e7, wall_us, to: fix) else {
      return .accepted
    }
    // Notes: the last point that was not believed, and its time with the length of the row in the low byte.
    let note = latest.note(1, under: claim)
    let suspect = Self.point(latest.note(0, under: claim))
    var row: UInt64 = 1
    if note != 0, fix.wall_us >= Int64(note >> 8),
      !rules.isTooFast(from: suspect.lat_e7, suspect.lon_e7, Int64(note >> 8), to: fix)
    {
      row = min(note & 0xff + 1, 0xff)
    }
    if row >= UInt64(rules.believedAfter) { return .accepted }
    latest.setNote(0, Self.pair(fix.lat_e7, fix.lon_e7), under: claim)
    latest.setNote(1, UInt64(bitPattern: fix.wall_us) << 8 | row, under: claim)
    return .speed
  }

  // Words

  private static func pair(_ low: Int32, _ high: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: low)) | UInt64(UInt32(bitPattern: high)) << 32
  }
  private static func point(_ word: UInt64) -> (lat_e7: Int32, lon_e7: Int32) {
    (Int32(truncatingIfNeeded: word), Int32(truncatingIfNeeded: word >> 32))
  }

  private static func words(_ fix: Fix) -> LatestTable.Value {
    let place = fix.place
    return [
      UInt64(UInt32(truncatingIfNeeded: fix.fix_ns >> tickBits) << 1)
        | (place.isOffNetwork ? 1 : 0),
      UInt64(bitPattern: fix.wall_us),
      UInt64(place.street) | UInt64(place.offset_mm) << 32,
      UInt64(place.node) | UInt64(place.gap_dm) << 32,
      pair(place.lat_e7, place.lon_e7),
      pair(fix.lat_e7, fix.lon_e7),
    ]
  }

  /// The holder: what stands in a slot whose mark was taken out; nil when there is nothing to take in.
  func take(_ slot: UInt32, now_ns: Int64) -> TakenFix? {
    switch latest.read(slot) {
    case .nothing:
      // Of an earlier owner, or older than a place that the host has given since.
      return nil
    case .torn:
      // Its writers are at it: what we have is the last good value.
      latest.fresh.insert(slot)
      return nil
    case .value(let words):
      // A reporter that was put to sleep before its unit went off duty.
      guard !isOffDuty(slot) else { return nil }
      return Self.fix(words, slot, now_ns: now_ns)
    }
  }

  /// Any thread: the newest of a unit, taken in or not; nil: it has none that counts, or the slot is another's.
  package func newest(_ slot: UInt32, of id: UInt64, now_ns: Int64) -> TakenFix? {
    guard !isOffDuty(slot), case .value(let words) = latest.read(slot, of: id) else { return nil }
    return Self.fix(words, slot, now_ns: now_ns)
  }

  static func place(_ words: LatestTable.Value) -> Place {
    let snapped = point(words[4])
    return Place(
      street: UInt32(truncatingIfNeeded: words[2]), offset_mm: UInt32(words[2] >> 32),
      node: UInt32(truncatingIfNeeded: words[3]), gap_dm: UInt32(words[3] >> 32),
      lat_e7: snapped.lat_e7, lon_e7: snapped.lon_e7, isOffNetwork: words[0] & 1 != 0)
  }

  /// When an entry was true, on the engine's clock; to an eighth of a second, never later than it was. Right within
  /// four years of now.
  static func fix_ns(_ words: LatestTable.Value, now_ns: Int64) -> Int64 {
    let now = Int32(truncatingIfNeeded: (now_ns >> tickBits) << 1)
    let then = Int32(bitPattern: UInt32(truncatingIfNeeded: words[0]) & ~1)
    // The difference of two counts that come round is small and has a sign.
    let ticks = Int64(then &- now) >> 1
    return ((now_ns >> tickBits) &+ ticks) << tickBits
  }
}
