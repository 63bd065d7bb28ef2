// The page of a stress run: percentiles of every lane, throughput and tails over time, memory. One file, no script.

import Foundation

struct StressPage {
  let results: [StressResult]
  let comparison: IdleComparison?

  init(_ results: [StressResult], comparison: IdleComparison? = nil) {
    self.results = results
    self.comparison = comparison
  }

  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Hujia under stress</title><style>\(ReportStyle.css)
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
      "\(ReportPage.escape(first.settings.title.replacingOccurrences(of: ", idle", with: ""))): \(Thousands.text(first.mapNodes)) street nodes, "
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
      <section class="wide"><h2>Idle and loaded</h2><pre>\(ReportPage.escape(comparison.text))</pre></section>
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
      String(format: "in %.2f s of mere waiting", Double(result.gaps.spun_ns) / 1e9))
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
      ? "<header><h1>\(ReportPage.escape(result.settings.title))</h1></header>" : ""
    return """
      \(heading)<section class="tiles">\(tiles(result))</section>
      <section class="wide"><figure><h2>Latency by percentile</h2>\
      \(charts.percentiles(lanes.map { ($0, $0.lane.rawValue) }))
      <figcaption>\(legend)</figcaption></figure></section>
      <section class="grid2">\(rates)
      <figure><h2>p99 of each second</h2>\(charts.tails(lanes))</figure>
      <figure><h2>Resident memory of the process</h2>\(charts.memory)</figure></section>
      <section class="wide"><h2>Figures</h2><pre>\(ReportPage.escape(StressText(result).text))</pre></section>
      """
  }

  /// One colour a lane, in both themes readable.
  private static var css: String {
    let colours: [(Lane, String)] = [
      (.positions, "var(--engine)"), (.calls, "var(--t1)"), (.closes, "#b56576"),
      (.acks, "var(--t3)"), (.posts, "var(--t2)"), (.traffic, "#7a6f9b"), (.answers, "var(--t4)"),
      (.scheduler, "var(--soft)"),
    ]
    return colours.map { lane, colour in
      "path.lane-\(lane.rawValue){stroke:\(colour)}i.lane-\(lane.rawValue){background:\(colour)}"
    }.joined() + "path.lane-scheduler{stroke-dasharray:3 4}.wide pre{font-size:12px}"
  }
}

struct StressCharts {
  let result: StressResult
  init(_ result: StressResult) { self.result = result }

  /// Decades that hold all values.
  private static func decades(_ least: Double, _ most: Double) -> (
    range: ClosedRange<Double>, grid: [(Double, String)]
  ) {
    let low = pow(10, log10(max(least, 0.1)).rounded(.down))
    let high = pow(10, log10(max(most, low * 10)).rounded(.up))
    var grid: [(Double, String)] = []
    var decade = low
    while decade <= high * 1.001 {
      grid.append((decade, label(decade)))
      decade *= 10
    }
    return (low...high, grid)
  }

  private static func label(_ us: Double) -> String {
    us < 0.99
      ? String(format: "%.1f µs", us)
      : us < 999
        ? String(format: "%.0f µs", us)
        : us < 999_000
          ? String(format: "%.0f ms", us / 1e3) : String(format: "%.0f s", us / 1e6)
  }

  /// The axis stretches towards 100 %: each step to the right is ten times rarer. A line ends where one act is left.
  func percentiles(_ lines: [(lane: LaneResult, style: String)]) -> String {
    let least = lines.map { $0.lane.response_us(1) }.filter { $0 > 0 }.min() ?? 1
    let most = lines.map { Double($0.lane.response.max) / 1e3 }.max() ?? 10
    let (range, grid) = Self.decades(least, most)
    var chart = Chart(x: 0...5.2, y: range, isLogY: true, width: 1_120, height: 380)
    chart.gridY(grid)
    chart.gridX([
      (0, "0"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"), (4, "99.99 %"), (5, "99.999 %"),
    ])
    chart.titleX("share of acts done within")
    for (lane, style) in lines {
      let nines = min(log10(Double(max(lane.response.totalCount, 2))), 5)
      chart.line(
        (0...100).map { step in
          let at = nines * Double(step) / 100
          return (at, lane.response_us(100 * (1 - pow(10, -at))))
        }, "lane-\(style)")
    }
    return chart.svg
  }

  private func seconds(_ chart: inout Chart, _ count: Int) {
    chart.gridX(
      Chart.steps(to: Double(count), count: 6).filter { $0 <= Double(count) }.map {
        ($0, String(format: "%g", $0))
      })
    chart.titleX("seconds")
  }

  func throughput(_ lane: LaneResult) -> String {
    let rows = lane.seconds
    let steps = Chart.steps(to: Double(rows.map(\.offered).max() ?? 1), count: 4)
    var chart = Chart(x: 0...Double(max(rows.count, 1)), y: 0...(steps.last ?? 1))
    chart.gridY(steps.map { ($0, Self.count($0)) })
    seconds(&chart, rows.count)
    chart.line(
      rows.enumerated().map { (Double($0.offset) + 0.5, Double($0.element.offered)) },
      "lane-\(lane.lane.rawValue)")
    return chart.svg
  }

  private static func count(_ number: Double) -> String {
    number >= 1e6
      ? String(format: "%g M", number / 1e6)
      : number >= 1e4 ? String(format: "%g k", number / 1e3) : String(format: "%g", number)
  }

  func tails(_ lanes: [LaneResult]) -> String {
    let all = lanes.flatMap { $0.seconds.map { Double($0.p99_ns) / 1e3 } }.filter { $0 > 0 }
    let (range, grid) = Self.decades(all.min() ?? 1, all.max() ?? 10)
    let count = lanes.map(\.seconds.count).max() ?? 1
    var chart = Chart(x: 0...Double(max(count, 1)), y: range, isLogY: true)
    chart.gridY(grid)
    seconds(&chart, count)
    for lane in lanes {
      chart.line(
        lane.seconds.enumerated().filter { $0.element.p99_ns > 0 }.map {
          (Double($0.offset) + 0.5, Double($0.element.p99_ns) / 1e3)
        }, "lane-\(lane.lane.rawValue)")
    }
    return chart.svg
  }

  var memory: String {
    let sizes = result.memory.sizes_kib.map { $0 / 1_024 }
    let steps = Chart.steps(to: sizes.max() ?? 1, count: 4)
    let count = Double(max(sizes.count, 1))
    var chart = Chart(x: 0...count, y: 0...(steps.last ?? 1))
    chart.gridY(steps.map { ($0, String(format: "%g MiB", $0)) })
    seconds(&chart, sizes.count)
    chart.line(
      zip(result.memory.times_s, sizes).map { ($0, $1) }, "engine")
    return chart.svg
  }
}
