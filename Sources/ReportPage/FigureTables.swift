// The engine's own figures as tables of the page: one table an interval, by tier, type, agency, beat and caller, and
// the list of broken promises. Tables fold without a script.

import CHujia
import Glibc
import HujiaCities
import HujiaHostKit
import HujiaReplay

struct FigureTables {
  private let figures: EngineFigures
  /// Broken promises ever; the list holds the latest of them.
  private let broken: Int64

  init(_ figures: EngineFigures, broken: Int64) {
    self.figures = figures
    self.broken = broken
  }

  var sections: String {
    guard !figures.tiers.isEmpty else { return "" }
    return """
      <section class="wide"><figure><h2>How long it took, and how often within target</h2>
      <p class="note">The engine's own figures (<code>hj_figures_read</code>), times in minutes and seconds. Targets are \
      the tier's limits, the signature's limit and the turnout time; “–” where an interval has none.</p>
      \(EngineFigures.intervals.indices.map(table).joined())</figure></section>
      <section class="wide"><figure><h2>Broken promises</h2>\(breaches)</figure></section>
      """
  }

  private static let heads = ["count", "mean", "p50", "p90", "p99", "longest", "within target"]

  /// The interval that the targets are about is open when the page is.
  private func table(_ interval: Int) -> String {
    let (number, name) = EngineFigures.intervals[interval]
    let all = figures.tiers[0][interval]
    guard all.count > 0 else { return "" }
    var rows = Self.row("all", all, "total")
    for group in figures.groups {
      let lines = group.lines.filter { $0.figures[interval].count > 0 }
      // One line that says the same as "all" is no line.
      guard lines.count > 1 || group.dimension == HJ_FIGURES_VULNERABLE else { continue }
      rows += "<tr class=\"group\"><th colspan=\"8\">\(group.title)</th></tr>"
      for line in lines { rows += Self.row(line.label, line.figures[interval], "") }
      if group.dimension == HJ_FIGURES_VULNERABLE, lines.count == 1 {
        rows +=
          "<tr><td class=\"note\" colspan=\"8\">No caller of this record is marked as vulnerable.</td></tr>"
      }
    }
    let heads = Self.heads.map { "<th>\($0)</th>" }.joined()
    let share = EngineFigures.share(all).map { ", \(Page.percent($0)) within target" } ?? ""
    return """
      <details\(number == HJ_INTERVAL_DISPATCH_TO_ARRIVAL ? " open" : "")><summary>\(name): \
      median \(Self.time(all.p50_ms))\(share)</summary><div class="scroll"><table>\
      <thead><tr><th></th>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div></details>
      """
  }

  private static func row(_ label: String, _ figures: hj_figures, _ style: String) -> String {
    let times = [figures.mean_ms, figures.p50_ms, figures.p90_ms, figures.p99_ms, figures.max_ms]
    let share = EngineFigures.share(figures).map(Page.percent) ?? "–"
    let cells = (["\(figures.count)"] + times.map(time) + [share]).map { "<td>\($0)</td>" }
    return
      "<tr class=\"\(style)\"><th>\(Page.escape(label))</th>\(cells.joined())</tr>"
  }

  private var breaches: String {
    guard !figures.breaches.isEmpty else { return "<p class=\"note\">None.</p>" }
    let rows = figures.breaches.map { breach in
      let cells = [
        LocalTime.text(Double(breach.due_wall_us) / 1e6),
        Host.words(HJ_NAMES_CLOCK, breach.clock),
        Host.name(HJ_NAMES_TIER, breach.tier), figures.names.type(breach.type),
        figures.names.unit(breach.unit_id), Self.time(breach.over_ms),
        breach.is_over == 0 ? "still open" : "kept late",
      ]
      return "<tr>\(cells.map { "<td>\(Page.escape($0))</td>" }.joined())</tr>"
    }
    let heads = ["was due", "promise", "tier", "type", "unit", "over by", "since then"]
      .map { "<th>\($0)</th>" }.joined()
    return """
      <details><summary>\(broken) in all; the latest \(figures.breaches.count), newest first</summary>\
      <div class="scroll"><table class="list"><thead><tr>\(heads)</tr></thead><tbody>\(rows.joined())</tbody></table>\
      </div></details>
      """
  }

  /// "8.0 s", "3:34", "1:02:05".
  static func time(_ ms: Int64) -> String {
    if ms < 60_000 { return Decimals.fixed(Double(ms) / 1e3, 1) + "\u{a0}s" }
    let seconds = (ms + 500) / 1_000
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    let rest = String(twoDigits: Int(seconds % 60))
    return hours > 0
      ? "\(hours):\(String(twoDigits: Int(minutes))):\(rest)" : "\(minutes):\(rest)"
  }

  static let css = """
    .note{color:var(--soft);font-size:13px;margin:0 0 8px;max-width:90ch}details{margin-top:8px}
    summary{cursor:pointer;font-size:13.5px;padding:4px 0}.scroll{overflow:auto}
    table{border-collapse:collapse;font-size:13px;width:100%;font-variant-numeric:tabular-nums}
    td,th{padding:3px 10px;text-align:right;font-weight:400;border-bottom:1px solid var(--line);white-space:nowrap}
    thead th{color:var(--soft)}tbody th,tr.group th,table.list td,table.list th{text-align:left}
    tr.group th{color:var(--soft);padding-top:12px}tr.total th,tr.total td{font-weight:600}td.note{text-align:left}
    """
}
