// The charts of a stress run.

import Glibc
import HujiaHostKit
import HujiaStress

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
      ? Decimals.fixed(us, 1) + " µs"
      : us < 999
        ? Decimals.fixed(us, 0) + " µs"
        : us < 999_000
          ? Decimals.fixed(us / 1e3, 0) + " ms" : Decimals.fixed(us / 1e6, 0) + " s"
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
        ($0, Decimals.short($0))
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
      ? Decimals.short(number / 1e6) + " M"
      : number >= 1e4 ? Decimals.short(number / 1e3) + " k" : Decimals.short(number)
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
    chart.gridY(steps.map { ($0, Decimals.short($0) + " MiB") })
    seconds(&chart, sizes.count)
    chart.line(
      zip(result.memory.times_s, sizes).map { ($0, $1) }, "engine")
    return chart.svg
  }
}
