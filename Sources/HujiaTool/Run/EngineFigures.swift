// The engine's own figures of a replay, as any host reads them (hj_figures_read), for people and for machines.

import CHujia
import Foundation

struct EngineFigures {
  static let intervals: [(number: Int32, name: String)] = [
    (HJ_INTERVAL_RECEIPT_TO_DISPATCH, "receipt to dispatch"),
    (HJ_INTERVAL_DISPATCH_TO_ACKNOWLEDGE, "dispatch to signature"),
    (HJ_INTERVAL_ACKNOWLEDGE_TO_EN_ROUTE, "signature to en route"),
    (HJ_INTERVAL_DISPATCH_TO_ARRIVAL, "dispatch to scene"),
    (HJ_INTERVAL_RECEIPT_TO_ARRIVAL, "receipt to scene"),
    (HJ_INTERVAL_RECEIPT_TO_CLOSE, "receipt to close"),
  ]

  /// One value of a dimension, with its figures by interval as above.
  struct Line {
    let label: String
    let figures: [hj_figures]
  }

  /// A dimension with the values that came.
  struct Group {
    let title: String
    /// The constant of the header: "tier", "type" ...
    let key: String
    let lines: [Line]
  }

  /// By tier 0 ... 4 (0 = all), then by interval as above.
  var tiers: [[hj_figures]] = []
  private(set) var groups: [Group] = []
  var breaches: [hj_breach] = []
  private(set) var names = FigureNames()

  init() {}

  init(_ dispatcher: Dispatcher, _ names: FigureNames) {
    self.names = names
    tiers = (0...4).map { tier in
      Self.read(dispatcher, tier == 0 ? HJ_FIGURES_ALL : HJ_FIGURES_TIER, UInt32(tier))
    }
    let dimensions = [
      HJ_FIGURES_TIER, HJ_FIGURES_TYPE, HJ_FIGURES_AGENCY, HJ_FIGURES_BEAT, HJ_FIGURES_VULNERABLE,
    ]
    groups = dimensions.map { Self.group(dispatcher, $0, names) }
    breaches = dispatcher.breaches(256)
  }

  private static func read(
    _ dispatcher: Dispatcher, _ dimension: Int32, _ value: UInt32
  ) -> [hj_figures] {
    intervals.map { dispatcher.figures(by: dimension, value: value, interval: $0.number) }
  }

  private static func group(
    _ dispatcher: Dispatcher, _ dimension: Int32, _ names: FigureNames
  ) -> Group {
    var values: [UInt32]
    switch dimension {
    case HJ_FIGURES_TIER: values = [1, 2, 3, 4]
    case HJ_FIGURES_VULNERABLE: values = [1, 0]
    default: values = dispatcher.figureValues(by: dimension).sorted() + [UInt32.max]
    }
    let lines = values.map {
      Line(label: names.label(dimension, $0), figures: read(dispatcher, dimension, $0))
    }
    return Group(
      title: FigureNames.title(dimension), key: Dispatcher.name(HJ_NAMES_FIGURES, dimension),
      lines: lines.filter { $0.figures.contains { $0.count > 0 } })
  }

  static func share(_ figures: hj_figures) -> Double? {
    figures.with_target > 0 ? Double(figures.within_target) / Double(figures.with_target) : nil
  }

  var text: String {
    guard !tiers.isEmpty else { return "" }
    var lines = [
      "Engine's own figures, s".padded(34)
        + ["count", "p50", "p90", "p99", "max", "in target"].map { $0.padded(left: 10) }.joined()
    ]
    for tier in 0...4 where tiers[tier].contains(where: { $0.count > 0 }) {
      lines.append(tier == 0 ? "all" : Dispatcher.name(HJ_NAMES_TIER, Int32(tier)))
      for (interval, figures) in zip(Self.intervals, tiers[tier]) where figures.count > 0 {
        let times = [figures.p50_ms, figures.p90_ms, figures.p99_ms, figures.max_ms].map {
          String(format: "%.1f", Double($0) / 1e3)
        }
        let share = Self.share(figures).map { String(format: "%.1f %%", $0 * 100) } ?? "-"
        let cells = ["\(figures.count)"] + times + [share]
        lines.append(
          ("  " + interval.name).padded(34) + cells.map { $0.padded(left: 10) }.joined())
      }
    }
    let worst = breaches.sorted { $0.over_ms > $1.over_ms }.prefix(5)
    if !worst.isEmpty {
      lines.append("Widest of the last \(breaches.count) broken promises")
      for breach in worst {
        let clock = Dispatcher.name(HJ_NAMES_CLOCK, breach.clock)
        let tier = Dispatcher.name(HJ_NAMES_TIER, breach.tier)
        let over = String(format: "%.0f s over", Double(breach.over_ms) / 1e3)
        let state = breach.is_over == 0 ? ", still open" : ""
        lines.append("  \(clock) of a call of tier \(tier), type \(breach.type): \(over)\(state)")
      }
    }
    return lines.joined(separator: "\n")
  }

  struct Row: Encodable {
    var count, with_target, within_target: Int64
    var mean_ms, p50_ms, p90_ms, p99_ms, max_ms: Int64
  }

  private static func row(_ figures: [hj_figures]) -> [String: Row] {
    var row: [String: Row] = [:]
    for (interval, figures) in zip(intervals, figures) where figures.count > 0 {
      row[interval.name.replacingOccurrences(of: " ", with: "_")] = Row(
        count: figures.count, with_target: figures.with_target,
        within_target: figures.within_target, mean_ms: figures.mean_ms, p50_ms: figures.p50_ms,
        p90_ms: figures.p90_ms, p99_ms: figures.p99_ms, max_ms: figures.max_ms)
    }
    return row
  }

  /// By tier and interval, for the JSON object.
  var rows: [String: [String: Row]] {
    var rows: [String: [String: Row]] = [:]
    for (tier, list) in tiers.enumerated() where list.contains(where: { $0.count > 0 }) {
      rows[tier == 0 ? "all" : Dispatcher.name(HJ_NAMES_TIER, Int32(tier))] = Self.row(list)
    }
    return rows
  }

  /// By dimension, value and interval, for the JSON object.
  var rowsByDimension: [String: [String: [String: Row]]] {
    var all: [String: [String: [String: Row]]] = [:]
    for group in groups {
      for line in group.lines { all[group.key, default: [:]][line.label] = Self.row(line.figures) }
    }
    return all
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(width - count, 0))
  }
  fileprivate func padded(left width: Int) -> String {
    String(repeating: " ", count: max(width - count, 0)) + self
  }
}
