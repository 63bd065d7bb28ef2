// The page of a stress run: percentiles of every lane, throughput and tails over time, memory. One file, no script.

import HujiaHostKit
import HujiaStress

package struct StressPage {
  private let results: [StressResult]
  private let comparison: IdleComparison?

  package init(_ results: [StressResult], comparison: IdleComparison? = nil) {
    self.results = results
    self.comparison = comparison
  }

  package var html: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Hujia under stress</title><style>\(Page.css)
    \(Self.css)</style></head><body>
    <header><h1>The engine under stress</h1><p>\(subtitle)</p></header>
    \(comparison.map(compared) ?? "")\(results.map(section).joined())
    <footer>Made by <code>hujia stress</code>. Latency counts from the intended start of each act, so that a stall is \
    felt by everything that was due in it.</footer></body></html>
    """
  }

  private var subtitle: String {
    guard let first = results.first else { return "" }
    return
      "\(Page.escape(first.settings.place)): \(Thousands.text(first.mapNodes)) street nodes, "
      + "\(Thousands.text(first.settings.units)) units, \(first.settings.seconds) seconds, \(first.cores) cores. "
      + "Every call goes through the C interface and is timed from outside."
  }

  private func compared(_ comparison: IdleComparison) -> String {
    let charts = StressCharts(comparison.loaded)
    let lines: [(String, LaneResult?, String)] = [
      ("a call, idle", comparison.idle.lane(.calls), "answers"),
      ("a call, loaded", comparison.loaded.lane(.calls), "calls"),
      ("scheduler alone, loaded", comparison.loaded.lane(.scheduler), "scheduler"),
    ]
    let given = lines.compactMap { line in line.1.map { (line.0, $0, line.2) } }
    let legend = given.map {
      "<span class=\"key\"><i class=\"lane-\($0.2)\"></i>\($0.0)</span>"
    }.joined()
    return """
      <section class="wide"><figure><h2>A call, idle and under load</h2>\(charts.percentiles(given.map { ($0.1, $0.2) }))
      <figcaption>\(legend)</figcaption></figure></section>
      <section class="wide"><h2>Idle and loaded</h2><pre>\(Page.escape(comparison.text))</pre></section>
      """
  }

  private func tile(_ value: String, _ label: String, _ note: String) -> String {
    "<div class=\"tile\"><b>\(value)</b><span>\(label)</span><small>\(note)</small></div>"
  }

  private static func short(_ us: Double) -> String {
    us < 1_000
      ? StressText.time(us) + "\u{a0}µs"
      : us < 1_000_000
        ? StressText.time(us / 1e3) + "\u{a0}ms" : StressText.time(us / 1e6) + "\u{a0}s"
  }

  private func tiles(_ result: StressResult) -> String {
    var tiles = ""
    for lane in result.lanes where [.positions, .calls].contains(lane.lane) {
      let rate = Double(lane.sum.offered) / max(result.elapsed_s, 0.001)
      tiles += tile(
        Thousands.text(Int(rate.rounded())), "\(lane.lane.rawValue) a second",
        "p50 \(Self.short(lane.response_us(50))), p99.9 \(Self.short(lane.response_us(99.9)))"
      )
    }
    tiles += tile(
      Thousands.text(Int(result.decisionsPerSecond.rounded())), "decisions a second",
      "longest turn \(Self.short(Double(result.after.longest_turn_ns) / 1e3))")
    let held = result.checks.filter(\.holds).count
    tiles += tile(
      "\(held) of \(result.checks.count)", "accounting checks hold",
      result.holds ? "accepted + refused = offered, exactly" : "the books do not agree")
    tiles += tile(
      "\(result.gaps.count)", "gaps of the scheduler over 100 µs",
      "in \(Decimals.fixed(Double(result.gaps.spun_ns) / 1e9, 2)) s of mere waiting")
    return tiles
  }

  private func section(_ result: StressResult) -> String {
    let charts = StressCharts(result)
    let lanes = result.lanes.filter { $0.response.totalCount > 0 }
    let legend = lanes.map {
      "<span class=\"key\"><i class=\"lane-\($0.lane.rawValue)\"></i>\($0.lane.rawValue), \($0.lane.does)</span>"
    }.joined()
    let rates = lanes.filter { Lane.offered.contains($0.lane) }.map {
      "<figure><h2>\($0.lane.rawValue) a second</h2>\(charts.throughput($0))</figure>"
    }.joined()
    let heading =
      results.count > 1
      ? "<header><h1>\(Page.escape(result.settings.title))</h1></header>" : ""
    return """
      \(heading)<section class="tiles">\(tiles(result))</section>
      <section class="wide"><figure><h2>Latency by percentile</h2>\
      \(charts.percentiles(lanes.map { ($0, $0.lane.rawValue) }))
      <figcaption>\(legend)</figcaption></figure></section>
      <section class="grid2">\(rates)
      <figure><h2>p99 of each second</h2>\(charts.tails(lanes))</figure>
      <figure><h2>Resident memory of the process</h2>\(charts.memory)</figure></section>
      <section class="wide"><h2>Figures</h2><pre>\(Page.escape(StressText(result).text))</pre></section>
      """
  }

  /// One colour a lane, in both themes readable.
  private static var css: String {
    let colours: [(Lane, String)] = [
      (.positions, "var(--engine)"), (.calls, "var(--t1)"), (.closes, "#b56576"),
      (.acks, "var(--t3)"), (.posts, "var(--t2)"), (.traffic, "#7a6f9b"), (.answers, "var(--t4)"),
      (.watches, "#4f8a5b"), (.changes, "#9c7c38"), (.scheduler, "var(--soft)"),
    ]
    return colours.map { lane, colour in
      "path.lane-\(lane.rawValue){stroke:\(colour)}i.lane-\(lane.rawValue){background:\(colour)}"
    }.joined() + "path.lane-scheduler{stroke-dasharray:3 4}.wide pre{font-size:12px}"
  }
}
