// Read first in this folder. The figures by which a dispatch centre is judged: how long each interval took, by tier,
// type, agency, beat and vulnerable callers, and which promises were broken. Recorded as things happen, in tables sized
// at open; a value that finds no row of its own is counted in its dimension's row "other".

import HujiaContainers

/// One answer (`hj_figures`); times in milliseconds.
package struct Figures: BitwiseCopyable {
  package var count: Int64 = 0
  package var withTarget: Int64 = 0
  package var withinTarget: Int64 = 0
  package var mean_ms: Int64 = 0
  package var least_ms: Int64 = 0
  package var p50_ms: Int64 = 0
  package var p90_ms: Int64 = 0
  package var p99_ms: Int64 = 0
  package var greatest_ms: Int64 = 0
  /// The value has no row of its own: the table of its dimension is full, or it never came.
  package var isUnknown = false
  package var isTableFull = false
  package init() {}
}

/// Where one thing counts: its value in every dimension.
package struct FigureKey: BitwiseCopyable {
  var tier: Tier
  var type: UInt32
  var agency: UInt32
  var beat: UInt32
  var isVulnerable: Bool
  /// It was written on paper: it counts in a row of its own, and in no other.
  var isCatchUp: Bool
}

/// One interval as it was counted, so that it can be taken back when what ended it turns out not to have been.
struct CountedInterval: BitwiseCopyable {
  var key: FigureKey
  var took_ms: UInt32
  var era: UInt32
  var isWithin: Bool?
}

/// The intervals of one incident as counted.
package struct CountedIncident: BitwiseCopyable {
  var response: CountedInterval?
  var arrival: CountedInterval?
  /// Receipt to arrival.
  var wait: CountedInterval?
}

/// The intervals of one assignment as counted.
package struct CountedAssignment: BitwiseCopyable {
  var signature: CountedInterval?
  var turnout: CountedInterval?
}

package struct FigureTable: ~Copyable {
  package struct Hits: BitwiseCopyable {
    var withTarget: Int64 = 0
    var withinTarget: Int64 = 0
  }

  private let inPlace = InPlace()
  /// By slot.
  private let incidents: Block<CountedIncident>
  private let assignments: Block<CountedAssignment>
  private var histograms: Histograms
  private let hits: Block<Hits>
  /// By row: the reset after which it was last written. A row of an earlier one counts as empty.
  private let eras: Block<UInt64>
  private var era: UInt64 = 0
  /// Rows of types, agencies and beats: dimension and value to row.
  private var rowOf: IdIndex
  /// The value of each row, for the host to list.
  private let values: Block<UInt32>
  private let firsts: Block<Int>
  private var used: InlineArray<7, Int>

  package static var other: UInt32 { .max }
  private static var intervals: Int { FigureInterval.allCases.count }

  init(_ memory: Memory, _ limits: EngineLimits) throws(OutOfMemory) {
    let (types, agencies) = (limits.figureTypes, limits.figureAgencies)
    let beats = limits.figureBeats
    let tiers = Tier.allCases.count
    // The last row of a dimension with a table is "other".
    let sizes: InlineArray<7, Int> = [1, tiers, types + 1, agencies + 1, beats + 1, 2, 1]
    let firsts = try Block<Int>(memory, count: sizes.count + 1)
    var rows = 0
    for index in 0..<sizes.count {
      rows += sizes[index]
      firsts.base[index + 1] = rows
    }
    let incidents = try Block<CountedIncident>(memory, count: limits.incidents)
    let assignments = try Block<CountedAssignment>(memory, count: limits.assignments)
    let histograms = try Histograms(memory, rows: rows * Self.intervals)
    let hits = try Block<Hits>(memory, count: rows * Self.intervals)
    let eras = try Block<UInt64>(memory, count: rows * Self.intervals)
    let rowOf = try IdIndex(memory, capacity: types + agencies + beats)
    let values = try Block<UInt32>(memory, count: rows, filledWith: Self.other)
    self.incidents = incidents
    self.assignments = assignments
    self.histograms = histograms
    self.hits = hits
    self.eras = eras
    self.rowOf = rowOf
    self.values = values
    self.firsts = firsts
    used = [0, 0, 0, 0, 0, 0, 0]
  }

  // Rows

  private func limit(_ dimension: FigureDimension) -> Int {
    firsts[Int(dimension.rawValue) + 1] - firsts[Int(dimension.rawValue)] - 1
  }

  private static func key(_ dimension: FigureDimension, _ value: UInt32) -> UInt64 {
    UInt64(dimension.rawValue) << 32 | UInt64(value)
  }

  /// The row of a value that has one; nil for a value that is not known.
  private func row(_ dimension: FigureDimension, _ value: UInt32) -> Int? {
    let first = firsts[Int(dimension.rawValue)]
    switch dimension {
    case .all, .catchUp: return first
    case .tier: return value < UInt32(Tier.allCases.count) ? first + Int(value) : nil
    case .vulnerable: return value < 2 ? first + Int(value) : nil
    case .type, .agency, .beat:
      if value == Self.other { return first + limit(dimension) }
      return rowOf.find(Self.key(dimension, value)).map { Int($0) }
    }
  }

  private mutating func rowToFill(_ dimension: FigureDimension, _ value: UInt32) -> Int {
    if let row = row(dimension, value) { return row }
    let index = Int(dimension.rawValue)
    let fresh = firsts[index] + used[index]
    guard used[index] < limit(dimension),
      rowOf.insert(Self.key(dimension, value), slot: UInt32(fresh))
    else { return firsts[index] + limit(dimension) }
    values[fresh] = value
    used[index] += 1
    return fresh
  }

  // What was counted of each incident and assignment, which a correction takes out again

  mutating func begin(incident slot: UInt32) { incidents[slot] = CountedIncident() }
  mutating func begin(assignment slot: UInt32) { assignments[slot] = CountedAssignment() }

  /// The first dispatch.
  mutating func countResponse(
    _ slot: UInt32, _ key: FigureKey, took_ns: Int64, isWithin: Bool?
  ) {
    assert(incidents[slot].response == nil)
    incidents[slot].response = record(
      .receiptToDispatch, key, took_ns: took_ns, isWithin: isWithin)
  }

  mutating func takeBackResponse(_ slot: UInt32) {
    takeBack(.receiptToDispatch, incidents[slot].response)
    incidents[slot].response = nil
  }

  /// The first unit is there: since its dispatch, and since the receipt, which has no target.
  mutating func countArrival(
    _ slot: UInt32, _ key: FigureKey, took_ns: Int64, isWithin: Bool?, waited_ns: Int64
  ) {
    assert(incidents[slot].arrival == nil && incidents[slot].wait == nil)
    incidents[slot].arrival = record(.dispatchToArrival, key, took_ns: took_ns, isWithin: isWithin)
    incidents[slot].wait = record(.receiptToArrival, key, took_ns: waited_ns, isWithin: nil)
  }

  mutating func takeBackArrival(_ slot: UInt32) {
    takeBack(.dispatchToArrival, incidents[slot].arrival)
    takeBack(.receiptToArrival, incidents[slot].wait)
    incidents[slot].arrival = nil
    incidents[slot].wait = nil
  }

  mutating func countSignature(
    _ slot: UInt32, _ key: FigureKey, took_ns: Int64, isWithin: Bool?
  ) {
    assert(assignments[slot].signature == nil)
    assignments[slot].signature = record(
      .dispatchToAcknowledge, key, took_ns: took_ns, isWithin: isWithin)
  }

  mutating func takeBackSignature(_ slot: UInt32) {
    takeBack(.dispatchToAcknowledge, assignments[slot].signature)
    assignments[slot].signature = nil
  }

  /// A unit that moves a second time counts once, by the newest.
  mutating func countTurnout(_ slot: UInt32, _ key: FigureKey, took_ns: Int64, isWithin: Bool?) {
    takeBackTurnout(slot)
    assignments[slot].turnout = record(
      .acknowledgeToEnRoute, key, took_ns: took_ns, isWithin: isWithin)
  }

  mutating func takeBackTurnout(_ slot: UInt32) {
    takeBack(.acknowledgeToEnRoute, assignments[slot].turnout)
    assignments[slot].turnout = nil
  }

  mutating func countClose(_ key: FigureKey, took_ns: Int64, isWithin: Bool?) {
    _ = record(.receiptToClose, key, took_ns: took_ns, isWithin: isWithin)
  }

  // In a state

  /// Rows by their dimension and place in it: tables of another size have them elsewhere.
  mutating func code(_ coder: inout StateCoder) {
    coder.section(0x7267_6946)
    coder.code(&era)
    for dimension in FigureDimension.allCases {
      codeValues(dimension, &coder)
      let first = firsts[Int(dimension.rawValue)]
      guard coder.isGood else { return }
      if hasTable(dimension) {
        for index in 0..<used[Int(dimension.rawValue)] { codeRow(first + index, &coder) }
        codeRow(first + limit(dimension), &coder)
      } else {
        for index in 0...limit(dimension) { codeRow(first + index, &coder) }
      }
    }
  }

  private mutating func codeValues(_ dimension: FigureDimension, _ coder: inout StateCoder) {
    guard hasTable(dimension) else { return }
    let index = Int(dimension.rawValue)
    var count = used[index]
    coder.code(count: &count, most: Int(UInt32.max))
    guard count <= limit(dimension) else {
      return coder.lack(
        dimension == .type
          ? "figure_types" : dimension == .agency ? "figure_agencies" : "figure_beats")
    }
    for place in 0..<count {
      let row = firsts[index] + place
      coder.code(&values[row])
      guard coder.isReading, coder.isGood else { continue }
      let key = Self.key(dimension, values[row])
      coder.demand(
        values[row] != Self.other && rowOf.find(key) == nil
          && rowOf.insert(key, slot: UInt32(row)), "a row of figures is there twice")
      used[index] = place + 1
    }
  }

  private mutating func codeRow(_ row: Int, _ coder: inout StateCoder) {
    for interval in 0..<Self.intervals {
      let place = row * Self.intervals + interval
      var isFilled = eras[place] == era
      coder.code(&isFilled)
      guard isFilled else {
        // As one that was last written before a reset.
        if coder.isReading { eras[place] = era &- 1 }
        continue
      }
      if coder.isReading { eras[place] = era }
      histograms.code(row: place, &coder)
      coder.code(&hits[place].withTarget, 0...1 << 48)
      coder.code(&hits[place].withinTarget, 0...1 << 48)
    }
  }

  mutating func code(incident slot: UInt32, _ coder: inout StateCoder) {
    incidents[slot].code(&coder)
  }
  mutating func code(assignment slot: UInt32, _ coder: inout StateCoder) {
    assignments[slot].code(&coder)
  }

  // Recording and reading

  /// O(1): six rows are touched. `isWithin` nil: it had no target.
  private mutating func record(
    _ interval: FigureInterval, _ key: FigureKey, took_ns: Int64, isWithin: Bool?
  ) -> CountedInterval {
    let took_ms = min(max(took_ns, 0) / 1_000_000, Histograms.longest)
    let values: InlineArray<7, UInt32> = [
      0, UInt32(key.tier.rawValue), key.type, key.agency, key.beat, key.isVulnerable ? 1 : 0, 0,
    ]
    for dimension in FigureDimension.allCases where key.isCatchUp == (dimension == .catchUp) {
      let row = rowToFill(dimension, values[Int(dimension.rawValue)])
      let place = row * Self.intervals + Int(interval.rawValue) - 1
      if eras[place] != era { empty(place) }
      histograms.record(took_ms, row: place)
      guard let isWithin else { continue }
      hits[place].withTarget += 1
      if isWithin { hits[place].withinTarget += 1 }
    }
    return CountedInterval(
      key: key, took_ms: UInt32(took_ms), era: UInt32(truncatingIfNeeded: era), isWithin: isWithin)
  }

  /// Takes an interval out again, unless a reset has. Its rows are those it was counted in. O(buckets).
  private mutating func takeBack(_ interval: FigureInterval, _ counted: CountedInterval?) {
    guard let counted, counted.era == UInt32(truncatingIfNeeded: era) else { return }
    let key = counted.key
    let values: InlineArray<7, UInt32> = [
      0, UInt32(key.tier.rawValue), key.type, key.agency, key.beat, key.isVulnerable ? 1 : 0, 0,
    ]
    for dimension in FigureDimension.allCases where key.isCatchUp == (dimension == .catchUp) {
      let row = rowToFill(dimension, values[Int(dimension.rawValue)])
      let place = row * Self.intervals + Int(interval.rawValue) - 1
      histograms.remove(Int64(counted.took_ms), row: place)
      guard let isWithin = counted.isWithin else { continue }
      hits[place].withTarget -= 1
      if isWithin { hits[place].withinTarget -= 1 }
    }
  }

  /// O(buckets).
  package func read(
    _ interval: FigureInterval, by dimension: FigureDimension, value: UInt32
  ) -> Figures {
    var figures = Figures()
    figures.isTableFull =
      limit(dimension) == used[Int(dimension.rawValue)] && hasTable(dimension)
    guard let row = row(dimension, value) else {
      figures.isUnknown = true
      return figures
    }
    let place = row * Self.intervals + Int(interval.rawValue) - 1
    guard eras[place] == era else { return figures }
    let summary = histograms.summary(row: place)
    figures.count = summary.count
    figures.withTarget = hits[place].withTarget
    figures.withinTarget = hits[place].withinTarget
    guard summary.count > 0 else { return figures }
    figures.mean_ms = summary.sum / summary.count
    figures.least_ms = summary.least
    figures.greatest_ms = summary.greatest
    figures.p50_ms = histograms.percentile(500, row: place)
    figures.p90_ms = histograms.percentile(900, row: place)
    figures.p99_ms = histograms.percentile(990, row: place)
    return figures
  }

  private func hasTable(_ dimension: FigureDimension) -> Bool {
    dimension == .type || dimension == .agency || dimension == .beat
  }

  /// How many values of a dimension have a row of their own, in order of their first coming.
  package func valueCount(_ dimension: FigureDimension) -> Int {
    hasTable(dimension) ? used[Int(dimension.rawValue)] : limit(dimension) + 1
  }

  package func value(_ dimension: FigureDimension, _ index: Int) -> UInt32 {
    hasTable(dimension) ? values[firsts[Int(dimension.rawValue)] + index] : UInt32(index)
  }

  /// Everything to zero; values keep their rows. O(1): a row is emptied when it is next written.
  mutating func reset() { era += 1 }

  private mutating func empty(_ place: Int) {
    histograms.removeAll(row: place)
    hits[place] = Hits()
    eras[place] = era
  }

  // What is true between two commands

  func validate(_ invariants: inout Invariants) {
    for dimension in FigureDimension.allCases where hasTable(dimension) {
      let first = firsts[Int(dimension.rawValue)]
      let rows = used[Int(dimension.rawValue)]
      invariants.hold(rows <= limit(dimension), "rows of figures have their room", rows)
      for row in first..<first + rows {
        invariants.hold(
          rowOf.find(Self.key(dimension, values[row])) == UInt32(row),
          "a value's row is found by it", row)
      }
    }
    for interval in 0..<Self.intervals { validate(interval, &invariants) }
  }

  private func validate(_ interval: Int, _ invariants: inout Invariants) {
    let all = count(row: 0, interval)
    let ofAll = eras[interval] == era ? hits[interval] : Hits()
    invariants.hold(
      0 <= ofAll.withinTarget && ofAll.withinTarget <= ofAll.withTarget && ofAll.withTarget <= all,
      "what is within its target has one, and is counted", interval)
    // What was written on paper counts in a row of its own alone.
    for dimension in FigureDimension.allCases where dimension != .catchUp {
      var sum: Int64 = 0
      for row in firsts[Int(dimension.rawValue)]..<firsts[Int(dimension.rawValue) + 1] {
        sum += count(row: row, interval)
      }
      invariants.hold(sum == all, "an interval counts in one row of each dimension", interval)
    }
  }

  private func count(row: Int, _ interval: Int) -> Int64 {
    let place = row * Self.intervals + interval
    return eras[place] == era ? histograms.summary(row: place).count : 0
  }
}
