// The engine's own figures of a replay, as any host reads them (hj_figures_read), for people and for machines.

import CHujia
import HujiaHostKit

package struct EngineFigures {
  package static let intervals: [(number: Int32, name: String)] = [
    (HJ_INTERVAL_RECEIPT_TO_DISPATCH, "receipt to dispatch"),
    (HJ_INTERVAL_DISPATCH_TO_ACKNOWLEDGE, "dispatch to signature"),
    (HJ_INTERVAL_ACKNOWLEDGE_TO_EN_ROUTE, "signature to en route"),
    (HJ_INTERVAL_DISPATCH_TO_ARRIVAL, "dispatch to scene"),
    (HJ_INTERVAL_RECEIPT_TO_ARRIVAL, "receipt to scene"),
    (HJ_INTERVAL_RECEIPT_TO_CLOSE, "receipt to close"),
  ]

  /// One value of a dimension, with its figures by interval as above.
  package struct Line {
    package let label: String
    package let figures: [hj_figures]
  }

  /// A dimension with the values that came.
  package struct Group {
    /// HJ_FIGURES_...
    package let dimension: Int32
    package let title: String
    /// The word of the header: "tier", "type" ...
    package let key: String
    package let lines: [Line]
  }

  /// By tier 0 ... 4 (0 = all), then by interval as above.
  package private(set) var tiers: [[hj_figures]] = []
  package private(set) var groups: [Group] = []
  package private(set) var breaches: [hj_breach] = []
  package private(set) var names = FigureNames()

  init() {}

  init(_ host: Host, _ names: FigureNames) {
    self.names = names
    tiers = (0...4).map { tier in
      Self.read(host, tier == 0 ? HJ_FIGURES_ALL : HJ_FIGURES_TIER, UInt32(tier))
    }
    let dimensions = [
      HJ_FIGURES_TIER, HJ_FIGURES_TYPE, HJ_FIGURES_AGENCY, HJ_FIGURES_BEAT, HJ_FIGURES_VULNERABLE,
    ]
    groups = dimensions.map { Self.group(host, $0, names) }
    breaches = host.breaches(256)
  }

  private static func read(
    _ host: Host, _ dimension: Int32, _ value: UInt32
  ) -> [hj_figures] {
    intervals.map { host.figures(by: dimension, value: value, interval: $0.number) }
  }

  private static func group(
    _ host: Host, _ dimension: Int32, _ names: FigureNames
  ) -> Group {
    var values: [UInt32]
    switch dimension {
    case HJ_FIGURES_TIER: values = [1, 2, 3, 4]
    case HJ_FIGURES_VULNERABLE: values = [1, 0]
    default: values = host.figureValues(by: dimension).sorted() + [UInt32.max]
    }
    let lines = values.map {
      Line(label: names.label(dimension, $0), figures: read(host, dimension, $0))
    }
    return Group(
      dimension: dimension, title: FigureNames.title(dimension),
      key: Host.name(HJ_NAMES_FIGURES, dimension),
      lines: lines.filter { $0.figures.contains { $0.count > 0 } })
  }

  package static func share(_ figures: hj_figures) -> Double? {
    figures.with_target > 0 ? Double(figures.within_target) / Double(figures.with_target) : nil
  }

  var text: String {
    guard !tiers.isEmpty else { return "" }
    var lines = [
      "Engine's own figures, s".padded(34)
        + ["count", "p50", "p90", "p99", "max", "in target"].map { $0.padded(left: 10) }.joined()
    ]
    for tier in 0...4 where tiers[tier].contains(where: { $0.count > 0 }) {
      lines.append(tier == 0 ? "all" : Host.name(HJ_NAMES_TIER, Int32(tier)))
      for (interval, figures) in zip(Self.intervals, tiers[tier]) where figures.count > 0 {
        let times = [figures.p50_ms, figures.p90_ms, figures.p99_ms, figures.max_ms].map {
          Decimals.fixed(Double($0) / 1e3, 1)
        }
        let share = Self.share(figures).map { Decimals.fixed($0 * 100, 1) + " %" } ?? "-"
        let cells = ["\(figures.count)"] + times + [share]
        lines.append(
          ("  " + interval.name).padded(34) + cells.map { $0.padded(left: 10) }.joined())
      }
    }
    let worst = breaches.sorted { $0.over_ms > $1.over_ms }.prefix(5)
    if !worst.isEmpty {
      lines.append("Widest of the last \(breaches.count) broken promises")
      for breach in worst {
        let clock = Host.name(HJ_NAMES_CLOCK, breach.clock)
        let tier = Host.name(HJ_NAMES_TIER, breach.tier)
        let over = Decimals.fixed(Double(breach.over_ms) / 1e3, 0) + " s over"
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
      row[String(interval.name.map { $0 == " " ? "_" : $0 })] = Row(
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
      rows[tier == 0 ? "all" : Host.name(HJ_NAMES_TIER, Int32(tier))] = Self.row(list)
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
