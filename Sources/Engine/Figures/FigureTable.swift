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
  let incidents: Block<CountedIncident>
  let assignments: Block<CountedAssignment>
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
  private var used: InlineArray<6, Int>

  package static var other: UInt32 { .max }
  private static var intervals: Int { FigureInterval.allCases.count }

  init(_ memory: Memory, _ limits: EngineLimits) throws(OutOfMemory) {
    let (types, agencies) = (limits.figureTypes, limits.figureAgencies)
    let beats = limits.figureBeats
    let tiers = Tier.allCases.count
    // The last row of a dimension with a table is "other".
    let sizes: InlineArray<6, Int> = [1, tiers, types + 1, agencies + 1, beats + 1, 2]
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
    used = [0, 0, 0, 0, 0, 0]
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
    case .all: return first
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

  // Recording and reading

  /// O(1): six rows are touched. `isWithin` nil: it had no target.
  @discardableResult
  mutating func record(
    _ interval: FigureInterval, _ key: FigureKey, took_ns: Int64, isWithin: Bool?
  ) -> CountedInterval {
    let took_ms = min(max(took_ns, 0) / 1_000_000, Histograms.longest)
    let values: InlineArray<6, UInt32> = [
      0, UInt32(key.tier.rawValue), key.type, key.agency, key.beat, key.isVulnerable ? 1 : 0,
    ]
    for dimension in FigureDimension.allCases {
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
  mutating func takeBack(_ interval: FigureInterval, _ counted: CountedInterval) {
    guard counted.era == UInt32(truncatingIfNeeded: era) else { return }
    let key = counted.key
    let values: InlineArray<6, UInt32> = [
      0, UInt32(key.tier.rawValue), key.type, key.agency, key.beat, key.isVulnerable ? 1 : 0,
    ]
    for dimension in FigureDimension.allCases {
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
}
